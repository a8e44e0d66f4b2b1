import type { ProcessExport } from './process-export.js';

/** Keeps finished processes before they are deleted: the option `archive` of the module. Extend it for a bucket, another database, a queue. */
export abstract class ProcessArchive {
  /**
   * Keeps these processes. Resolve when they are safe: they are deleted after that. If it throws, none of them is deleted, and all come again.
   * The same process may come more than once, also after it was kept, because an instance may die before it has deleted it.
   */
  abstract add(processes: readonly ProcessExport[]): Promise<void>;
}
