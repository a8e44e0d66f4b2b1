import { Inject, Injectable } from '@nestjs/common';
import type { ProcessState } from '../core/process.js';
import { ProcessStore } from '../store/process-store.js';

/** Finds the root of a process: itself, or for a child the process that its parents begin with. */
@Injectable()
export class Roots {
  constructor(@Inject(ProcessStore) private readonly store: ProcessStore) {}

  /** The root of each of these processes that is there, by its id. Reads once for each generation, however many processes there are. */
  async of(ids: readonly string[]): Promise<ReadonlyMap<string, ProcessState>> {
    const [known, asked] = [new Map<string, ProcessState>(), new Set<string>()];
    for (let wanted = new Set(ids); wanted.size > 0;) {
      const found = await this.read([...wanted]);
      for (const id of wanted) asked.add(id);
      for (const process of found) known.set(process.id, process);
      wanted = new Set(found.flatMap(({ parent }) => (parent && !asked.has(parent.id) ? [parent.id] : [])));
    }
    return new Map(ids.flatMap((id) => (known.has(id) ? [[id, rootIn(known, known.get(id)!)]] : [])));
  }

  private async read(ids: readonly string[]): Promise<ProcessState[]> {
    const loaded = await this.store.commits.load(ids.map((id) => ({ id, waits: [], messages: [], context: false })));
    return loaded.flatMap((each) => (each ? [each.process] : []));
  }
}

/** Of a process whose parents were deleted: the first that is left. */
function rootIn(known: ReadonlyMap<string, ProcessState>, process: ProcessState): ProcessState {
  const parent = process.parent && known.get(process.parent.id);
  return parent ? rootIn(known, parent) : process;
}
