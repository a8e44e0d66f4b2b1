import type { Change, VersionDraft } from '../core/change.js';
import type { Json } from '../values/json.js';
import type { ProcessStore } from '../store/process-store.js';
import type { ProcessCache } from '../writer/process-cache.js';

/**
 * What steps returned, by the version that keeps it. Whoever has just committed a version need not read it for the step that
 * follows: it is remembered as long as a token that can run refers to it.
 */
export class StepResults {
  constructor(private readonly store: ProcessStore) {}

  remember({ returned }: ProcessCache, { process: { tokens }, versions }: Change): void {
    const isWanted = (version: number) => tokens.some(({ previous }) => previous === version);
    for (const version of returned.keys()) if (!isWanted(version)) returned.delete(version);
    for (const version of versions) if (isWanted(version.version)) returned.set(version.version, returnedWith(version));
  }

  recall({ returned }: ProcessCache, version: number): Json | undefined {
    return returned.get(version);
  }

  async read(processId: string, version: number): Promise<Json | undefined> {
    const [found] = await this.store.versions(processId, version, version);
    return found && returnedWith(found);
  }
}

/** Its result; where nobody mapped that, its patch. */
export function returnedWith({ result, patch }: VersionDraft): Json {
  return result === undefined ? patch : result;
}
