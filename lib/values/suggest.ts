import { queueMicrotask } from './timers.js';

/** Longer words are not compared: that takes more time the longer they are. */
const LONGEST = 100;
/** How many pairs of characters are compared until the call that asks has returned: about 20 ms. What is asked after that gets no answer. */
const MOST_COMPARED = 2_000_000;

let left = MOST_COMPARED;

/**
 * `Did you mean "decide"?`, or nothing where no name is near. A call that finds thousands of wrong names, as in a document from outside,
 * gets an answer for the first of them only. `mostChanges`: how many characters a near name may have added, left out or replaced.
 */
export function didYouMean(word: string, names: Iterable<string>, mostChanges = Math.max(2, Math.floor(word.length / 3))): string {
  if (word.length > LONGEST || left <= 0) return '';
  if (left === MOST_COMPARED) queueMicrotask(() => (left = MOST_COMPARED));
  let best: string | undefined;
  let least = mostChanges + 1;
  for (const name of names) {
    if (left-- <= 0) break;
    if (Math.abs(name.length - word.length) >= least) continue; // each character more or less is a change
    left -= word.length * name.length;
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    if (distance < least) [best, least] = [name, distance];
  }
  return best === undefined ? '' : ` Did you mean "${best}"?`;
}

/** Levenshtein's: insertions, deletions and replacements from one word to the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced));
    }
    row = next;
  }
  return row[to.length]!;
}
