import type { Change, VersionDraft } from '../core/change.js';
import type { Json } from '../core/json.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Seat } from './seat.js';

/**
 * What steps returned, by the version that keeps it. Whoever has just committed a version need not read it for the step that
 * follows: it is remembered as long as a token that can run refers to it.
 */
export class Returned {
  private readonly bySeat = new WeakMap<Seat, ReadonlyMap<number, Json>>();

  constructor(private readonly store: ProcessStore) {}

  remember(seat: Seat, { process, versions }: Change): void {
    const wanted = new Set(process.tokens.map(({ previous }) => previous));
    const before = this.bySeat.get(seat) ?? NOTHING;
    const made = versions.map((version) => [version.version, returnedWith(version)] as const);
    this.bySeat.set(seat, new Map([...before, ...made].filter(([version]) => wanted.has(version))));
  }

  recall(seat: Seat, version: number): Json | undefined {
    return this.bySeat.get(seat)?.get(version);
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

const NOTHING: ReadonlyMap<number, Json> = new Map<number, Json>();
