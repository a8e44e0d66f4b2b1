import { asksForChild } from '../../core/addresses.js';
import type { MessageState, RecordDraft, UndoMark, VersionDraft } from '../../core/change.js';
import { UNCLAIMED, isFinished, type ProcessState, type WaitState } from '../../core/process.js';
import { type Known, type Loaded, type Match, type ProcessQuery, type StoredDefinition, type WaitAt, type WaitQuery, type Want } from '../port.js';
import { ProcessStore, valuesOf } from '../process-store.js';
import { addressedIn, asWait, type ProcessRows, matches, newestFirst, timedIn } from './process-rows.js';
import { byArrival, byMatch, isKnown, isOrphan, matchesIn, oldestFirst, waitsLikeIn } from './row-filters.js';

/** What is kept in memory, and all that only reads it. */
export abstract class MemoryReader extends ProcessStore<never> {
  protected readonly byId = new Map<string, ProcessRows>();
  protected readonly inbox = new Map<string, MessageState>();
  protected readonly kept = new Map<string, StoredDefinition>();

  override async load(wants: readonly Want[]): Promise<readonly (Loaded | null)[]> {
    return wants.map((want) => {
      const rows = this.byId.get(want.id);
      if (!rows) return null;
      const waits = want.waits.map((key) => rows.waits.get(key)).filter((wait) => wait !== undefined && !wait.closed) as WaitState[];
      const messages = want.messages.map((id) => this.inbox.get(id)).filter((message) => message !== undefined);
      return { process: rows.process, waits, messages, context: want.context ? valuesOf(rows.versions) : null };
    });
  }

  override async waitsAt(addresses: readonly string[]): Promise<readonly WaitAt[]> {
    return this.all.flatMap(addressedIn).filter(({ address }) => addresses.includes(address)).sort((a, b) => a.since - b.since).map(asWait); // prettier-ignore
  }

  override async messagesAt(addresses: readonly string[]): Promise<readonly MessageState[]> {
    return [...this.inbox.values()].filter(({ address }) => addresses.includes(address)).sort((a, b) => a.receivedAt - b.receivedAt);
  }

  override async unmatched(workflows: readonly Known[], limit: number, after?: Match): Promise<readonly Match[]> {
    const known = this.all.filter(({ process }) => isKnown(process, workflows));
    const all = this.stored.flatMap((message) => known.flatMap((rows) => matchesIn(rows, message))).sort(byMatch);
    return all.filter((match) => !after || byMatch(after, match) < 0).slice(0, limit);
  }

  override async dueWaits(workflows: readonly Known[], now: number, limit: number): Promise<readonly { processId: string; key: string; run: number }[]> {
    const known = this.all.filter(({ process }) => isKnown(process, workflows));
    return known.flatMap(timedIn).filter(({ dueAt }) => dueAt <= now).sort((a, b) => a.dueAt - b.dueAt).slice(0, limit); // prettier-ignore
  }

  override async freeProcesses(workflows: readonly Known[], limit: number): Promise<readonly string[]> {
    return this.processes.filter((process) => process.worker === UNCLAIMED && isKnown(process, workflows)).map(({ id }) => id).slice(0, limit); // prettier-ignore
  }

  override async byGroup(workflows: readonly string[], groupId: string): Promise<readonly ProcessState[]> {
    return workflows.flatMap((workflow) => {
      const all = this.processes.filter((process) => process.workflow === workflow && process.groupId === groupId);
      const found = all.find(({ status }) => !isFinished(status)) ?? all.sort(newestFirst)[0];
      return found ? [found] : [];
    });
  }

  override async find(query: ProcessQuery): Promise<readonly ProcessState[]> {
    return this.all.filter((rows) => matches(rows, query)).map(({ process }) => process).sort(newestFirst).slice(0, query.limit); // prettier-ignore
  }

  override async waitsOf(processId: string): Promise<readonly WaitState[]> {
    return [...(this.byId.get(processId)?.waits.values() ?? [])].filter((wait) => !wait.closed);
  }

  override async waitsLike(query: WaitQuery): Promise<readonly { process: ProcessState; wait: WaitState }[]> {
    const all = this.all.flatMap((rows) => waitsLikeIn(rows, query));
    return all.sort((a, b) => oldestFirst({ ...a.wait, processId: a.process.id }, { ...b.wait, processId: b.process.id })).slice(0, query.limit);
  }

  override async recordsOf(processId: string): Promise<readonly RecordDraft[]> {
    return [...(this.byId.get(processId)?.records ?? [])];
  }

  override async versions(processId: string, from: number, to: number): Promise<readonly VersionDraft[]> {
    return (this.byId.get(processId)?.versions ?? []).filter(({ version }) => version >= from && version <= to);
  }

  override async undoMarks(processId: string): Promise<readonly { version: number; step: string; undo: UndoMark }[]> {
    const all = (this.byId.get(processId)?.versions ?? []).flatMap(({ version, step, undo }) => (undo ? [{ version, step, undo }] : []));
    return all.reverse();
  }

  override async versionsUpTo(processId: string, version: number): Promise<readonly VersionDraft[]> {
    const all = (this.byId.get(processId)?.versions ?? []).filter((each) => each.version <= version);
    return all.slice(all.findLastIndex(({ snapshot }) => snapshot !== null));
  }

  override async movesUpTo(processId: string, version: number): Promise<readonly VersionDraft['moves'][]> {
    return (this.byId.get(processId)?.versions ?? []).filter((each) => each.version <= version).map(({ moves }) => moves);
  }

  /* ---------------------------------------------------------------- children ---- */

  override async childrenToStart(limit: number, after?: Pick<MessageState, 'id' | 'receivedAt'>): Promise<readonly MessageState[]> {
    const asking = this.stored.filter((message) => asksForChild(message.address) && (!after || byArrival(after, message) < 0));
    return asking.sort(byArrival).slice(0, limit);
  }

  override async orphans(parentId: string | null, limit: number): Promise<readonly string[]> {
    const orphans = this.processes.filter((process) => isOrphan(process, this.byId.get(process.parent?.id ?? '')));
    const its = orphans.filter(({ parent }) => parentId === null || parent?.id === parentId);
    return its.sort((a, b) => newestFirst(b, a)).map(({ id }) => id).slice(0, limit); // prettier-ignore
  }

  /* ------------------------------------------------------------- definitions ---- */

  override async definitions(since = 0): Promise<readonly StoredDefinition[]> {
    return [...this.kept.values()].filter(({ updatedAt }) => updatedAt >= since);
  }

  override async census(): Promise<readonly { workflow: string; version: number; live: number }[]> {
    const live = this.processes.filter(({ status }) => !isFinished(status));
    const keys = new Map(live.map((process) => [`${process.workflowVersion} ${process.workflow}`, process]));
    return [...keys].map(([key, { workflow, workflowVersion: version }]) => ({
      workflow,
      version,
      live: live.filter((process) => `${process.workflowVersion} ${process.workflow}` === key).length,
    }));
  }

  protected get stored(): MessageState[] {
    return [...this.inbox.values()].filter(({ disposition }) => disposition === 'stored');
  }

  protected get all(): ProcessRows[] {
    return [...this.byId.values()];
  }

  protected get processes(): ProcessState[] {
    return this.all.map(({ process }) => process);
  }
}
