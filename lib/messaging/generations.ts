import type { ProcessStore } from '../store/process-store.js';
import { stateOf } from '../writer/batch-loader.js';

/** An id that this engine made, and the runs of the children behind it: no generation has fewer parts than one. */
const MADE_HERE = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}((?:\.\d+)*)$/;

/** Whether a process has `most` parents above it, or more. Reads up the chain of parents, unless its id tells. */
export async function hasManyParents(store: ProcessStore, id: string, most: number): Promise<boolean> {
  const made = MADE_HERE.exec(id);
  if (made && made[1]!.split('.').length <= most) return false;
  let [above, at] = [0, id];
  for (let process = await stateOf(store, at); process?.parent && above < most; process = await stateOf(store, at)) {
    above++;
    at = process.parent.id;
  }
  return above >= most;
}
