import { Erasures } from '../operations/erasure.js';
import type { Operations } from '../operations/process-operations.js';
import { ProcessExports } from '../query/process-export.js';
import type { Lookup } from '../query/process-lookup.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import { DeletionShare } from './deletion-share.js';
import { EndedOperations } from './ended-operations.js';
import { type DeletionParts, FinishedProcesses } from './finished-processes.js';
import { RetentionRules } from './retention-rules.js';

type DataParts = Omit<DeletionParts, 'rules' | 'share' | 'exports'> & {
  readonly worker: string;
  readonly registry: WorkflowRegistry;
  readonly lookup: Lookup;
  readonly operations: Operations;
};

/** Makes the parts by which data leaves. */
export function composeData(parts: DataParts) {
  const rules = new RetentionRules(parts.registry, parts.settings.keep);
  const exports = new ProcessExports(parts.store);
  const share = new DeletionShare(parts);
  const finished = new FinishedProcesses({ ...parts, rules, exports, share });
  return { rules, exports, erasures: new Erasures(parts), finished, endedOperations: new EndedOperations({ ...parts, share }) };
}
