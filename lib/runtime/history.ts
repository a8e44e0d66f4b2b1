import type { VersionDraft } from '../core/change.js';
import type { JsonObject } from '../core/json.js';
import { placesAt } from '../core/moves.js';
import type { ProcessState } from '../core/process.js';
import { InvalidInputError } from '../errors.js';
import { type ProcessStore, valuesOf } from '../store/process-store.js';
import type { Schema } from '../values.js';
import type { WorkflowRegistry } from './registry.js';
import { type ContextChange, differences } from './views.js';

/** What was: the versions of a context, and where the tokens stood. */
export class History {
  constructor(
    private readonly store: ProcessStore,
    private readonly registry: WorkflowRegistry,
  ) {}

  /** Undefined also where the application does not know the workflow: the values are shown as stored. */
  schemaOf({ workflow, workflowVersion }: ProcessState): Schema | undefined {
    return this.registry.find(workflow, workflowVersion)?.context;
  }

  async valuesAt(process: ProcessState, version: number): Promise<JsonObject> {
    checkVersion(process, version);
    return valuesOf(await this.store.versionsUpTo(process.id, version));
  }

  async placesAt(process: ProcessState, version: number): Promise<ReadonlyMap<string, string>> {
    return placesAt(await this.store.movesUpTo(process.id, version));
  }

  async diff(process: ProcessState, from: number, to: number): Promise<ContextChange[]> {
    const [earlier, later] = from <= to ? [from, to] : [to, from];
    const [before, after] = await Promise.all([this.valuesAt(process, from), this.valuesAt(process, to)]);
    return differences(before, after, await this.between(process, earlier, later));
  }

  /** The versions after one and up to another: they may reach back over several snapshots. */
  private async between(process: ProcessState, after: number, upTo: number): Promise<VersionDraft[]> {
    const found: VersionDraft[] = [];
    for (let version = upTo; version > after;) {
      const versions = await this.store.versionsUpTo(process.id, version);
      found.unshift(...versions.filter((each) => each.version > after));
      version = versions[0]!.version - 1;
    }
    return found;
  }
}

function checkVersion(process: ProcessState, version: number): void {
  if (Number.isInteger(version) && version >= 1 && version <= process.contextVersion) return;
  throw new InvalidInputError('The version', [`process ${process.id} has the versions 1 to ${process.contextVersion}, not ${String(version)}`]);
}
