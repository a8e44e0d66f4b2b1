import type { BulkPreview } from '../api/more-types.js';
import { countWords } from '../words/attention.js';
import { STATUS } from '../words/status.js';
import { type Scope, thingsWords } from './plan.js';

/** What a dry run has counted. */
export function Preview({ preview, scope }: { readonly preview: BulkPreview; readonly scope: Scope }) {
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
        {countWords(count, isMore)} {thingsWords(scope, count)} would be changed. Examples:
      </p>
      <ul>
        {examples.map(({ id, workflow, groupId, status }) => (
          <li key={id}>
            {groupId || id} <span class="muted">{[workflow, STATUS[status]?.word ?? status].filter(Boolean).join(', ')}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
