import { reasonOf } from '../core/reason.js';
import type { Json, JsonObject } from '../core/json.js';
import { type ContextPatch, type Facts, Fault } from '../core/events.js';
import { parseDuration } from '../core/duration.js';
import type { ProcessState } from '../core/process.js';
import { patched } from '../context/context.js';
import { fromStored } from '../context/schema.js';
import type { BoundWorkflow } from './bound-workflow.js';

/** A snapshot is looked at every so many versions, ... */
const SNAPSHOT_EVERY = 10;
/** ... and written when the patches since the last are likely to outweigh it, or there are this many. */
const TYPICAL_PATCH = 200;
const MOST_PATCHES = 200;

/** Answers what the decisions ask of a context, by the workflow's own functions. Each sees a context of its own. */
export class ContextFacts implements Facts {
  private after_: JsonObject | undefined;

  constructor(
    private readonly bound: BoundWorkflow,
    private readonly process: Pick<ProcessState, 'id' | 'groupId' | 'contextVersion' | 'snapshotVersion'>,
    private readonly before: JsonObject,
    private readonly patch?: ContextPatch,
  ) {}

  /** Only if somebody asks: most steps have no condition behind them. */
  private get values(): JsonObject {
    return (this.after_ ??= this.patch ? patched(this.before, this.patch) : this.before);
  }

  holds(node: string): boolean | Fault {
    return this.ask(node, 'when', (value) => value === true);
  }

  after(node: string, now: number): number | Fault {
    return this.ask(node, 'after', (value) => moment(value, now), now);
  }

  within(node: string, now: number): number | Fault {
    return this.ask(node, 'within', (value) => moment(value, now), now);
  }

  completes(): boolean | Fault {
    return guarded('completeWhen', () => this.bound.completeWhen?.(this.context()) === true);
  }

  snapshot(): JsonObject | null {
    const patches = this.process.contextVersion + 1 - this.process.snapshotVersion;
    if (patches < SNAPSHOT_EVERY || (patches % SNAPSHOT_EVERY !== 0 && patches < MOST_PATCHES)) return null;
    const outweighed = patches >= MOST_PATCHES || JSON.stringify(this.values).length <= patches * TYPICAL_PATCH;
    return outweighed ? this.values : null;
  }

  private ask<T>(node: string, what: 'when' | 'after' | 'within', read: (value: unknown) => T, now = 0): T | Fault {
    return guarded(what, () =>
      read(this.bound.steps.get(node)![what]!(this.context(), { processId: this.process.id, groupId: this.process.groupId, now: new Date(now) })),
    );
  }

  private context(): unknown {
    return fromStored(this.bound.context, this.values as Json);
  }
}

function guarded<T>(what: string, ask: () => T): T | Fault {
  try {
    return ask();
  } catch (error) {
    return new Fault(`${what} threw: ${reasonOf(error)}`);
  }
}

/** A date, an ISO string as a stored date reads without its class, or a length of time from now. */
function moment(value: unknown, now: number): number {
  const length = parseDuration(value);
  if (length !== null) return now + length;
  const time = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new TypeError(`${String(value)} is neither a moment nor a length of time`);
  return time;
}
