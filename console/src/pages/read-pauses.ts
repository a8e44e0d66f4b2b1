import { get } from '../api/client.js';
import type { Pause } from '../api/more-types.js';
import { missingRight } from '../state/session.js';

/** What is paused. Null: only who may pause may see it. */
export async function readPauses(signal: AbortSignal): Promise<readonly Pause[] | null> {
  if (missingRight('administer') !== null) return null;
  return (await get<{ items: Pause[] }>('pauses', {}, signal)).items;
}
