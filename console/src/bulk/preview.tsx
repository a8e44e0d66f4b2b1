import type { BulkPreview } from '../api/more-types.js';
import type { Status } from '../api/types.js';
import { STATUS } from '../words/status.js';
import { countedWords, type Plan, type Scope, thingsWords } from './plan.js';

/** What a dry run has counted. */
export function Preview({ preview, plan, scope }: { readonly preview: BulkPreview; readonly plan: Plan; readonly scope: Scope }) {
  const { count, isMore, examples } = preview;
  if (count === 0)
    return (
      <p class="notice" role="status">
        There is none: nothing would change.
      </p>
    );
  return (
    <div class="notice" role="status">
      <p>
        {countedWords(preview, plan)} {thingsWords(scope, count)} would be changed{isMore && count === Number(plan.limit) ? '; more fit the filter' : ''}.
        Examples:
      </p>
      <ul>
        {examples.map(({ id, workflow, groupId, status }) => (
          <li key={id}>
            {groupId || id} <span class="muted">{[workflow, STATUS[status as Status]?.word ?? status].filter(Boolean).join(', ')}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
