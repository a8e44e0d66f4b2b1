import { storedPatch } from '../context/context.js';
import { checkSize, plain } from '../context/plain.js';
import { toStored } from '../context/typed-data.js';
import type { ContextPatch, Note } from '../core/events.js';
import type { Json, JsonObject } from '../values/json.js';
import type { Token } from '../core/process.js';
import type { Schema } from '../values/types.js';
import { describe } from '../values/describe-error.js';
import type { BodyResult } from './read-result.js';
import type { Standing, Told } from '../writer/process-cache.js';
import type { StepVisit, Undone } from './step-context.js';

/** Who speaks: the fence of its claim goes with the outcome. */
export interface Speaker {
  readonly token: Token;
  readonly claim: number;
  readonly taskOf?: string | undefined;
  readonly begunAt?: number | undefined;
  /** The values its body saw. */
  readonly seen?: JsonObject | undefined;
  readonly notes: readonly Note[];
  readonly log: readonly string[];
  /** The visit it has undone. */
  readonly undoes?: Undone | null;
  /** What stores the starting values of its child. */
  readonly child?: Schema | undefined;
}

/** Whoever ran the body speaks for it: what was said in it goes with the outcome. */
export function speakerOf(visit: StepVisit, by: Pick<Speaker, 'claim' | 'taskOf' | 'begunAt' | 'seen' | 'child'>): Speaker {
  const { claim, taskOf, begunAt, seen, child } = by; // one shape for all: a spread of several is slow
  return { claim, taskOf, begunAt, seen, child, token: visit.token, notes: visit.log.notes, log: visit.log.close(), undoes: visit.undoes };
}

/** An outcome as an event. A patch that cannot be stored is a failed attempt, like any other error of the step. */
export function tellOutcome(result: BodyResult, speaker: Speaker): (standing: Standing) => Told {
  const visit = visitOf(speaker);
  const failed = (error: string, permanent: boolean): Told => ({
    ...visit,
    type: 'step-failed',
    error: where(speaker) + error,
    permanent,
    random: Math.random(),
  });
  return (standing) => {
    if ('failed' in result) return failed(result.failed, result.permanent);
    try {
      return { ...visit, ...('values' in result ? sayValues(result.values, speaker) : say(result, standing, speaker)) };
    } catch (error) {
      return failed(describe(error), true);
    }
  };
}

/** The token that undoes stands in no step: the error says which it was about. */
function where({ undoes }: Speaker): string {
  return undoes ? `undoing ${undoes.node}: ` : '';
}

/** Which visit speaks, and all that was said while it ran. */
export function visitOf({ token, claim, notes, log, taskOf, begunAt, undoes }: Speaker) {
  const { key, run, attempt } = token;
  return {
    key, run, attempt, claim, notes,
    ...(log.length > 0 && { log }),
    ...(undoes && { undoes: undoes.node }),
    ...(taskOf !== undefined && { taskOf, ...(begunAt !== undefined && { begunAt }) }),
  }; // prettier-ignore
}

type Word =
  | { type: 'step-succeeded'; patch: ContextPatch; branch?: string; result?: Json; overwrote?: readonly string[] }
  | { type: 'visit-undone'; step: string; undone: number; patch: ContextPatch }
  | { type: 'response-requested'; correlation?: string }
  | { type: 'step-deferred'; afterMs?: number; state?: Json; patch?: ContextPatch }
  | { type: 'step-paused'; reason: string }
  | { type: 'step-failed'; error: string; permanent: boolean; random: number };

type Speech = Extract<BodyResult, { said: unknown }>;

function say({ said, afterMs, result }: Speech, standing: Standing, speaker: Speaker): Word {
  const stored = (patch: object) => storedPatch(standing.bound.context, patch, standing.context);
  switch (said.said) {
    case 'done': return speaker.undoes ? undone(speaker.undoes, stored(said.patch ?? {})) : succeeded(said.patch, result, standing, speaker);
    case 'go': return { ...succeeded(said.patch, result, standing, speaker), branch: said.branch };
    case 'asked': return { type: 'response-requested', ...(said.correlationId !== '' && { correlation: said.correlationId }) };
    case 'pause': return { type: 'step-paused', reason: String(said.reason) };
    case 'fail': return { type: 'step-failed', error: where(speaker) + String(said.reason), permanent: true, random: 0 };
    case 'again': return {
      type: 'step-deferred',
      ...(afterMs !== undefined && { afterMs }),
      ...(said.state !== undefined && { state: plain(said.state, 'state') }),
      ...(said.patch && { patch: stored(said.patch) }),
    };
  } // prettier-ignore
}

function undone({ node, run }: Undone, patch: ContextPatch): Word {
  return { type: 'visit-undone', step: node, undone: run, patch };
}

function succeeded(given: object | undefined, result: unknown, standing: Standing, { seen }: Speaker): Extract<Word, { type: 'step-succeeded' }> {
  const patch = storedPatch(standing.bound.context, given ?? {}, standing.context);
  return { type: 'step-succeeded', patch, ...returned(result, patch), ...overwritten(given, seen ?? standing.context, standing.context) };
}

/** What the next step finds in `step.previous`, where that is not the patch. */
function returned(result: unknown, { set }: ContextPatch): { result?: Json } {
  if (result === undefined) return {};
  const stored = plain(result, 'its result');
  checkSize(stored, 'The result');
  return JSON.stringify(stored) === JSON.stringify(set) ? {} : { result: stored };
}

/** Keys it sets without having seen their latest values: somebody else has set them since its body began. */
function overwritten(patch: object | undefined, seen: JsonObject, latest: JsonObject): { overwrote?: string[] } {
  if (!patch || seen === latest) return {};
  const set = Object.entries(patch).flatMap(([key, value]) => (typeof value === 'function' ? [] : [key]));
  const overwrote = set.filter((key) => JSON.stringify(seen[key]) !== JSON.stringify(latest[key]));
  return overwrote.length > 0 ? { overwrote } : {};
}

function sayValues(given: object, { child }: Speaker): { type: 'child-requested'; values: JsonObject } {
  const values = toStored(child, given, '');
  checkSize(values, 'The starting values of its child');
  return { type: 'child-requested', values };
}
