import { Logger } from '@nestjs/common';
import { checkCall } from '../context/call-checks.js';
import { isFinished, type ProcessState } from '../core/process.js';
import type { Lookup } from '../query/process-lookup.js';
import type { StoredBulk } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock } from '../values/clock.js';
import { NotWaitingError, ProcessFinishedError, ProcessNotFoundError } from '../values/errors.js';
import { howMany } from '../values/how-many.js';
import { ProcessLiveError } from '../values/process-live-error.js';
import type { PendingWork } from '../values/pending-work.js';
import { setTimeout } from '../values/timers.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import { type MessagesOfSubject, SubjectMessages } from './erasure-messages.js';
import { type CheckedSubject, checkedSubject, type ErasureSubject, SubjectFinder } from './erasure-subject.js';
import { type ErasedOfSubject, OperatingErasure } from './operating-erasure.js';
import type { Operations } from './process-operations.js';

/** Options of an erasure. */
export interface ErasureOptions {
  /** Cancels live processes first, without undoing anything, and stops bulk runs about them. Default false: they are refused. */
  readonly cancel?: boolean;
  /** Finds what would be erased, and changes nothing. Default false. */
  readonly dryRun?: boolean;
  /** Who has cancelled what was live, and why. Nothing of it is kept once that is erased. */
  readonly actor?: string;
  readonly reason?: string;
}

/** What was erased, or would be. Keep it as the proof that your law asks for, outside of these tables: nothing of it is stored. */
export interface Erasure {
  /** The ids of the processes, those they have started among them. */
  readonly processes: readonly string[];
  /** Those of them that were live. */
  readonly live: readonly string[];
  /** Messages that no process had received. */
  readonly messages: number;
  /** Bulk runs whose filter, options and reason were cleared, because they named the subject or had acted on nothing else. */
  readonly bulkRuns: readonly string[];
}

interface ErasureParts {
  readonly store: ProcessStore;
  readonly registry: WorkflowRegistry;
  readonly lookup: Lookup;
  readonly operations: Operations;
  readonly writer: ProcessWriter;
  readonly activity: PendingWork;
  readonly clock: Clock;
}

const AT_ONCE = 100;
/** What follows a cancellation, such as a note to a parent, is waited for so long. */
const FOLLOW_MS = 5000;
/** A process that is cancelled with its parent has finished when its turn comes. */
const HAS_FINISHED = [ProcessFinishedError, ProcessNotFoundError, NotWaitingError];
/** A process may have a late message just now. */
const MOST_TRIES = 10;

/** Erases the data of a subject: whole processes with all their rows, and messages that no process has received. */
export class Erasures {
  private readonly finder: SubjectFinder;
  private readonly messages: SubjectMessages;
  private readonly operating: OperatingErasure;
  private readonly logger = new Logger('Workflow');

  constructor(private readonly parts: ErasureParts) {
    this.finder = new SubjectFinder(parts.store, parts.lookup);
    this.messages = new SubjectMessages(parts.store);
    this.operating = new OperatingErasure(parts.store.operating, parts.clock);
  }

  /**
   * @throws InvalidInputError, ProcessNotFoundError; ProcessLiveError and BulkRunLiveError, and nothing is erased. ProcessLiveError also where
   * processes have changed while they were deleted: then the same call erases what is left
   */
  async erase(given: ErasureSubject, options: ErasureOptions): Promise<Erasure> {
    checkCall('erase', options);
    const { cancel = false, dryRun = false, ...call } = options;
    const subject = checkedSubject(given, this.parts.registry);
    const found = await this.finder.find(subject);
    const live = found.filter(({ status }) => !isFinished(status)).map(({ id }) => id);
    if (!dryRun) await this.refuse(found, cancel ? [] : live);
    const before = await this.everythingOf(subject, found);
    if (dryRun) return answerOf(before, live);
    const erased = await this.still(subject, before, live, { cancel, call });
    await this.operating.clear(erased.runs, erased); // before the processes: if it is cut off, they are still found
    await this.delete(erased.processes);
    const late = (await this.messages.strays(erased.isIts, true)).filter((id) => !erased.strays.includes(id));
    const answer = answerOf({ ...erased, strays: [...erased.strays, ...late] }, live);
    this.logger.log(
      `Erased ${howMany(answer.processes.length, 'process', 'processes')} and ${howMany(answer.messages, 'message')} that no process had received.`,
    );
    return answer;
  }

