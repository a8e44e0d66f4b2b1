import { Logger } from '@nestjs/common';
import { LIVE_STATUSES } from '../core/process.js';
import type { WorkflowDefinition } from '../definition/graph.js';
import type { ProcessStore } from '../store/process-store.js';
import { howMany } from '../values/how-many.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { ProcessCommands } from '../writer/process-commands.js';

const PAGE_SIZE = 200;
const REASON = 'The graph of its workflow was changed, and development is on.';

interface OutdatedParts {
  readonly store: ProcessStore;
  readonly registry: WorkflowRegistry;
  readonly commands: ProcessCommands;
}

/**
 * Cancels all live processes of a version whose graph has changed, and says so. For a database of development, where each save may change a graph.
 * The version is taken out of the registry: they end without the new graph, in which their places may be missing.
 */
export function endOutdated(parts: OutdatedParts): (version: Pick<WorkflowDefinition, 'name' | 'version'>) => Promise<void> {
  const logger = new Logger('Workflow');
  return async ({ name, version }) => {
    parts.registry.remove(name, version);
    const ended = await cancelAll(parts, name, version);
    logger.warn(
      `"${name}" version ${version} has another graph than before: ${howMany(ended, 'live process was', 'live processes were')} cancelled (development).`,
    );
  };
}

/** Until none is found, or none of those found could be cancelled. */
async function cancelAll({ store, commands }: OutdatedParts, workflow: string, version: number): Promise<number> {
  let ended = 0;
  for (;;) {
    const page = await store.queries.find({ workflow, version, statuses: LIVE_STATUSES, limit: PAGE_SIZE });
    const cancelled = await Promise.all(page.map(({ id }) => commands.apply(id, { type: 'cancelled' }, { reason: REASON })));
    const now = cancelled.filter((applied) => applied?.change != null).length;
    if (now === 0) return ended;
    ended += now;
  }
}
