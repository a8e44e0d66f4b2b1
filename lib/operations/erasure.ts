import { Logger } from '@nestjs/common';
import { checkCall } from '../context/call-checks.js';
import { askerIn, eventIn, eventKeyIn } from '../core/addresses.js';
import type { MessageState } from '../core/change.js';
import { isFinished, type ProcessState } from '../core/process.js';
import type { Lookup } from '../query/process-lookup.js';
import type { ProcessStore } from '../store/process-store.js';
import { ProcessFinishedError, ProcessNotFoundError } from '../values/errors.js';
import { ProcessLiveError } from '../values/process-live-error.js';
import type { PendingWork } from '../values/pending-work.js';
import { setTimeout } from '../values/timers.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import { type CheckedSubject, checkedSubject, type ErasureSubject, SubjectFinder, valueIsIn } from './erasure-subject.js';
import { OperatingErasure } from './operating-erasure.js';
import type { Operations } from './process-operations.js';

/** Options of an erasure. */
export interface ErasureOptions {
  /** Cancels live processes first, without undoing anything. Default false: they are refused. */
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
  /** Bulk runs that had ended: what they were asked for was cleared, because it named the subject or was about nothing else. */
  readonly bulkRuns: readonly string[];
  /** Bulk runs that still run and name the subject: erase it again when they have ended. */
  readonly runningBulkRuns: readonly string[];
}

interface ErasureParts {
  readonly store: ProcessStore;
  readonly registry: WorkflowRegistry;
  readonly lookup: Lookup;
  readonly operations: Operations;
  readonly writer: ProcessWriter;
  readonly activity: PendingWork;
}

const AT_ONCE = 100;
const MESSAGES_AT_ONCE = 1000;
/** What follows a cancellation, such as a note to a parent, is waited for so long. */
const FOLLOW_MS = 5000;
/** A process may have a late message just now. */
const MOST_TRIES = 10;

/** Erases the data of a subject: whole processes with all their rows, and messages that no process has received. */
export class Erasures {
  private readonly finder: SubjectFinder;
  private readonly operating: OperatingErasure;
  private readonly logger = new Logger('Workflow');

  constructor(private readonly parts: ErasureParts) {
    this.finder = new SubjectFinder(parts.store, parts.lookup);
    this.operating = new OperatingErasure(parts.store.operating);
  }

  /** @throws InvalidInputError, ProcessNotFoundError; ProcessLiveError, and nothing is changed */
  async erase(given: ErasureSubject, options: ErasureOptions): Promise<Erasure> {
    checkCall('erase', options);
    const { cancel, dryRun, ...call } = options;
    const subject = checkedSubject(given, this.parts.registry);
    let found = await this.finder.find(subject);
    const live = found.filter(({ status }) => !isFinished(status)).map(({ id }) => id);
    if (!dryRun) await this.refuse(found, cancel ? [] : live);
    if (!dryRun && live.length > 0) found = await this.cancelled(subject, found, live, call);
    const { received, isIts } = await this.messagesOf(subject, found);
    const processes = found.map(({ id }) => id);
    const strays = await this.strays(isIts, false);
    const named = { words: subjectWords(subject, found), ids: [...processes, ...received, ...strays] };
    const { ended, running } = await this.operating.erase(named, !dryRun); // before the rest: if it is cut off, the processes are still found
    if (!dryRun) await this.delete(processes);
    if (!dryRun) strays.push(...(await this.strays(isIts, true)).filter((id) => !strays.includes(id)));
    if (!dryRun) this.logger.log(`Erased ${found.length} processes and ${strays.length} messages that no process had received.`);
    if (!dryRun && running.length > 0) this.logger.warn(`Bulk runs name what was erased, and still run: ${running.join(', ')}. Erase it again when they have ended.`); // prettier-ignore
    return { processes, live, messages: strays.length, bulkRuns: ended, runningBulkRuns: running };
  }

  private async refuse(found: readonly ProcessState[], live: readonly string[]): Promise<void> {
    if (live.length > 0) {
      const remedy = 'Wait for their end, or say cancel: true, which cancels them without undoing anything';
      throw new ProcessLiveError(`${live.length} of the ${found.length} processes to erase are live`, [...live], remedy);
    }
    const needed = await this.finder.needed(found);
    if (needed) throw new ProcessLiveError(`The live parent of process ${needed.child} has yet to read it`, [needed.parent], 'Wait for its end, or erase it');
  }

  /** A cancelled process may have started a child at the last moment. */
  private async cancelled(subject: CheckedSubject, found: readonly ProcessState[], live: readonly string[], call: object): Promise<readonly ProcessState[]> {
    for (const id of live) {
      await this.parts.operations.cancel(id, call).catch((error: unknown) => {
        if (!(error instanceof ProcessFinishedError || error instanceof ProcessNotFoundError)) throw error;
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

  /** Tells the messages of the subject from others: copies of what its processes have had, what is for them, and what has the value or the key. */
  private async messagesOf(subject: CheckedSubject, found: readonly ProcessState[]): Promise<MessagesOfSubject> {
    const ids = new Set(found.map(({ id }) => id));
    const [identities, received] = [new Set<string>(), new Set<string>()];
    for (const process of ids)
      for (const { id, identity } of await this.parts.store.queries.messagesOf(process)) {
        identities.add(identity);
        received.add(id);
      }
    return { received, isIts: (message) => identities.has(message.identity) || isForAny(message.address, ids) || isAbout(message, subject) };
  }

  /** Returns their ids. */
  private async strays(isIts: (message: MessageState) => boolean, deletes: boolean): Promise<string[]> {
    const { queries, maintenance } = this.parts.store;
    const found: string[] = [];
    for (let after = '', page = MESSAGES_AT_ONCE; page === MESSAGES_AT_ONCE;) {
      const all = await queries.unreceived(after, MESSAGES_AT_ONCE);
      const its = all.filter(isIts).map(({ id }) => id);
      if (deletes && its.length > 0) await maintenance.deleteUnreceived(its);
      found.push(...its);
      after = all.at(-1)?.id ?? '';
      page = all.length;
    }
    return found;
  }
}

interface MessagesOfSubject {
  /** The ids of those that its processes have had. */
  readonly received: ReadonlySet<string>;
  /** Tells of a message that no process has received. */
  readonly isIts: (message: MessageState) => boolean;
}

/** What names the subject in a text: its processes, their group ids, and what was said. */
function subjectWords(subject: CheckedSubject, found: readonly ProcessState[]): string[] {
  const said = 'groupId' in subject ? [subject.groupId] : 'value' in subject ? [String(subject.value)] : [];
  return [...new Set([...said, ...found.flatMap(({ id, groupId }) => [id, groupId])])];
}

/** Whether the message is for one of these processes: an answer, an input, or what parent and child tell each other. */
function isForAny(address: string, ids: ReadonlySet<string>): boolean {
  const name = address.slice(2);
  return ids.has(askerIn(`r:${name}`)?.id ?? name) || ids.has(name);
}

function isAbout({ address, workflow, body }: MessageState, subject: CheckedSubject): boolean {
  if ('id' in subject || (subject.workflow !== undefined && subject.workflow !== workflow)) return false;
  const named = 'groupId' in subject ? subject.groupId : String(subject.value);
  const isKey = eventIn(address) !== null && eventKeyIn(address) === named;
  return isKey || ('value' in subject && valueIsIn(body, subject.value));
}
