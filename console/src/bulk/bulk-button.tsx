import { useState } from 'preact/hooks';
import type { Query } from '../api/client.js';
import { GuardedButton } from '../parts/guarded-button.js';
import { missingRight } from '../state/session.js';
import { BulkDialog } from './bulk-dialog.js';
import { missingFilter, type Scope } from './plan.js';

/** Beside the heading of a list. */
export function BulkButton({ scope, query }: { readonly scope: Scope; readonly query: Query }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <GuardedButton why={missingRight('administer') ?? missingFilter(query)} onClick={() => setOpen(true)}>
        Act on all of these
      </GuardedButton>
      {isOpen && <BulkDialog scope={scope} query={query} onClose={() => setOpen(false)} />}
    </>
  );
}
