import { checkName, checkOptions, MAX_GROUP_ID, MAX_TEXT } from '../context/checks.js';
import type { VersionDraft } from '../core/change.js';
import { isFinished, type ProcessState } from '../core/process.js';
import type { Lookup } from '../query/process-lookup.js';
import { processPlace } from '../store/process-frame.js';
import type { ProcessStore } from '../store/process-store.js';
import { InvalidInputError } from '../values/errors.js';
import type { Json } from '../values/json.js';
import type { Class } from '../values/types.js';
import type { WorkflowRegistry } from '../workflows/registry.js';

/**
 * Whose data is erased. An id: one process. `groupId`: all processes with it, of one workflow or of all. `keys` and `value`: all processes
 * whose context has held the value under one of these keys, as it is or inside a list or an object, in any of its versions.
 */
export type ErasureSubject =
  | string
  | { readonly groupId: string; readonly workflow?: Class | string }
  | { readonly keys: string | readonly string[]; readonly value: string | number; readonly workflow?: Class | string };

/** The same after it was checked. */
export type CheckedSubject =
  | { readonly id: string }
  | { readonly groupId: string; readonly workflow?: string }
  | { readonly keys: readonly string[]; readonly value: string | number; readonly workflow?: string };

const PAGE = 500;
/** Processes whose versions are searched with one statement. */
const SEARCHED_AT_ONCE = 1000;

/** @throws InvalidInputError for what names no process */
export function checkedSubject(subject: ErasureSubject, registry: WorkflowRegistry): CheckedSubject {
  if (typeof subject === 'string') return { id: subject };
  checkOptions('The subject', subject, ['groupId', 'keys', 'value', 'workflow']);
  const workflow = subject.workflow === undefined ? {} : { workflow: registry.nameOf(subject.workflow) };
  if ('groupId' in subject && !('value' in subject) && !('keys' in subject)) {
    checkName('groupId', subject.groupId, MAX_GROUP_ID);
    return { groupId: subject.groupId, ...workflow };
  }
  if ('groupId' in subject || !('value' in subject) || !('keys' in subject))
    throw new InvalidInputError('The subject', ['say the id of a process, or { groupId }, or { keys, value }']);
  return { keys: checkedKeys(subject.keys), value: checkedValue(subject.value), ...workflow };
}

function checkedKeys(given: string | readonly string[]): readonly string[] {
  const keys = [given].flat();
  if (keys.length === 0) throw new InvalidInputError('keys', ['name at least one key of the context']);
  for (const key of keys) checkName('keys', key, MAX_GROUP_ID);
  return keys;
}

function checkedValue(value: unknown): string | number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  checkName('value', value, MAX_TEXT);
  return value as string;
}

/** Finds the processes of a subject. */
export class SubjectFinder {
  constructor(
    private readonly store: ProcessStore,
    private readonly lookup: Lookup,
  ) {}

  /** With all processes that they have started, and those have. @throws ProcessNotFoundError for an id that there is not */
  async find(subject: CheckedSubject): Promise<readonly ProcessState[]> {
    const found = new Map((await this.named(subject)).map((process) => [process.id, process]));
    for (let parents = [...found.keys()]; parents.length > 0;) {
      const children = (await this.store.queries.childrenOf(parents)).filter(({ id }) => !found.has(id));
      for (const child of children) found.set(child.id, child);
      parents = children.map(({ id }) => id);
    }
    return [...found.values()];
  }

  /** A process whose live parent waits for it, or has yet to read it, and is none of them. */
  async needed(processes: readonly ProcessState[]): Promise<{ child: string; parent: string } | undefined> {
    const ids = new Set(processes.map(({ id }) => id));
    const children = processes.filter(({ parent }) => parent?.awaited && !ids.has(parent.id));
    const parents = await this.states(children.map(({ parent }) => parent!.id));
    const live = new Set(parents.filter(({ status }) => !isFinished(status)).map(({ id }) => id));
    const child = children.find(({ parent }) => live.has(parent!.id));
    return child && { child: child.id, parent: child.parent!.id };
  }

  async states(ids: readonly string[]): Promise<ProcessState[]> {
    const loaded = await this.store.commits.load([...new Set(ids)].map((id) => ({ id, waits: [], messages: [], context: false })));
    return loaded.flatMap((each) => each?.process ?? []);
  }

  private async named(subject: CheckedSubject): Promise<readonly ProcessState[]> {
    if ('id' in subject) return [await this.lookup.toRead(subject.id)];
    return 'groupId' in subject ? this.ofGroup(subject) : this.states(await this.holding(subject));
  }

  private async ofGroup(group: { readonly groupId: string; readonly workflow?: string }): Promise<ProcessState[]> {
    const found: ProcessState[] = [];
    for (let page = PAGE; page === PAGE;) {
      const last = found.at(-1);
      const more = await this.store.queries.find({ ...group, limit: PAGE, ...(last && { after: processPlace(last) }) });
      found.push(...more);
      page = more.length;
    }
    return found;
  }

  /** The database finds where the text occurs at all; the values are looked at here. */
  private async holding({ keys, value, workflow }: Extract<CheckedSubject, { value: unknown }>): Promise<string[]> {
    const held: string[] = [];
    for (let after: string | null = ''; after !== null;) {
      const page = await this.store.queries.contextsWith(JSON.stringify(value), {
        after,
        limit: SEARCHED_AT_ONCE,
        ...(workflow !== undefined && { workflow }),
      });
      for (const id of page.ids) if (await this.holds(id, keys, value)) held.push(id);
      after = page.next;
    }
    return held;
  }

  private async holds(id: string, keys: readonly string[], value: string | number): Promise<boolean> {
    for (let from = 1; ; from += PAGE) {
      const versions = await this.store.queries.versions(id, from, from + PAGE - 1);
      if (versions.some((version) => versionHolds(version, keys, value))) return true;
      if (versions.length < PAGE) return false;
    }
  }
}

function versionHolds({ patch, snapshot }: VersionDraft, keys: readonly string[], value: string | number): boolean {
  return [patch, snapshot ?? {}].some((values) => keys.some((key) => Object.hasOwn(values, key) && valueIsIn(values[key]!, value)));
}

/** Whether the data is the value, or has it somewhere inside. */
export function valueIsIn(data: Json, value: string | number): boolean {
  if (typeof data !== 'object' || data === null) return data === value;
  return Object.values(data as Readonly<Record<string, Json>>).some((each) => valueIsIn(each, value));
}
