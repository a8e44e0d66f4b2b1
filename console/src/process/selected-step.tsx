import type { PossibleAction, Situation, StepRun, Wait } from '../api/types.js';
import { Heads, Moment, State, TableBox } from '../parts/basics.js';
import { Facts } from '../parts/fields.js';
import { inOrder } from '../words/actions.js';
import { errorShown, firstLine } from '../words/errors.js';
import { RUN, waitWords } from '../words/status.js';
import { durationWords } from '../words/time.js';
import { ActionButton, keyOf } from './process-actions.js';

interface SelectedStepProps {
  readonly step: string;
  readonly situation: Situation;
  readonly onAsk: (action: PossibleAction) => void;
}

const MOST_SHOWN = 5;

/** All about one step: its error first, what it waits for, its last attempts, what can be done with it. */
export function SelectedStep({ step, situation, onAsk }: SelectedStepProps) {
  const runs = situation.steps.filter((each) => each.step === step).toSorted((a, b) => b.run - a.run || b.attempt - a.attempt);
  const waits = situation.process.waits.filter((each) => each.step === step);
  const actions = inOrder(situation.actions).filter((each) => each.step === step);
  const error = errorShown(runs);
  return (
    <section class="selected-step">
      <h2>Step {step}</h2>
      {error !== null && (
        <pre class="error" tabIndex={0}>
          {error}
        </pre>
      )}
      {waits.map((wait, index) => (
        <WaitFacts key={index} wait={wait} />
      ))}
      {actions.length > 0 && (
        <div class="actions">
          {actions.map((action) => (
            <ActionButton key={keyOf(action)} action={action} onAsk={onAsk} />
          ))}
        </div>
      )}
      {runs.length === 0 && waits.length === 0 && <p class="muted">It has not begun.</p>}
      {runs.length > 0 && <Attempts runs={runs.slice(0, MOST_SHOWN)} above={error} />}
      {runs.length > MOST_SHOWN && <p class="muted">{runs.length - MOST_SHOWN} earlier attempts are in the list below.</p>}
    </section>
  );
}

function WaitFacts({ wait }: { readonly wait: Wait }) {
  return (
    <Facts
      facts={[
        ['Waits for', wait.queue === null ? waitWords(wait.kind) : `${waitWords(wait.kind)} in the queue ${wait.queue}`],
        ['Since', <Moment at={wait.since} />],
        ...(wait.dueAt === null ? [] : [['Until', <Moment at={wait.dueAt} />] as const]),
      ]}
    />
  );
}

/** An error that stands above them already is not told again. */
function Attempts({ runs, above }: { readonly runs: readonly StepRun[]; readonly above: string | null }) {
  return (
    <TableBox label="Its last attempts">
      <Heads names={['Attempt', 'State', 'Began', 'Took', 'Error', 'Worker', 'Version']} numbers={['Attempt', 'Took', 'Version']} />
      <tbody>
        {runs.map((run) => (
          <tr key={`${run.run} ${run.attempt}`}>
            <td class="number">{run.attempt}</td>
            <td>
              <State look={RUN[run.state]} />
            </td>
            <td>
              <Moment at={run.startedAt} isShort />
            </td>
            <td class="number">{tookWords(run)}</td>
            {run.error !== null && run.error === above ? <td class="muted">as above</td> : <td class="error-text">{firstLine(run.error)}</td>}
            <td class="id">{run.worker ?? ''}</td>
            <td class="number">{run.contextVersion ?? ''}</td>
          </tr>
        ))}
      </tbody>
    </TableBox>
  );
}

function tookWords({ startedAt, endedAt }: StepRun): string {
  return startedAt === null || endedAt === null ? '' : durationWords(Date.parse(endedAt) - Date.parse(startedAt));
}