  /** Nothing of it goes on: its bulk runs are stopped, and its processes are cancelled, or it is refused. What is found then is what is erased. */
  private async still(subject: CheckedSubject, before: Everything, live: readonly string[], { cancel, call }: Stopping): Promise<Everything> {
    const wereStopped = await this.operating.quiet(before.runs, cancel);
    if (!wereStopped && live.length === 0) return before;
    const found = live.length > 0 ? await this.cancelled(subject, before.found, live, call) : before.found;
    const erased = await this.everythingOf(subject, found);
    await this.operating.quiet(erased.runs, false);
    return erased;
  }

  private async everythingOf(subject: CheckedSubject, found: readonly ProcessState[]): Promise<Everything> {
    const processes = found.map(({ id }) => id);
    const { ids: had, isIts } = await this.messages.of(subject, new Set(processes));
    const strays = await this.messages.strays(isIts, false);
    const named = { words: subjectWords(subject, found), ids: [...processes, ...had, ...strays] };
    return { ...named, found, processes, strays, isIts, runs: await this.operating.runsAbout(named) };
  }

  private async refuse(found: readonly ProcessState[], live: readonly string[]): Promise<void> {
    if (live.length > 0) {
      const remedy = 'Wait for their end, or say cancel: true, which cancels them without undoing anything';
      throw new ProcessLiveError(
        `${live.length} of the ${howMany(found.length, 'process', 'processes')} to erase ${live.length === 1 ? 'is' : 'are'} live`,
        [...live],
        remedy,
      );
    }
    const needed = await this.finder.needed(found);
    if (needed) throw new ProcessLiveError(`The live parent of process ${needed.child} has yet to read it`, [needed.parent], 'Wait for its end, or erase it');
  }

  /** A cancelled process may have started a child at the last moment. */
  private async cancelled(subject: CheckedSubject, found: readonly ProcessState[], live: readonly string[], call: object): Promise<readonly ProcessState[]> {
    for (const id of live) {
      await this.parts.operations.cancel(id, call).catch((error: unknown) => {
        if (!HAS_FINISHED.some((kind) => error instanceof kind)) throw error;
      });
    }
    await Promise.race([this.parts.activity.idle(), new Promise((resolve) => void setTimeout(resolve, FOLLOW_MS).unref())]);
    const again = await this.finder.find('id' in subject ? { id: found[0]!.id } : subject);
    return [...new Map([...found, ...again].map((process) => [process.id, process])).values()];
  }

  /** Also those that have changed since they were found. @throws ProcessLiveError if one was restarted meanwhile */
  private async delete(ids: readonly string[]): Promise<void> {
    for (let from = 0; from < ids.length; from += AT_ONCE) await this.deleteSome(ids.slice(from, from + AT_ONCE));
  }

  private async deleteSome(ids: readonly string[]): Promise<void> {
    let left = await this.finder.states(ids);
    for (let tries = 0; left.length > 0; tries++) {
      const live = left.filter(({ status }) => !isFinished(status)).map(({ id }) => id);
      if (live.length > 0 || tries === MOST_TRIES)
        throw new ProcessLiveError('Processes have changed while they were erased', live.length > 0 ? live : left.map(({ id }) => id), 'Erase them again');
      await this.parts.store.maintenance.deleteFinished(left, 'all');
      left = await this.finder.states(left.map(({ id }) => id));
    }
    for (const id of ids) this.parts.writer.forget(id);
  }
}

/** All that is erased. */
interface Everything extends ErasedOfSubject, Pick<MessagesOfSubject, 'isIts'> {
  readonly found: readonly ProcessState[];
  readonly processes: readonly string[];
  /** Messages that no process has received. */
  readonly strays: readonly string[];
  readonly runs: readonly StoredBulk[];
}

interface Stopping {
  readonly cancel: boolean;
  /** The actor and the reason of a cancellation. */
  readonly call: object;
}

function answerOf({ processes, strays, runs }: Pick<Everything, 'processes' | 'strays' | 'runs'>, live: readonly string[]): Erasure {
  return { processes, live, messages: strays.length, bulkRuns: runs.map(({ id }) => id) };
}

/** What names the subject in a text: its processes, their group ids, and what was said. */
function subjectWords(subject: CheckedSubject, found: readonly ProcessState[]): string[] {
  const said = 'groupId' in subject ? [subject.groupId] : 'value' in subject ? [String(subject.value)] : [];
  return [...new Set([...said, ...found.flatMap(({ id, groupId }) => [id, groupId])])];
}
