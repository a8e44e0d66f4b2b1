import { toBulk } from './bulk-tables.js';
import { toFlows } from './flows.js';
import { toInbox } from './inbox-columns.js';
import { toOutbox } from './outbox-table.js';
import { toPause } from './pause-table.js';
import { toRetention } from './retention-index.js';
import { toReport } from './worker-report.js';
import { toSearch } from './search-table.js';

/** What each migration after the first adds, in order. Each is safe to run again. */
export const addedParts: readonly (typeof toFlows)[] = [toFlows, toInbox, toOutbox, toRetention, toSearch, toPause, toBulk, toReport];
