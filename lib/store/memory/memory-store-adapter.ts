import type { Adapter } from '../../values/adapter.js';
import type { ProcessStore } from '../process-store.js';
import { MemoryProcessStore } from './memory-process-store.js';

const MEMORY_PROCESS_STORE = Symbol('MEMORY_PROCESS_STORE');

/** Processes in memory, for tests of an application that has no database at hand. Nothing survives. */
export function memoryProcessStore(): Adapter<ProcessStore> {
  return { use: MEMORY_PROCESS_STORE, providers: [{ provide: MEMORY_PROCESS_STORE, useFactory: () => new MemoryProcessStore() }] };
}
