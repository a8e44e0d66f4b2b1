import type { Json, JsonObject } from '../core/json.js';
import type { Token } from '../core/process.js';
import { storedPatch } from '../context/context.js';
import { plain } from '../context/plain.js';
import { type BodyResult, describe } from './body.js';
import type { Standing, Told } from './seat.js';

/** Who speaks: the fence of its claim goes with the outcome. */
export interface Speaker {
  readonly token: Token;
  readonly claim: number;
  readonly taskOf?: string;
  readonly begunAt?: number;
  /** The values its body saw. */
  readonly seen?: JsonObject;
  readonly notes: readonly string[];
}

/** An outcome as an event. A patch that cannot be stored is a failed attempt, like any other error of the step. */
export function tellOutcome(result: BodyResult, speaker: Speaker): (standing: Standing) => Told {
  const visit = {
    key: speaker.token.key, run: speaker.token.run, attempt: speaker.token.attempt, claim: speaker.claim, notes: speaker.notes,
    ...(speaker.taskOf !== undefined && { taskOf: speaker.taskOf, begunAt: speaker.begunAt }),
  }; // prettier-ignore
  const failed = (error: string, permanent: boolean): Told => ({ ...visit, type: 'step-failed', error, permanent, random: Math.random() });
  return (standing) => {
    if ('failed' in result) return failed(result.failed, result.permanent);
    try {
      return { ...visit, ...say(result, standing, speaker.seen ?? standing.context) };
    } catch (error) {
      return failed(describe(error), true);
    }
  };
}

type Word =
  | { type: 'step-succeeded'; patch: ReturnType<typeof storedPatch>; branch?: string; overwrote?: readonly string[] }
  | { type: 'response-requested'; correlation?: string }
  | { type: 'step-deferred'; afterMs?: number; state?: Json; patch?: ReturnType<typeof storedPatch> }
  | { type: 'step-paused'; reason: string }
  | { type: 'step-failed'; error: string; permanent: boolean; random: number };

function say({ said, afterMs }: Extract<BodyResult, { said: unknown }>, standing: Standing, seen: JsonObject): Word {
  const stored = (patch: object) => storedPatch(standing.bound.context, patch, standing.context);
  switch (said.said) {
    case 'done': return { type: 'step-succeeded', patch: stored(said.patch ?? {}), ...overwritten(said.patch, seen, standing.context) };
    case 'go': return { type: 'step-succeeded', patch: stored(said.patch ?? {}), branch: said.branch, ...overwritten(said.patch, seen, standing.context) };
    case 'asked': return { type: 'response-requested', ...(said.correlationId !== '' && { correlation: said.correlationId }) };
    case 'pause': return { type: 'step-paused', reason: String(said.reason) };
    case 'fail': return { type: 'step-failed', error: String(said.reason), permanent: true, random: 0 };
    case 'again': return {
      type: 'step-deferred',
      ...(afterMs !== undefined && { afterMs }),
      ...(said.state !== undefined && { state: plain(said.state, 'state') }),
      ...(said.patch && { patch: stored(said.patch) }),
    };
  } // prettier-ignore
}

/** Keys it sets without having seen their latest values: somebody else has set them since its body began. */
function overwritten(patch: object | undefined, seen: JsonObject, latest: JsonObject): { overwrote?: string[] } {
  if (!patch || seen === latest) return {};
  const set = Object.entries(patch).flatMap(([key, value]) => (typeof value === 'function' ? [] : [key]));
  const overwrote = set.filter((key) => JSON.stringify(seen[key]) !== JSON.stringify(latest[key]));
  return overwrote.length > 0 ? { overwrote } : {};
}
