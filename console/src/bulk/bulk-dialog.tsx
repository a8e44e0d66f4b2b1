import { useState } from 'preact/hooks';
import { post, type Query } from '../api/client.js';
import type { BulkAction, BulkPreview, BulkRun } from '../api/more-types.js';
import { Dialog, ReasonField } from '../parts/dialog.js';
import { SelectField, TextField } from '../parts/fields.js';
import { go, hrefOf } from '../state/location.js';
import { BulkOptions } from './bulk-options.js';
import { ACTIONS_OF, BULK_VERBS, bulkBody, countedWords, EMPTY, type Plan, type Scope, stepFor, thingsWords } from './plan.js';
import { Preview } from './preview.js';

interface BulkDialogProps {
  readonly scope: Scope;
  /** The filter of the list. */
  readonly query: Query;
  readonly onClose: () => void;
}

/** Acts on all that a list shows: first a dry run that counts, then the run. */
export function BulkDialog({ scope, query, onClose }: BulkDialogProps) {
  const [plan, setPlan] = useState<Plan>({ action: ACTIONS_OF[scope][0]!, ...EMPTY });
  const [preview, setPreview] = useState<BulkPreview | null>(null);
  const change = (changes: Partial<Plan>) => {
    setPlan({ ...plan, ...changes });
    setPreview(null); // it was of another plan
  };
  const run = async (): Promise<void | 'stay'> => {
    if (preview === null) {
      setPreview(await post<BulkPreview>('bulk', bulkBody(plan, scope, query, true)));
      return 'stay';
    }
    const started = await post<{ run: BulkRun }>('bulk', bulkBody(plan, scope, query, false));
    go(hrefOf(['bulk', started.run.id]));
  };
  return (
    <Dialog
      title={`Act on all ${thingsWords(scope, 2)} of this list`}
      says="A dry run counts first, and changes nothing. The run goes on in the background, and can be stopped. What it has done is not undone."
      verb={verbOf(plan, preview, scope)}
      isDangerous={preview !== null}
      safe="Change nothing"
      onClose={onClose}
      onDo={run}
    >
      <SelectField
        label="Action"
        value={plan.action}
        words={ACTIONS_OF[scope].map((each) => [each, BULK_VERBS[each]])}
        onChange={(action) => change({ action: action as BulkAction, step: stepFor(action as BulkAction, query) })}
      />
      <BulkOptions plan={plan} onChange={change} />
      <div class="filter-row">
        <TextField label="How many at most (optional)" value={plan.limit} onChange={(limit) => change({ limit })} />
        <TextField label="In a minute at most (optional)" value={plan.perMinute} onChange={(perMinute) => change({ perMinute })} />
      </div>
      <ReasonField value={plan.reason} onChange={(reason) => setPlan({ ...plan, reason })} />
      {preview && <Preview preview={preview} plan={plan} scope={scope} />}
    </Dialog>
  );
}

function verbOf(plan: Plan, preview: BulkPreview | null, scope: Scope): string | null {
  if (preview === null) return 'Count first';
  return preview.count === 0 ? null : `${BULK_VERBS[plan.action]} ${countedWords(preview, plan)} ${thingsWords(scope, preview.count)}`;
}
