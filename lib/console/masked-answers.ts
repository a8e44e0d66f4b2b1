/** Which parts of answers are data of a process, and so go through the option `mask`. */
import type { ShownData } from './console-options.js';

/** Gives what is shown in place of a value. */
export type Mask = (kind: ShownData['kind'], value: unknown) => unknown;

type AnswerParts = Readonly<Record<string, any>>;
type Masking = (answer: any, mask: Mask) => unknown;

/** Data that is there is masked; undefined stays undefined, because there is nothing to show. */
function maskedIn<A extends AnswerParts>(answer: A, mask: Mask, kinds: Readonly<Record<string, ShownData['kind']>>): A {
  const masked = Object.entries(kinds).filter(([name]) => answer[name] !== undefined);
  return { ...answer, ...Object.fromEntries(masked.map(([name, kind]) => [name, mask(kind, answer[name])])) };
}

const inItems = (masking: Masking): Masking => (page: { items: readonly AnswerParts[] }, mask) => ({ ...page, items: page.items.map((item) => masking(item, mask)) }); // prettier-ignore

const ofContext: Masking = (answer: AnswerParts, mask) => maskedIn(answer, mask, { context: 'context' });
const ofRecord: Masking = (record: AnswerParts, mask) => maskedIn(record, mask, { returned: 'result', message: 'message' });
const ofMessage: Masking = (message: AnswerParts, mask) => maskedIn(message, mask, { body: 'message' });

/** A value of a difference is masked under its key, as it is in the context. */
const ofDifference: Masking = (change: AnswerParts & { readonly key: string }, mask) => {
  const shown = (name: string) => (mask('context', { [change.key]: change[name] }) as AnswerParts | null | undefined)?.[change.key] as unknown;
  return { ...change, ...Object.fromEntries(['before', 'after'].filter((name) => change[name] !== undefined).map((name) => [name, shown(name)])) };
};

const ofExport: Masking = (all: AnswerParts, mask) => ({
  ...maskedIn(all, mask, { context: 'context' }),
  versions: (all.versions as AnswerParts[]).map((version) => maskedIn(version, mask, { set: 'context', result: 'result' })),
  received: (all.received as AnswerParts[]).map((message) => maskedIn(message, mask, { body: 'message' })),
  outgoing: (all.outgoing as AnswerParts[]).map((message) => maskedIn(message, mask, { data: 'message' })),
});

/** What a bulk run brings to each process, and what it looks for. */
const ofBulkRun: Masking = (run: AnswerParts, mask) => {
  const options = maskedIn(run.options, mask, { patch: 'context', input: 'message' });
  const filter = maskedIn(run.filter, mask, { values: 'context' });
  return maskedIn({ ...run, options, filter }, mask, { options: 'message', filter: 'context' });
};

/** By the name of the answer. */
const MASKINGS: Readonly<Record<string, Masking>> = {
  ProcessDetail: ofContext,
  VersionContext: ofContext,
  ContextDiff: inItems(ofDifference),
  HistoryPage: inItems(ofRecord),
  ProcessExport: ofExport,
  InboxMessage: ofMessage,
  InboxPage: inItems(ofMessage),
  BulkRun: ofBulkRun,
  BulkPage: inItems(ofBulkRun),
  BulkStart: (start: AnswerParts, mask) => ({ ...start, ...(start.run !== undefined && { run: ofBulkRun(start.run, mask) }) }),
  Situation: (situation: AnswerParts, mask) => ({ ...situation, process: ofContext(situation.process, mask) }),
};

/** The answer of this name, with its data masked. */
export function maskedAnswer(name: string, answer: unknown, mask: Mask): unknown {
  return MASKINGS[name]?.(answer, mask) ?? answer;
}
