import type { Draft } from './draft.js';
import { EVENTS_KEY, queuedEventKey } from './token-key.js';
import { type EventsToken, isActive, isEventToken, type StepToken } from './token.js';
import { MOST_TOKENS } from './tokens.js';

/** So many accepted events stand in the process row. */
const MOST_IN_ROW = 32;
/** When so few are left there, the next are read, several at once. */
const FEW = 8;

/** Puts an accepted event in line. The process row is written with every decision, so it holds few of them: n events cost n. */
export function standInLine(draft: Draft, token: StepToken): void {
  const line = eventLine(draft);
  if (!line && eventsInRow(draft) < MOST_IN_ROW) return draft.run(token);
  const { todo: [next, size], ...rest } = line ?? newLine(draft); // prettier-ignore
  draft.wait({ ...token, key: queuedEventKey(size) }, { kind: 'turn' });
  draft.run({ ...rest, todo: [next, size + 1] });
}

/** Brings the next events into the process row when few are left there. Events that wait for another attempt do not hold them up. */
export function bringEvents(draft: Draft): void {
  const line = eventLine(draft);
  if (!line || eventsInRow(draft, isActive) > FEW || eventsInRow(draft) >= MOST_TOKENS) return;
  const [next, size] = line.todo;
  const until = Math.min(size, next + MOST_IN_ROW - FEW);
  const keys = Array.from({ length: until - next }, (_, i) => queuedEventKey(next + i));
  draft.need(keys);
  for (const key of keys) bring(draft, key);
  if (until === size) draft.end(EVENTS_KEY);
  else draft.run({ ...line, todo: [until, size] });
}

/** A person may have skipped it. */
function bring(draft: Draft, key: string): void {
  const wait = draft.parked(key);
  if (wait) draft.run(wait.token);
}

function eventLine(draft: Draft): EventsToken | undefined {
  return draft.token(EVENTS_KEY) as EventsToken | undefined;
}

function newLine({ now }: Draft): EventsToken {
  return { key: EVENTS_KEY, node: '', run: 0, does: 'events', attempt: 1, since: now, todo: [0, 0] };
}

function eventsInRow(draft: Draft, is: (token: StepToken) => boolean = () => true): number {
  return draft.allTokens().filter((token) => isEventToken(token) && token.key !== EVENTS_KEY && is(token as StepToken)).length;
}
