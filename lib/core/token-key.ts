/**
 * The keys of tokens. Only this file builds and reads them.
 *
 *   0            the root token; a restart, or an event with `next`, begins the next life: 1, 2, ...
 *   0/2          branch 2 of the container at 0
 *   0/7-2        branch 2 of the fork that was entered with run 7; such a branch may outlive its fork
 *   e5           an unsolicited event that was accepted as run 5, outside the tree
 *   e            the events that wait for their turn; e/3: number 3 of them
 *   l7           the listener of a step, as run 7, outside the tree
 *   0/2~o4       the overdue timer of run 4 at 0/2; ~r: its reminder
 *   0/2~d4       the deadline timer of the stage with run 4 at 0/2
 *   0/2~u9       the undo, as run 9, of everything under 0/2
 */
const OUTLIVING = /\/(\d+)-\d+$/;
const WATCH = { overdue: 'o', reminder: 'r', deadline: 'd', undo: 'u' } as const;

interface VisitAt {
  readonly key: string;
  readonly run: number;
}

/* ------------------------------------------------------------------- the tree ---- */

export function rootKeyOf(life: number): string {
  return String(life);
}

/** The life that a key of the tree belongs to. */
export function lifeOf(key: string): number {
  return Number.parseInt(key, 10);
}

export function branchKey(parent: string, i: number): string {
  return `${parent}/${i}`;
}

/** A branch that may outlive its fork has the run of the fork in its key, so a later visit to the fork has other keys. */
export function outlivingBranchKey({ key, run }: VisitAt, i: number): string {
  return `${key}/${run}-${i}`;
}

/** The run of the fork, if the key ends in such a branch. */
export function outlivingRun(key: string): number | undefined {
  const run = OUTLIVING.exec(key)?.[1];
  return run === undefined ? undefined : Number(run);
}

/** True if any part of the key is such a branch. */
export function mayOutlive(key: string): boolean {
  return key.includes('-');
}

export function parentKey(key: string): string | null {
  const slash = key.lastIndexOf('/');
  return slash < 0 ? null : key.slice(0, slash);
}

/** The number of a branch among those of its parent. */
export function branchNumber(key: string): number {
  return Number(/\d+$/.exec(key)![0]);
}

/** True if the key is in a branch of `above`. */
export function isInBranchOf(key: string, above: string): boolean {
  return key.startsWith(above) && key[above.length] === '/';
}

/** True if the key is in a branch of `above`, or is that of its timer, reminder or undo. */
export function isUnder(key: string, above: string): boolean {
  return key.startsWith(above) && (key[above.length] === '/' || key[above.length] === '~');
}

export function isAtOrUnder(key: string, above: string): boolean {
  return key === above || isUnder(key, above);
}

/** True if the key is under any of these keys. The cost depends only on the depth of the key. */
export function isUnderAny(key: string, keys: ReadonlySet<string>): boolean {
  if (keys.size === 0) return false;
  for (const { index } of key.matchAll(/[/~]/g)) if (keys.has(key.slice(0, index))) return true;
  return false;
}

/** The keys under a key, as ranges that are compared byte by byte: `<key>/...` and `<key>~...`. */
export function rangesUnder(key: string): readonly (readonly [from: string, before: string])[] {
  return [
    [`${key}/`, `${key}0`],
    [`${key}~`, `${key}\x7f`],
  ];
}

/* ------------------------------------------------------------- beside the tree ---- */

export function eventKey(run: number): string {
  return `e${run}`;
}

/** The key of the token that stands for the events that wait for their turn. */
export const EVENTS_KEY = 'e';

export function queuedEventKey(i: number): string {
  return branchKey(EVENTS_KEY, i);
}

/** A step that hears its event outside of a visit. */
export function listenerKey(run: number): string {
  return `l${run}`;
}

export function isListenerKey(key: string): boolean {
  return key.charCodeAt(0) === 108; // 'l'
}

export function isEventKey(key: string): boolean {
  return key.charCodeAt(0) === 101; // 'e'
}

export function overdueKey({ key, run }: VisitAt): string {
  return `${key}~${WATCH.overdue}${run}`;
}

export function reminderKey({ key, run }: VisitAt): string {
  return `${key}~${WATCH.reminder}${run}`;
}

export function deadlineKey({ key, run }: VisitAt): string {
  return `${key}~${WATCH.deadline}${run}`;
}

export function undoKey({ key, run }: VisitAt): string {
  return `${key}~${WATCH.undo}${run}`;
}

/** True for the keys of timers, reminders and undos of a visit. */
export function isWatchKey(key: string): boolean {
  return key.includes('~');
}

/** The key of the visit that is watched. */
export function watchedKey(key: string): string {
  return key.slice(0, key.lastIndexOf('~'));
}

/** True for keys outside the tree: events, listeners, timers, reminders and undos. */
export function isBesideKey(key: string): boolean {
  return isEventKey(key) || isListenerKey(key) || isWatchKey(key);
}
