import type { PossibleAction, Situation, StepRun, Wait } from '../api/types';
import { Moment, State } from '../parts/basics';
import { Facts } from '../parts/fields';
import { inOrder } from '../words/actions';
import { RUN } from '../words/status';
import { ActionButton } from './process-actions';

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
  const error = runs[0]?.error ?? null;
  return (
    <section class="selected-step" aria-labelledby="selected-step">
      <h2 id="selected-step">Step {step}</h2>
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
            <ActionButton key={action.action} action={action} onAsk={onAsk} />
          ))}
        </div>
      )}
      {runs.length === 0 && waits.length === 0 && <p class="muted">It has not begun.</p>}
      {runs.slice(0, MOST_SHOWN).map((run) => (
        <RunFacts key={`${run.run} ${run.attempt}`} run={run} />
      ))}
      {runs.length > MOST_SHOWN && <p class="muted">{runs.length - MOST_SHOWN} earlier attempts are in the list below.</p>}
    </section>
  );
}

function WaitFacts({ wait }: { readonly wait: Wait }) {
  return (
    <Facts
      facts={[
        ['Waits for', wait.queue === null ? wait.kind : `${wait.kind} in the queue ${wait.queue}`],
        ['Since', <Moment at={wait.since} />],
        ...(wait.dueAt === null ? [] : [['Until', <Moment at={wait.dueAt} />] as const]),
      ]}
    />
  );
}

function RunFacts({ run }: { readonly run: StepRun }) {
  return (
    <Facts
      facts={[
        [`Attempt ${run.attempt}`, <State look={RUN[run.state]} />],
        ['Began', <Moment at={run.startedAt} precise />],
        ['Ended', <Moment at={run.endedAt} precise />],
        ...(run.worker === null ? [] : [['Worker', <span class="code">{run.worker}</span>] as const]),
        ...(run.contextVersion === null ? [] : [['Context version', run.contextVersion] as const]),
      ]}
    />
  );
}
