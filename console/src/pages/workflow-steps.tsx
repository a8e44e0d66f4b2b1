import type { Pause, WorkflowDetail, WorkflowStep } from '../api/more-types.js';
import { Heads, Link, TableBox } from '../parts/basics.js';
import { GuardedButton } from '../parts/guarded-button.js';
import { missingRight } from '../state/session.js';
import type { Asked } from './queues.js';

interface WorkflowStepsProps {
  readonly detail: WorkflowDetail;
  readonly pauses: readonly Pause[];
  readonly selected: string | null;
  readonly onAsk: (asked: Asked) => void;
}

/** The steps of a workflow: what each waits for, and the processes that are there. */
export function WorkflowSteps({ detail, pauses, selected, onAsk }: WorkflowStepsProps) {
  return (
    <section>
      <h2>Steps</h2>
      <TableBox label="Steps">
        <Heads names={['Step', 'Waits for', 'Queue', 'Goes on with', 'Processes', 'Action']} />
        <tbody>
          {detail.steps.map((step) => (
            <tr key={step.name} class={step.name === selected ? 'selected' : undefined}>
              <Cells step={step} workflow={detail.workflow} isPaused={pauses.some((each) => each.step === step.name)} onAsk={onAsk} />
            </tr>
          ))}
        </tbody>
      </TableBox>
    </section>
  );
}

interface CellsProps extends Pick<WorkflowStepsProps, 'onAsk'> {
  readonly step: WorkflowStep;
  readonly workflow: string;
  readonly isPaused: boolean;
}

function Cells({ step: { name, waitsFor, queue, next }, workflow, isPaused, onAsk }: CellsProps) {
  return (
    <>
      <th scope="row">{name}</th>
      <td>{waitsFor === 'nothing' ? '' : waitsFor}</td>
      <td>{queue ?? ''}</td>
      <td>{next.join(', ')}</td>
      <td>
        <Link to={['processes']} query={{ workflow, step: name }} label={`show processes in ${name}`} isRow>
          show
        </Link>
      </td>
      <td class="row-actions">
        <GuardedButton why={missingRight('administer')} onClick={() => onAsk({ of: { workflow, step: name }, isResume: isPaused })}>
          {isPaused ? `Resume ${name}` : `Pause ${name}`}
        </GuardedButton>
      </td>
    </>
  );
}
