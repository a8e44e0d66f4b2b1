/** Says in one word how a process gets on. */
import { isFinished, isUnclaimed, type ProcessState } from '../core/process.js';
import type { Token } from '../core/token.js';
import type { WaitFacts } from '../core/wait-facts.js';
import type { WorkflowDefinition } from '../definition/graph.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock } from '../values/clock.js';
import type { WorkflowRegistry } from '../workflows/registry.js';

/**
 * How a process gets on. `progressing`: a step runs, or is about to. `waiting`: as planned, for a message, a person, a moment, a child.
 * `retrying`: a step has failed and is tried again. `overdue`: a step takes longer than its `overdue` says. `stuck`: it does not go on by itself:
 * this application does not know its version, or no instance has taken up for five minutes what could run. `paused`: a pause of its workflow, step or queue holds it back. The others are its status.
 */
export type Progress = 'progressing' | 'waiting' | 'retrying' | 'overdue' | 'stuck' | 'paused' | 'suspended' | 'failed' | 'completed' | 'cancelled';

export const PROGRESSES: readonly Progress[] = [
  'progressing', 'waiting', 'retrying', 'overdue', 'stuck', 'paused', 'suspended', 'failed', 'completed', 'cancelled',
]; // prettier-ignore

/** A `forEach` or a fork can stand in many. */
const MOST_STEPS = 5;

/** After so long, what could run should have been taken up. */
const STUCK_AFTER_MS = 300_000;

const NO_WAITS: WaitFacts = { isPaused: false, isOverdue: false, isRetrying: false, readyAt: null, steps: [] };

/** What is known beside the process itself. */
interface ProgressFacts {
  readonly waits: WaitFacts;
  /** This application knows the version of its workflow. */
  readonly isKnown: boolean;
  readonly now: number;
}

export function progressOf(process: ProcessState, { waits, isKnown, now }: ProgressFacts): Progress {
  const { status, tokens } = process;
  if (status !== 'running' && status !== 'waiting') return status;
  const readyAt = earlier(freeSince(process), waits.readyAt);
  if (!isKnown || (readyAt !== null && now - readyAt > STUCK_AFTER_MS)) return 'stuck';
  if (waits.isPaused) return 'paused';
  if (waits.isOverdue) return 'overdue';
  if (waits.isRetrying || tokens.some(isRetried)) return 'retrying';
  return status === 'running' ? 'progressing' : 'waiting';
}

/** Since when it could run without an instance that has taken it. Null: it cannot, or one has. */
function freeSince({ status, worker, updatedAt }: ProcessState): number | null {
  return status === 'running' && isUnclaimed(worker) ? updatedAt : null;
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function isRetried({ attempt, parked }: Token): boolean {
  return parked === undefined && attempt > 1;
}

interface StandingParts {
  readonly store: ProcessStore;
  readonly registry: WorkflowRegistry;
  readonly clock: Clock;
}

/** What a list shows of a process beside its row. */
export interface ListedStanding {
  readonly progress: Progress;
  readonly steps: readonly string[];
}

/** Where each stands, by one look at the waits of all. */
export async function standings({ store, registry, clock }: StandingParts, processes: readonly ProcessState[]): Promise<readonly ListedStanding[]> {
  const live = processes.filter(({ status }) => !isFinished(status)).map(({ id }) => id);
  const facts = live.length === 0 ? new Map<string, WaitFacts>() : await store.queries.waitFacts(live);
  const now = clock.now().getTime();
  return processes.map((process) => {
    const waits = facts.get(process.id) ?? NO_WAITS;
    const definition = registry.find(process.workflow, process.workflowVersion)?.definition;
    return { progress: progressOf(process, { waits, isKnown: definition !== undefined, now }), steps: stepsOf(process, waits, definition) };
  });
}

/** Without the containers, which a version that is not known here does not tell from steps. */
function stepsOf({ tokens, status }: ProcessState, { steps }: WaitFacts, definition: WorkflowDefinition | undefined): readonly string[] {
  if (isFinished(status)) return [];
  const names = new Set([...tokens.map(({ node }) => node), ...steps]);
  return [...names].filter((name) => definition === undefined || definition.nodes.get(name)?.kind === 'step').slice(0, MOST_STEPS);
}
