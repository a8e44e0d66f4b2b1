import type { Pause } from '../api/more-types.js';
import { Empty, Heads, Moment, State, TableBox } from '../parts/basics.js';
import { GuardedButton } from '../parts/guarded-button.js';
import { missingRight } from '../state/session.js';
import { pauseLook } from '../words/status.js';
import { pausedWords } from './pause-dialog.js';
import type { Asked } from './queues.js';

/** What is paused on all instances. */
export function Pauses({ pauses, onAsk }: { readonly pauses: readonly Pause[]; readonly onAsk: (asked: Asked) => void }) {
  return (
    <section>
      <h2>Paused</h2>
      {pauses.length === 0 ? (
        <Empty>Nothing is paused.</Empty>
      ) : (
        <TableBox label="What is paused">
          <Heads names={['What', 'State', 'Since', 'By', 'Reason', 'Action']} />
          <tbody>
            {pauses.map((pause) => (
              <Row key={JSON.stringify([pause.workflow, pause.step, pause.queue])} pause={pause} onAsk={onAsk} />
            ))}
          </tbody>
        </TableBox>
      )}
    </section>
  );
}

function Row({ pause, onAsk }: { readonly pause: Pause; readonly onAsk: (asked: Asked) => void }) {
  const { workflow, step, queue } = pause;
  const of = { ...(workflow !== null && { workflow }), ...(step !== null && { step }), ...(queue !== null && { queue }) };
  return (
    <tr>
      <th scope="row">{pausedWords(pause)}</th>
      <td>
        <State look={pauseLook(pause)} />
        {pause.resumingPerMinute !== null && <span class="muted"> {pause.resumingPerMinute.toLocaleString('en')} in a minute</span>}
      </td>
      <td>
        <Moment at={pause.pausedAt} isShort />
      </td>
      <td>{pause.actor ?? ''}</td>
      <td>{pause.reason ?? ''}</td>
      <td class="row-actions">
        <GuardedButton why={missingRight('administer')} onClick={() => onAsk({ of, isResume: true })}>
          Resume
        </GuardedButton>
      </td>
    </tr>
  );
}
