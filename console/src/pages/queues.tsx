import { useState } from 'preact/hooks';
import { get } from '../api/client.js';
import type { Pause, Queue, Worker } from '../api/more-types.js';
import { useRead } from '../api/use-read.js';
import { useLive } from '../live/use-live.js';
import { Empty, Heads, Moment, ProblemNote, State, TableBox } from '../parts/basics.js';
import { GuardedButton } from '../parts/guarded-button.js';
import { Page } from '../parts/page.js';
import { missingRight } from '../state/session.js';
import { pauseLook, RUN } from '../words/status.js';
import { PauseDialog, type PauseOf } from './pause-dialog.js';
import { Pauses } from './pauses.js';
import { readPauses } from './read-pauses.js';

interface Answers {
  readonly queues: readonly Queue[];
  readonly workers: readonly Worker[];
  readonly pauses: readonly Pause[] | null;
}

async function read(signal: AbortSignal): Promise<Answers> {
  const [queues, workers, pauses] = await Promise.all([
    get<{ items: Queue[] }>('queues', {}, signal),
    get<{ items: Worker[] }>('workers', {}, signal),
    readPauses(signal),
  ]);
  return { queues: queues.items, workers: workers.items, pauses };
}

export interface Asked {
  readonly of: PauseOf;
  readonly isResume: boolean;
}

const RATE = 'Done in the last minute';

/** How much waits in each queue, and who works. */
export function Queues() {
  const { answer, problem, isLoading, again } = useRead('queues', read);
  const [asked, setAsked] = useState<Asked | null>(null);
  useLive(null, again, 3000);
  return (
    <Page title="Queues and workers">
      <ProblemNote problem={problem} />
      {isLoading && <p class="loading">Loading…</p>}
      {answer && (
        <>
          <QueueTable queues={answer.queues} onAsk={setAsked} />
          {answer.pauses && <Pauses pauses={answer.pauses} onAsk={setAsked} />}
          <WorkerTable workers={answer.workers} />
        </>
      )}
      {asked && <PauseDialog {...asked} onClose={() => setAsked(null)} onDone={again} />}
    </Page>
  );
}

function QueueTable({ queues, onAsk }: Pick<Answers, 'queues'> & { readonly onAsk: (asked: Asked) => void }) {
  if (queues.length === 0) return <Empty>No step runs on a task queue.</Empty>;
  const hasRate = queues.some(({ perMinute }) => perMinute !== undefined);
  return (
    <section>
      <h2>Queues</h2>
      <TableBox label="Queues">
        <Heads
          names={['Queue', 'State', 'Waiting', 'Held back', 'Running', ...(hasRate ? [RATE] : []), 'Oldest ready since', 'Action']}
          numbers={['Waiting', 'Held back', 'Running', RATE]}
        />
        <tbody>
          {queues.map((queue) => (
            <QueueRow key={queue.queue} of={queue} hasRate={hasRate} onAsk={onAsk} />
          ))}
        </tbody>
      </TableBox>
    </section>
  );
}

interface QueueRowProps {
  readonly of: Queue;
  /** The server tells how much is done. */
  readonly hasRate: boolean;
  readonly onAsk: (asked: Asked) => void;
}

function QueueRow({ of, hasRate, onAsk }: QueueRowProps) {
  const { queue, waiting, taken, held, readyAt, perMinute, paused } = of;
  return (
    <tr>
      <th scope="row">{queue}</th>
      <td>
        <State look={paused ? pauseLook(paused) : taken > 0 ? RUN.running : { word: 'open', shape: 'check', tone: 'good' }} />
      </td>
      <td class="number">{waiting.toLocaleString('en')}</td>
      <td class="number">{held.toLocaleString('en')}</td>
      <td class="number">{taken.toLocaleString('en')}</td>
      {hasRate && <td class="number">{perMinute?.toLocaleString('en') ?? <span class="muted">–</span>}</td>}
      <td>
        <Moment at={readyAt} isShort />
      </td>
      <td class="row-actions">
        <GuardedButton why={missingRight('administer')} onClick={() => onAsk({ of: { queue }, isResume: paused !== null })}>
          {paused ? `Resume ${queue}` : `Pause ${queue}`}
        </GuardedButton>
      </td>
    </tr>
  );
}

function WorkerTable({ workers }: { readonly workers: readonly Worker[] }) {
  return (
    <section>
      <h2>Workers</h2>
      {workers.length === 0 ? (
        <Empty>No instance runs steps. Start one with worker.enabled.</Empty>
      ) : (
        <TableBox label="Workers">
          <Heads names={['Worker', 'State', 'Seen', 'Processes it holds', 'Tasks it runs']} numbers={['Processes it holds', 'Tasks it runs']} />
          <tbody>
            {workers.map(({ id, silent, here, seenAt, processes, tasks }) => (
              <tr key={id}>
                <th scope="row">
                  <span class="id">{id}</span> {here && <span class="muted">(this server)</span>}
                </th>
                <td>
                  <State look={silent ? { word: 'silent', shape: 'triangle', tone: 'warn' } : { word: 'alive', shape: 'check', tone: 'good' }} />
                </td>
                <td>
                  <Moment at={seenAt} isShort />
                </td>
                <td class="number">{processes}</td>
                <td class="number">{tasks}</td>
              </tr>
            ))}
          </tbody>
        </TableBox>
      )}
    </section>
  );
}
