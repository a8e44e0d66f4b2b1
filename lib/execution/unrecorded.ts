import { patched, storedPatch } from '../context/context.js';
import type { ProcessState } from '../core/process.js';
import { isSameBody } from '../core/runnable.js';
import { stepNamed } from '../definition/graph.js';
import type { JsonObject } from '../values/json.js';
import type { BodyOutcome } from './read-result.js';
import type { StepVisit } from './step-context.js';

/**
 * What handlers of events have returned and is not recorded yet. The next handler begins meanwhile and sees it, so that a stream of
 * events need not wait for one commit each. After a crash all that was not recorded runs again.
 */
export class Unrecorded {
  private readonly patches = new Map<StepVisit, object>();

  /** False: the next event waits until this outcome is recorded. */
  add(visit: StepVisit, outcome: BodyOutcome): boolean {
    if (outcome.type !== 'step-succeeded' || visit.token.crashes !== undefined || moves(visit)) return false;
    this.patches.set(visit, outcome.patch);
    return true;
  }

  get isEmpty(): boolean {
    return this.patches.size === 0;
  }

  delete(visit: StepVisit): void {
    this.patches.delete(visit);
  }

  /** Forgets what the process, as committed, has recorded. */
  recorded({ tokens }: ProcessState): void {
    for (const visit of this.patches.keys()) if (!tokens.some((token) => isSameBody(token, visit.token))) this.patches.delete(visit);
  }

  /** The values after these patches, or null if one of them cannot be stored: that attempt will fail. */
  onTop(values: JsonObject): JsonObject | null {
    let newest = values;
    try {
      for (const [{ bound }, patch] of this.patches) newest = patched(newest, storedPatch(bound.context, patch, newest));
      return newest;
    } catch {
      return null;
    }
  }
}

function moves({ bound, token }: StepVisit): boolean {
  const { unsolicited, next } = stepNamed(bound.definition, token.node);
  return unsolicited && next.length > 0;
}
