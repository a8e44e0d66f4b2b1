import { checkCall } from '../context/call-checks.js';
import { checkName, checkOptions, MAX_GROUP_ID } from '../context/checks.js';
import { stepNameOf } from '../decorators/step.decorator.js';
import { stepsOf } from '../definition/graph.js';
import type { TaskQueue } from '../queue/task-queue.js';
import { pauseView, type PauseView } from '../query/paused.js';
import type { StoredPause } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock } from '../values/clock.js';
import { InvalidInputError, UnknownStepError } from '../values/errors.js';
import { newId } from '../values/new-id.js';
import { NotPausedError } from '../values/not-paused-error.js';
import { pauseAddress, type PausedPlace, placeText } from '../values/paused-place.js';
import { didYouMean } from '../values/suggest.js';
import type { Class } from '../values/types.js';
import type { WorkflowRegistry } from '../workflows/registry.js';

/** What is paused: a workflow in all its versions, one step of it, or a task queue. */
export interface PauseTarget {
  readonly workflow?: Class | string;
  /** A step of the workflow. */
  readonly step?: Class | string;
  readonly queue?: string;
}

/** Who pauses, and why: people see it wherever something waits for the pause. */
export interface PauseOptions {
  readonly actor?: string;
  readonly reason?: string;
}

/** Who resumes, why, and how fast. */
export interface ResumeOptions extends PauseOptions {
  /** How many bodies may begin there in a minute, over all instances, until nothing waits there any more. Default: all at once. */
  readonly perMinute?: number;
}

/** The parts that pausing needs. `changed`: tells this instance and the others. */
interface PauseParts {
  readonly store: ProcessStore;
  readonly registry: WorkflowRegistry;
  readonly queue: TaskQueue;
  readonly clock: Clock;
  readonly changed: () => Promise<void>;
}

const PLACE = ['workflow', 'step', 'queue'] as const;
const MOST_TRIES = 5;
const NEVER = Number.MAX_SAFE_INTEGER;

/** Pauses and resumes workflows, steps and task queues, on all instances: `workflows.pauses`. */
export class Pauses {
  /** @internal Made by the engine. */
  constructor(private readonly parts: PauseParts) {}

  /**
   * From now on no body begins there, on any instance: within 50 ms or so where instances hear of each other (PostgreSQL, Bull), else within their next
   * sweep. Bodies under way end, and their outcomes count; messages, inputs and timers are recorded. What is paused already stays as it is, with
   * its first reason. @throws InvalidInputError, UnknownWorkflowError, UnknownStepError
   */
  async pause(target: PauseTarget, options: PauseOptions = {}): Promise<PauseView> {
    checkCall('pause', options);
    const place = this.placeMeant(target);
    return this.changing(place, async (live) => {
      if (live?.resumedAt === null) return live;
      if (live && !(await this.keep({ ...live, endedAt: this.now() }, live.revision))) return null;
      return this.keep({ ...this.newPause(place), actor: options.actor ?? null, reason: options.reason ?? null }, null);
    });
  }

  /**
   * Lets bodies begin there again: all at once, or so many in a minute. Called again while it ends, it changes how many.
   * @throws NotPausedError; InvalidInputError, UnknownWorkflowError, UnknownStepError
   */
  async resume(target: PauseTarget, options: ResumeOptions = {}): Promise<PauseView> {
    checkCall('endPause', options);
    const place = this.placeMeant(target);
    const { actor = null, reason = null, perMinute = null } = options;
    return this.changing(place, async (live) => {
      if (!live) throw new NotPausedError(placeText(place));
      return this.keep({ ...live, resumedBy: actor, resumeReason: reason, resumedAt: live.resumedAt ?? this.now(), perMinute }, live.revision);
    });
  }

  /** What is paused, and what is ending: the oldest first. */
  async list(): Promise<PauseView[]> {
    const live = await this.parts.store.operating.pauses(NEVER);
    return [...live].sort((a, b) => a.pausedAt - b.pausedAt).map(pauseView);
  }

  /** Tries again where another instance was faster. */
  private async changing(place: PausedPlace, change: (live: StoredPause | undefined) => Promise<Kept | null>): Promise<PauseView> {
    const address = pauseAddress(place);
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const live = (await this.parts.store.operating.pauses(NEVER)).find((pause) => pause.address === address);
      const kept = await change(live);
      if (kept) await this.parts.changed();
      if (kept) return pauseView(kept);
    }
    throw new InvalidInputError('The pause', [
      `${placeText(place)} is being paused and resumed by others at this moment: look at pauses.list(), and try again`,
    ]);
  }

  private async keep(pause: Kept, expected: number | null): Promise<Kept | null> {
    const next = { ...pause, revision: (expected ?? 0) + 1 };
    return (await this.parts.store.operating.keepPause(next, expected)) ? next : null;
  }

  private newPause(place: PausedPlace): Kept {
    const ends = { perMinute: null, resumedBy: null, resumeReason: null, resumedAt: null, releasedUntil: null, endedAt: null };
    const now = this.now();
    return { id: newId(now), address: pauseAddress(place), revision: 1, ...place, actor: null, reason: null, pausedAt: now, ...ends };
  }

  /* ------------------------------------------------------------------ what is meant ---- */

  private placeMeant(target: PauseTarget): PausedPlace {
    checkOptions('What is paused', target, PLACE);
    const { workflow, step, queue } = target;
    if ((workflow === undefined) === (queue === undefined) || (queue !== undefined && step !== undefined))
      throw new InvalidInputError('What is paused', ['say workflow, or workflow and step, or queue']);
    if (queue !== undefined) return { workflow: null, step: null, queue: this.knownQueue(queue) };
    const { name } = this.parts.registry.get(workflow!).definition;
    return { workflow: name, step: step === undefined ? null : this.knownStep(name, stepNameOf(step)), queue: null };
  }

  private knownQueue(queue: string): string {
    checkName('queue', queue, MAX_GROUP_ID);
    const known = [...new Set([...this.parts.registry.queues(), ...(this.parts.queue.queues ?? [])])];
    if (known.includes(queue)) return queue;
    throw new InvalidInputError('queue', [`no workflow that is known here names a queue "${queue}".${didYouMean(queue, known)}`]);
  }

  /** Of any version: a pause is of all of them. */
  private knownStep(workflow: string, step: string): string {
    const versions = this.parts.registry.all().filter(({ definition }) => definition.name === workflow);
    const known = new Set(versions.flatMap(({ definition }) => stepsOf(definition).map(({ name }) => name)));
    if (known.has(step)) return step;
    throw new UnknownStepError(workflow, step, didYouMean(step, known));
  }

  private now(): number {
    return this.parts.clock.now().getTime();
  }
}

type Kept = Omit<StoredPause, 'updatedAt'>;
