import { checkCall } from '../context/call-checks.js';
import type { ProcessStore } from '../store/process-store.js';

/** How much is stored of the processes of a workflow, of all its versions. */
export interface WorkflowSize {
  readonly workflow: string;
  /** Live processes, failed ones among them. */
  readonly live: number;
  readonly finished: number;
  /** Versions of contexts. */
  readonly versions: number;
  /** Audit records, notes and logs among them. */
  readonly records: number;
  /** All texts of its processes, contexts, records, waits and messages, in bytes, without indexes; null: it was not asked for. */
  readonly bytes: number | null;
}

/** Options of {@link WorkflowSize}s. */
export interface SizeOptions {
  /** Counts bytes too, for which everything is read: a million processes take minutes. Default false. */
  readonly bytes?: boolean;
}

/** Processes whose texts are measured with one statement for each table. */
const MEASURED_AT_ONCE = 1000;

/** By workflow. @throws InvalidInputError */
export async function dataSizes(store: ProcessStore, options: SizeOptions): Promise<WorkflowSize[]> {
  checkCall('sizes', options);
  const counts = await store.queries.sizes();
  const bytes = options.bytes ? await bytesOf(store) : null;
  return counts.map((count) => ({ ...count, bytes: bytes && (bytes.get(count.workflow) ?? 0) }));
}

async function bytesOf({ queries }: ProcessStore): Promise<ReadonlyMap<string, number>> {
  const total = new Map<string, number>();
  for (let after: string | null = ''; after !== null;) {
    const { bytes, next } = await queries.bytesIn({ after, limit: MEASURED_AT_ONCE });
    for (const [workflow, more] of bytes) total.set(workflow, (total.get(workflow) ?? 0) + more);
    after = next;
  }
  return total;
}
