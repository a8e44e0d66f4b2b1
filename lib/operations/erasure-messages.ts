/** The messages of a subject that is erased. */
import { askerIn, eventIn, eventKeyIn } from '../core/addresses.js';
import type { MessageState } from '../core/change.js';
import type { OutgoingMessage } from '../core/outgoing.js';
import type { ProcessStore } from '../store/process-store.js';
import { type CheckedSubject, valueIsIn } from './erasure-subject.js';

const MESSAGES_AT_ONCE = 1000;
const OUTGOING_AT_ONCE = 100;

export interface MessagesOfSubject {
  /** The ids of those that its processes have had, and of those that they have sent and that were not transmitted yet. */
  readonly ids: ReadonlySet<string>;
  /** Tells of a message that no process has received. */
  readonly isIts: (message: MessageState) => boolean;
}

/** Finds and deletes them. */
export class SubjectMessages {
  constructor(private readonly store: ProcessStore) {}

  /** Tells the messages of the subject from others: copies of what its processes have had, what is for them, and what has the value or the key. */
  async of(subject: CheckedSubject, processes: ReadonlySet<string>): Promise<MessagesOfSubject> {
    const [identities, ids] = [new Set<string>(), new Set<string>()];
    for (const process of processes) {
      for (const { id, identity } of await this.store.queries.messagesOf(process)) {
        identities.add(identity);
        ids.add(id);
      }
      for await (const { id } of this.outgoingOf(process)) ids.add(id);
    }
    return { ids, isIts: (message) => identities.has(message.identity) || isForAny(message.address, processes) || isAbout(message, subject) };
  }

  private async *outgoingOf(processId: string): AsyncIterable<OutgoingMessage> {
    for (let last: OutgoingMessage | undefined; ;) {
      const page = await this.store.queries.outgoingLike({ processId, limit: OUTGOING_AT_ONCE, ...(last && { after: last }) });
      yield* page;
      if (page.length < OUTGOING_AT_ONCE) return;
      last = page.at(-1);
    }
  }

  /** Returns their ids. */
  async strays(isIts: (message: MessageState) => boolean, deletes: boolean): Promise<string[]> {
    const { queries, maintenance } = this.store;
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
