import { get } from '../api/client.js';
import type { WorkflowSummary } from '../api/more-types.js';
import { useRead } from '../api/use-read.js';
import { SelectField, TextField } from '../parts/fields.js';
import { FilterForm } from '../parts/filter-form.js';
import { place } from '../state/location.js';
import { asField, FILTERS } from '../words/filters.js';
import { STATUS, STATUSES } from '../words/status.js';

const RARE = new Set(['version', 'waitingFor', 'error', 'groupId', 'correlationId', 'parent', 'values', 'startedAfter', 'startedBefore', 'updatedAfter', 'updatedBefore', 'order']); // prettier-ignore

/** All filters of the list of processes. */
export function ProcessFilters() {
  const { query } = place.value;
  const { answer } = useRead('workflows', (signal) => get<{ items: WorkflowSummary[] }>('workflows', {}, signal));
  const names = [...new Set([...(answer?.items.map(({ workflow }) => workflow) ?? []), ...query.getAll('workflow')])].sort();
  const isRareSet = FILTERS.some((name) => RARE.has(name) && query.has(name));
  const text = (name: string, label: string) => <TextField name={name} label={label} value={query.get(name) ?? ''} />;
  return (
    <FilterForm page="processes">
      <div class="filter-row">
        <SelectField name="workflow" label="Workflow" value={query.get('workflow') ?? ''} words={names.map((name) => [name, name])} all="all workflows" />
        {text('step', 'Step')}
        {text('groupIdPrefix', 'Group id begins with')}
        <SelectField
          name="overdue"
          label="Overdue"
          value={query.get('overdue') ?? ''}
          words={[
            ['true', 'only overdue'],
            ['false', 'not overdue'],
          ]}
          all="either"
        />
      </div>
      <StatusBoxes chosen={query.getAll('status')} />
      <details open={isRareSet}>
        <summary>More filters</summary>
        <div class="filter-row">
          {text('version', 'Version')}
          {text('waitingFor', 'Waits in step')}
          {text('error', 'Error (with workflow and step)')}
          {text('groupId', 'Group id')}
          {text('correlationId', 'Correlation id')}
          {text('parent', 'Id of the parent')}
          {text('values', 'Values, as JSON (with workflow)')}
          {(['startedAfter', 'startedBefore', 'updatedAfter', 'updatedBefore'] as const).map((name) => (
            <TextField key={name} name={name} label={MOMENT_LABELS[name]} type="datetime-local" value={asField(query.get(name))} />
          ))}
          <SelectField name="order" label="Order" value={query.get('order') ?? ''} words={[['oldest', 'oldest first']]} all="newest first" />
        </div>
      </details>
    </FilterForm>
  );
}

const MOMENT_LABELS = {
  startedAfter: 'Started at or after',
  startedBefore: 'Started before',
  updatedAfter: 'Changed at or after',
  updatedBefore: 'Changed before',
} as const;

function StatusBoxes({ chosen }: { readonly chosen: readonly string[] }) {
  return (
    <fieldset class="boxes">
      <legend>Status</legend>
      {STATUSES.map((status) => (
        <label key={status}>
          <input type="checkbox" name="status" value={status} defaultChecked={chosen.includes(status)} /> {STATUS[status].word}
        </label>
      ))}
    </fieldset>
  );
}
