/**
 * The keys of tokens: built and taken apart here, and nowhere else.
 *
 *   0            the root of a life; a restart begins the next life: 1, 2, ...
 *   0/2          branch 2 of what stands at 0
 *   0/7-2        branch 2 of the fork that was entered with run 7; such a branch may outlive its fork
 *   e5           an unsolicited event, accepted with run 5: it stands beside the tree
 *   0/2~o4       until the visit with run 4 at 0/2 is overdue; ~r: the reminder of it
 *   0/2~d4       until the stage with run 4 at 0/2 must have ended
 *   0/2~u9       what is under 0/2 is being undone
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

/** The life a key is of. */
export function lifeOf(key: string): number {
  return Number.parseInt(key, 10);
}

export function branchKey(parent: string, i: number): string {
  return `${parent}/${i}`;
}

/** Branches that may outlive their fork are named after the visit to it, so no later visit meets them. */
export function outlivingBranchKey({ key, run }: VisitAt, i: number): string {
  return `${key}/${run}-${i}`;
}

/** The run of the fork that such a branch is of. */
export function outlivingRun(key: string): number | undefined {
  const run = OUTLIVING.exec(key)?.[1];
  return run === undefined ? undefined : Number(run);
}

/** Part of the key is such a branch. */
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

/** In a branch of it. */
export function isInBranchOf(key: string, above: string): boolean {
  return key.startsWith(above) && key[above.length] === '/';
}

/** In a branch of it, or watching over it. */
export function isUnder(key: string, above: string): boolean {
  return key.startsWith(above) && (key[above.length] === '/' || key[above.length] === '~');
}

export function isAtOrUnder(key: string, above: string): boolean {
  return key === above || isUnder(key, above);
}

/** Under any of many keys; the cost depends on the depth of the key alone. */
export function isUnderAny(key: string, keys: ReadonlySet<string>): boolean {
  if (keys.size === 0) return false;
  for (const { index } of key.matchAll(/[/~]/g)) if (keys.has(key.slice(0, index))) return true;
  return false;
}

/** What stands under a key, as ranges of keys compared byte by byte: `<key>/...` and `<key>~...`. */
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

/** Watches over a visit, or undoes it. */
export function isWatchKey(key: string): boolean {
  return key.includes('~');
}

/** The key of the visit that is watched. */
export function watchedKey(key: string): string {
  return key.slice(0, key.lastIndexOf('~'));
}

/** Not in the tree: an event, or what watches over a visit. */
export function isBesideKey(key: string): boolean {
  return isEventKey(key) || isWatchKey(key);
}
