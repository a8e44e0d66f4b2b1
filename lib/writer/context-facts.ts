import { MAX_EVENT_KEY } from '../context/checks.js';
import { patched } from '../context/context.js';
import { checkSize, copy, plain } from '../context/plain.js';
import { fromStored } from '../context/typed-data.js';
import { milliseconds, parseDuration } from '../values/duration.js';
import type { ContextPatch } from '../core/events.js';
import { FactError, type Facts, type ItemPosition } from '../core/facts.js';
import type { Json, JsonObject } from '../values/json.js';
import type { ProcessState } from '../core/process.js';
import { reasonOf } from '../values/reason.js';
import type { NodeCode } from '../definition/source.js';
import type { Duration, StepInfo } from '../values/types.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import { kindOf } from '../values/describe-error.js';

/** A snapshot is considered every so many versions. */
const SNAPSHOT_EVERY = 10;
/** The likely size of a patch. A snapshot is written if the patches since the last one are likely to be larger than it. */
const TYPICAL_PATCH = 200;
/** After so many patches a snapshot is always written. */
const MOST_PATCHES = 200;

type Question = keyof NodeCode & ('when' | 'test' | 'items' | 'after' | 'within' | 'every' | 'completeBy' | 'overdue' | 'key' | 'since');

/** Answers the questions of decisions about a context, by the workflow's own functions. Each call gets a context of its own. */
export class ContextFacts implements Facts {
  private after_: JsonObject | undefined;

  constructor(
    private readonly bound: BoundWorkflow,
    private readonly process: Pick<ProcessState, 'id' | 'groupId' | 'contextVersion' | 'snapshotVersion'>,
    private readonly before: JsonObject,
    private readonly now: number,
    private readonly patch: ContextPatch | undefined,
    private readonly mostItems: number,
  ) {}

  /** Computed only when asked for: most steps have no condition behind them. */
  private get values(): JsonObject {
    return (this.after_ ??= this.patch ? patched(this.before, this.patch) : this.before);
  }

  holds(node: string, at: ItemPosition): boolean | FactError {
    return this.ask(node, 'when', at, yesOrNo);
  }

  test(node: string, at: ItemPosition): boolean | FactError {
    return this.ask(node, 'test', at, yesOrNo);
  }

  items(node: string, at: ItemPosition): readonly Json[] | FactError {
    return this.ask(node, 'items', at, (value) => listOf(value, node, this.mostItems));
  }

  after(node: string, now: number, at: ItemPosition): number | FactError {
    return this.ask(node, 'after', at, (value) => momentIn(value, now));
  }

  within(node: string, now: number, at: ItemPosition): number | FactError {
    return this.ask(node, 'within', at, (value) => momentIn(value, now));
  }

  every(node: string, at: ItemPosition): number | FactError {
    return this.ask(node, 'every', at, (value) => milliseconds(value as Duration));
  }

  completeBy(node: string, now: number, at: ItemPosition): number | FactError {
    return this.ask(node, 'completeBy', at, (value) => momentIn(value, now));
  }

  overdue(node: string, now: number, at: ItemPosition): number | FactError {
    return this.ask(node, 'overdue', at, (value) => momentIn(value, now));
  }

  key(node: string, at: ItemPosition): string | FactError {
    return this.ask(node, 'key', at, keyFrom);
  }

  since(node: string, at: ItemPosition): number | FactError {
    return this.ask(node, 'since', at, (value) => instant(value));
  }

  completes(): boolean | FactError {
    return guarded('completeWhen', () => this.bound.completeWhen?.(this.context()) === true);
  }

  snapshot(): JsonObject | null {
    const patches = this.process.contextVersion + 1 - this.process.snapshotVersion;
    if (patches < SNAPSHOT_EVERY || (patches % SNAPSHOT_EVERY !== 0 && patches < MOST_PATCHES)) return null;
    const outweighed = patches >= MOST_PATCHES || JSON.stringify(this.values).length <= patches * TYPICAL_PATCH;
    return outweighed ? this.values : null;
  }

  private ask<T>(node: string, what: Question, at: ItemPosition, read: (value: unknown) => T): T | FactError {
    const code = this.bound.steps.get(node)!;
    const name = what === 'test' ? 'its condition' : what;
    const value = guarded(name, () => code[what]!(this.context(), this.stepInfo(code, at)));
    return value instanceof FactError ? value : understood(name, () => read(value));
  }

  private stepInfo({ config = {} }: NodeCode, { item, index }: ItemPosition): StepInfo {
    const { id: processId, groupId } = this.process;
    return { processId, groupId, now: new Date(this.now), item: item === undefined ? undefined : copy(item), index: index!, config };
  }

  private context(): unknown {
    return fromStored(this.bound.context, this.values as Json);
  }
}

function guarded<T>(what: string, ask: () => T): T | FactError {
  try {
    return ask();
  } catch (error) {
    return new FactError(`${what} threw: ${reasonOf(error)}`);
  }
}

function understood<T>(what: string, read: () => T): T | FactError {
  try {
    return read();
  } catch (error) {
    return new FactError(`${what}: ${reasonOf(error)}`);
  }
}

/** A missing value counts as false. Any other value that is no boolean is an error. */
function yesOrNo(value: unknown): boolean {
  if (typeof value !== 'boolean' && value !== undefined && value !== null) throw new TypeError(`it gave ${kind(value)}, which is neither true nor false`);
  return value === true;
}

function listOf(value: unknown, node: string, most: number): readonly Json[] {
  if (!Array.isArray(value)) throw new TypeError(`it gave ${kind(value)}, and goes over a list`);
  if (value.length > most) throw new RangeError(`it gave a list of ${value.length} items; at most ${most} are taken (limits.items)`);
  const items = plain(value, 'items') as readonly Json[];
  checkSize(items, `The items of ${node}`);
  return items;
}

function keyFrom(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new TypeError(`it gave ${kind(value)}: the key of an event is a string, and not empty`);
  if (value.length > MAX_EVENT_KEY) throw new TypeError(`it gave ${value.length} characters; at most ${MAX_EVENT_KEY} are kept`);
  if (value.includes('\0') || !value.isWellFormed()) throw new TypeError('it gave a NUL or half a surrogate pair, which databases do not take');
  return value;
}

/** Reads a date, an ISO string (a stored date without its class), or a length of time from now. */
function momentIn(value: unknown, now: number): number {
  const length = parseDuration(value);
  return length === null ? instant(value, ' nor a length of time') : now + length;
}

function instant(value: unknown, alternative = ''): number {
  const time = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new TypeError(`${String(value)} is ${alternative === '' ? 'no' : 'neither a'} moment${alternative}`);
  return time;
}

function kind(value: unknown): string {
  if (value === '') return 'an empty string';
  return value === undefined ? 'undefined' : kindOf(value);
}
