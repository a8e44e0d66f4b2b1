import type { RecordDraft, VersionDraft } from '../core/change.js';
import type { TokenPosition } from '../core/events.js';
import type { Json, JsonObject } from '../values/json.js';
import { AT_START, calledAfter, placesAt } from '../core/moves.js';
import type { ProcessState } from '../core/process.js';
import { InvalidInputError } from '../values/errors.js';
import { type ProcessStore, valuesOf } from '../store/process-store.js';
import type { Schema } from '../values/types.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import { returnedWith } from '../execution/running-process.js';
import { type ContextChange, differences, type HistoryRecord, recordView } from './views.js';

/** How many versions or messages are read at once. */
const PAGE = 500;

/** Reads the past of a process: the versions of its context, and where its tokens stood. */
export class History {
  constructor(
    private readonly store: ProcessStore,
    private readonly registry: WorkflowRegistry,
  ) {}

  /** Undefined also if the application does not know the workflow: the values are then shown as stored. */
  schemaOf({ workflow, workflowVersion }: ProcessState): Schema | undefined {
    return this.registry.find(workflow, workflowVersion)?.context;
  }

  async valuesAt(process: ProcessState, version: number): Promise<JsonObject> {
    checkVersion(process, version);
    return valuesOf(await this.store.queries.versionsUpTo(process.id, version));
  }

  /** Places under the current names of steps. @throws InvalidInputError if the process stood in a step that its workflow version lacks */
  async placesAt(process: ProcessState, version: number): Promise<ReadonlyMap<string, TokenPosition>> {
    const [moves, marks] = await Promise.all([this.store.queries.movesUpTo(process.id, version), this.store.queries.undoMarks(process.id)]);
    const renamings = marks.flatMap(({ version: at, undo }) => (at > version && 'renamed' in undo ? [undo.renamed] : [])).reverse();
    const places = [...placesAt(moves)].map(([key, place]) => [key, { ...place, node: calledAfter(renamings, place.node) }] as const);
    for (const [, { node }] of places) this.checkPlace(process, node, version);
    return new Map(places);
  }

  private checkPlace({ id, workflow, workflowVersion }: ProcessState, node: string, version: number): void {
    const nodes = this.registry.find(workflow, workflowVersion)?.definition.nodes;
    if (!nodes || node === AT_START || nodes.has(node)) return;
    const problem = `process ${id} stood in "${node}" at version ${version}, which version ${workflowVersion} of its workflow does not have. Say a later one`;
    throw new InvalidInputError('The version', [problem]);
  }

  /** All audit records, with what each step returned and what each message said. */
  async of({ id }: ProcessState, internals = false): Promise<HistoryRecord[]> {
    return this.shown(id, await this.store.queries.recordsOf(id), internals);
  }

  /** These records, in the same way. */
  async shown(id: string, records: readonly RecordDraft[], internals: boolean): Promise<HistoryRecord[]> {
    const [returned, messages] = await Promise.all([this.returned(id, records), this.messages(id, records)]);
    return records.map((record) => {
      const view = recordView(id, record, internals);
      if (record.type === 'step-completed') return Object.assign(view, { returned: returned.get(record.contextVersion) });
      return record.type === 'message-delivered' ? Object.assign(view, { message: messages.get(record.detail ?? '') }) : view;
    });
  }

  private async returned(id: string, records: readonly RecordDraft[]): Promise<Map<number, Json>> {
    const wanted = records.flatMap(({ type, contextVersion }) => (type === 'step-completed' ? contextVersion : []));
    const found = await inPages(wanted, (page) => this.store.queries.versions(id, page[0]!, page.at(-1)!));
    return new Map(found.map((version) => [version.version, returnedWith(version)]));
  }

  private async messages(id: string, records: readonly RecordDraft[]): Promise<Map<string, Json>> {
    const wanted = records.flatMap(({ type, detail }) => (type === 'message-delivered' && detail !== null ? detail : []));
    const found = await inPages(
      wanted,
      async (page) => (await this.store.commits.load([{ id, waits: [], messages: page, context: false }]))[0]?.messages ?? [],
    );
    return new Map(found.map((message) => [message.id, message.body]));
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
      const versions = await this.store.queries.versionsUpTo(process.id, version);
      found.unshift(...versions.filter((each) => each.version > after));
      version = versions[0]!.version - 1;
    }
    return found;
  }
}

async function inPages<T, R>(wanted: readonly T[], read: (page: readonly T[]) => Promise<readonly R[]>): Promise<R[]> {
  const found: R[] = [];
  for (let from = 0; from < wanted.length; from += PAGE) found.push(...(await read(wanted.slice(from, from + PAGE))));
  return found;
}

function checkVersion(process: ProcessState, version: number): void {
  if (Number.isInteger(version) && version >= 1 && version <= process.contextVersion) return;
  throw new InvalidInputError('The version', [`process ${process.id} has the versions 1 to ${process.contextVersion}, not ${String(version)}`]);
}
