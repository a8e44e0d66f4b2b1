import { TextField } from '../parts/fields.js';
import { OPTIONS_OF, type Plan } from './plan.js';

const LABELS: Partial<Readonly<Record<keyof Plan, string>>> = {
  step: 'Step',
  patch: 'Values that the step would have brought, as JSON',
  next: 'For a decision: where it goes on (optional)',
  contextVersion: 'Version to restart from',
  input: 'Input, as JSON',
  to: 'To the version',
};

/** What the chosen action needs to know. */
export function BulkOptions({ plan, onChange }: { readonly plan: Plan; readonly onChange: (changes: Partial<Plan>) => void }) {
  return (
    <>
      {OPTIONS_OF[plan.action].map((name) =>
        name === 'compensate' ? (
          <label key={name} class="check">
            <input type="checkbox" checked={plan.compensate} onChange={(event) => onChange({ compensate: event.currentTarget.checked })} /> What was done and
            asked for is undone first
          </label>
        ) : (
          <TextField
            key={name}
            label={plan.action === 'retry' && name === 'step' ? 'Only this step (optional)' : LABELS[name]!}
            value={String(plan[name])}
            onChange={(text) => onChange({ [name]: text })}
          />
        ),
      )}
    </>
  );
}
