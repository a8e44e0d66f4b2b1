import type { WorkflowRegistry } from '../workflows/registry.js';
import { DeletionShare } from './deletion-share.js';
import { type DeletionParts, FinishedProcesses } from './finished-processes.js';
import { RetentionRules } from './retention-rules.js';
import type { EngineSettings } from './settings.js';

type DataParts = Omit<DeletionParts, 'rules' | 'share'> & { readonly worker: string; readonly settings: EngineSettings; readonly registry: WorkflowRegistry };

/** Makes the parts by which data leaves. */
export function composeData(parts: DataParts) {
  const rules = new RetentionRules(parts.registry, parts.settings.keep);
  return { rules, finished: new FinishedProcesses({ ...parts, rules, share: new DeletionShare(parts) }) };
}
