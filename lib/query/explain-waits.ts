import { eventIn, eventKeyIn, keyNameIn, namedIn } from '../core/addresses.js';
import { isWatchKey } from '../core/token-key.js';
import type { Token } from '../core/token.js';
import { addressOf, dueAtOf, isTaskWait, type WaitState } from '../core/wait.js';
import type { WaitKind } from '../core/waits-for.js';
import { type Explained, responding, skipping, stepAt, when, type Word } from './explained.js';
import { pauseText, resuming } from './paused.js';
import { pauseAddress } from '../values/paused-place.js';

/** Waits of the engine itself: the waits that they hold together have sentences of their own. */
const SILENT: ReadonlySet<string> = new Set(['branches', 'turn']);

/** Says for each wait what the process waits for. */
export function waitWords(subject: Explained): Word[] {
  const { waits } = subject;
  const told = waits.filter(({ token, waitsFor }) => !SILENT.has(waitsFor.kind) && token.fault === undefined && token.does !== 'undo');
  const visits = told.filter((wait) => !isWatch(wait));
  return [...visits.map((wait) => visitWord(wait, subject)), ...told.filter(isWatch).map(watchWord)];
}

/** True for a watch, which is set beside a step run that may take too long. */
function isWatch({ token }: WaitState): boolean {
  return isWatchKey(token.key);
}

function watchWord(wait: WaitState): Word {
  const step = stepAt(wait.token);
  if (wait.waitsFor.kind === 'overdue') return { says: `is overdue in ${step}` };
  return { says: `${wait.token.does === 'remind' ? 'will be overdue' : 'must be done'} with ${step} at ${when(dueTime(wait))}` };
}

function visitWord(wait: WaitState, subject: Explained): Word {
  const { says, remedies = [] } = KINDS[wait.waitsFor.kind](wait, subject);
  const isKnown = subject.definition !== undefined; // otherwise nothing can be skipped here
  return {
    says: `${says}${limit(wait.token)}${attemptBefore(wait.token)}`,
    remedies: [...remedies, ...(isKnown && wait.waitsFor.kind !== 'listener' ? [skipping(wait.token, subject)] : [])],
  };
}

type WaitSentence = (wait: WaitState, subject: Explained) => Word;

const KINDS: Readonly<Record<WaitKind, WaitSentence>> = {
  response: (wait, { process, internals }) => {
    const which = internals ? `under the correlation id "${nameInAddress(wait)}"` : 'to its request';
    return { says: `${waitsIn(wait)} for the answer ${which}`, remedies: [responding(wait, { process, internals })] };
  },
  event: (wait) => {
    const [event, key] = eventOf(wait);
    const counts = 'from' in wait.token ? wait.token.from : undefined;
    const from = counts === undefined ? '' : ` that counts from ${when(counts)}`;
    return { says: `${waitsIn(wait)} for the event "${event}" under the key ${key}${from}`, remedies: [`emit('${event}', ${keyCode(wait)}, …)`] };
  },
  listener: (wait) => {
    const [event, key] = eventOf(wait);
    const then = 'listens' in wait.token && wait.token.listens === 'after' ? 'would handle it once more' : 'would run at once';
    return { says: `${stepAt(wait.token)} hears the event "${event}" under the key ${key}, and ${then}`, remedies: [`emit('${event}', ${keyCode(wait)}, …)`] };
  },
  input: (wait, { process: { id, workflow } }) => ({
    says: `${waitsIn(wait)} for an input that a person owes`,
    remedies: [`provideInput('${workflow}', '${wait.token.node}', '${id}', …)`],
  }),
  child: (wait) => ({ says: `${waitsIn(wait)} for its child process ${nameInAddress(wait)} to end`, remedies: [`explain('${nameInAddress(wait)}')`] }),
  task: (wait, { pauseAt }) => {
    if (!isTaskWait(wait)) return { says: waitsIn(wait) };
    const { queue, readyAt, worker } = wait.waitsFor;
    if (worker !== null) return { says: `runs ${stepAt(wait.token)} as a task of the queue "${queue}" on worker ${worker}` };
    const at = readyAt === null ? '' : `, ready from ${when(readyAt)}`;
    const { attempt, lastError } = wait.token;
    const what = lastError === undefined ? 'a worker' : `attempt ${attempt}, by a worker`;
    const pause = pauseAt(pauseAddress({ workflow: null, step: null, queue }));
    if (pause) return { says: `${waitsIn(wait)}: ${pauseText(pause)}`, remedies: [resuming(pause)] };
    return { says: `${waitsIn(wait)} for ${what} of the queue "${queue}"${at}`, remedies: [`start an instance that works off the queue "${queue}"`] };
  },
  timer: (wait) => ({ says: `${waitsIn(wait)} ${wait.token.attempt > 1 ? `for attempt ${wait.token.attempt}, due at` : 'until'} ${when(dueTime(wait))}` }),
  pause: (wait, { pauseAt }) => {
    const pause = pauseAt(addressOf(wait) ?? '');
    if (!pause) return { says: `${waitsIn(wait)}: its pause has just ended, and it goes on with the next sweep` };
    return { says: `${waitsIn(wait)}: ${pauseText(pause)}`, remedies: [resuming(pause)] };
  },
  condition: (wait) => ({ says: `${waitsIn(wait)} for its condition \`when\` to hold` }),
  overdue: watchWord,
  turn: (wait) => ({ says: waitsIn(wait) }),
  branches: (wait) => ({ says: waitsIn(wait) }),
};

function waitsIn({ token }: WaitState): string {
  return `waits in ${stepAt(token)} since ${when(token.since)}`;
}

/** How long the wait may last, if its token has a deadline. */
function limit(token: Token): string {
  const deadline = 'deadline' in token ? token.deadline : undefined;
  return deadline === undefined ? '' : `, at most until ${when(deadline)}`;
}

/** Why it is not the first attempt. */
function attemptBefore(token: Token): string {
  return 'lastError' in token && token.lastError !== undefined ? `, as attempt ${token.attempt - 1} has failed: ${token.lastError}` : '';
}

function dueTime(wait: WaitState): number {
  return dueAtOf(wait) ?? wait.token.since;
}

function nameInAddress(wait: WaitState): string {
  return namedIn(addressOf(wait) ?? '');
}

/** The event, and its key in words. */
function eventOf(wait: WaitState): readonly [event: string, key: string] {
  const { event, name, value } = eventPartsOf(wait);
  return [event, `${name === undefined ? '' : `${name} `}"${value}"`];
}

/** The key as `emit` takes it. */
function keyCode(wait: WaitState): string {
  const { name, value } = eventPartsOf(wait);
  return name === undefined ? `'${value}'` : `{ '${name}': '${value}' }`;
}

function eventPartsOf(wait: WaitState): { event: string; name: string | undefined; value: string } {
  const address = addressOf(wait) ?? '';
  return { event: eventIn(address) ?? '', name: keyNameIn(address), value: eventKeyIn(address) };
}
