import { InvalidInputError } from '../values/errors.js';
import { isRecord, kindOf } from '../values/describe-error.js';
import { didYouMean } from '../values/suggest.js';
import { noDuration, parseDuration } from '../values/duration.js';
import { checkedMessageId, checkName, checkOneOf, checkOptions, MAX_CORRELATION_ID, MAX_GROUP_ID, MAX_ID, MAX_TEXT } from './checks.js';

/** Checks the value of an option. @throws InvalidInputError */
type OptionCheck = (name: string, value: unknown) => void;
/** The options of a call, by name. */
export type OptionChecks = Readonly<Record<string, OptionCheck>>;

const text = (most: number): OptionCheck => (name, value) => checkName(name, value, most); // prettier-ignore
const whole = (least: number): OptionCheck => (name, value) => checkWhole(name, value, least); // prettier-ignore
const isMoment = (value: unknown) => value instanceof Date && !Number.isNaN(value.getTime());
const flag: OptionCheck = (name, value) => expect(typeof value === 'boolean', name, 'it must be true or false');
const moment: OptionCheck = (name, value) => expect(isMoment(value), name, 'it must be a valid Date');
const duration: OptionCheck = (name, value) => expect(parseDuration(value) !== null, name, noDuration(value));
const method: OptionCheck = (name, value) => expect(typeof value === 'function', name, 'it must be a function');
const names: OptionCheck = (name, value) => expect(isRecord(value), name, 'it must be an object, from old names to new ones');
/** Checked where it is read. */
const elsewhere: OptionCheck = () => {};
const stepName: OptionCheck = (name, value) => void (typeof value === 'function' || checkName(name, value, MAX_GROUP_ID));
const transaction: OptionCheck = (name, value) => expect(isManager(value), name, 'it must be the EntityManager of a transaction of yours');

/** MySQL does not tell apart two ids that differ by blanks at the end. */
const processId: OptionCheck = (name, value) => {
  checkName(name, value, MAX_ID);
  expect((value as string).trim() === value, name, 'it must not begin or end with a blank');
};

const list: OptionCheck = (name, value) => expect(Array.isArray(value), name, 'it must be a list');
const object: OptionCheck = (name, value) => expect(typeof value === 'object' && value !== null && !Array.isArray(value), name, 'it must be an object');

/** The kinds of values that options have, of calls and of the module. */
export const OPTION_KINDS = { text, whole, flag, moment, duration, method, list, object, elsewhere } as const;

/** The id of the bulk run is put behind it. */
const MAX_REASON = MAX_TEXT - 100;
const ACTION = { actor: text(MAX_GROUP_ID), reason: text(MAX_TEXT), manager: transaction };
const DELIVERY = { ...ACTION, messageId: checkedMessageId, sender: text(MAX_GROUP_ID), effectiveAt: moment };
const PAGE = { cursor: elsewhere, limit: elsewhere };
const ifLive: OptionCheck = (name, value) => checkOneOf(name, value, ['refuse', 'return']);

/** The options of each call of the service: exactly these names, and these kinds of values. */
export const CALL_OPTIONS = {
  start: { ...ACTION, groupId: text(MAX_GROUP_ID), id: processId, seed: text(MAX_GROUP_ID), version: whole(1), ifLive },
  message: DELIVERY,
  input: { ...DELIVERY, index: whole(0) },
  find: {
    workflow: elsewhere,
    status: elsewhere,
    groupId: text(MAX_GROUP_ID),
    groupIdPrefix: text(MAX_GROUP_ID),
    version: whole(1),
    parent: text(MAX_ID),
    correlationId: text(MAX_CORRELATION_ID),
    step: stepName,
    waitingFor: text(MAX_GROUP_ID),
    error: text(MAX_GROUP_ID),
    values: object,
    overdue: flag,
    startedBefore: moment,
    startedAfter: moment,
    updatedBefore: moment,
    updatedAfter: moment,
    sort: elsewhere,
    order: elsewhere,
    ...PAGE,
    internals: flag,
  },
  counts: { upTo: whole(1) },
  waitingForInput: { workflow: elsewhere, step: stepName, groupId: text(MAX_GROUP_ID), ...PAGE },
  view: { internals: flag },
  settled: { timeout: duration },
  action: ACTION,
  cancel: { ...ACTION, compensate: flag },
  retry: { ...ACTION, step: text(MAX_GROUP_ID) },
  skip: { ...ACTION, next: text(MAX_GROUP_ID) },
  plan: { from: whole(1), to: whole(1), steps: names },
  migrate: { ...ACTION, context: method },
  sizes: { bytes: flag },
  erase: { cancel: flag, dryRun: flag, actor: text(MAX_GROUP_ID), reason: text(MAX_TEXT) },
  pause: { actor: text(MAX_GROUP_ID), reason: text(MAX_TEXT) },
  endPause: { actor: text(MAX_GROUP_ID), reason: text(MAX_TEXT), perMinute: whole(1) },
  bulk: {
    action: elsewhere,
    filter: elsewhere,
    options: object,
    limit: whole(1),
    perMinute: whole(1),
    actor: text(MAX_GROUP_ID),
    reason: text(MAX_REASON),
  },
  bulkOptions: {
    step: stepName,
    patch: object,
    next: text(MAX_GROUP_ID),
    contextVersion: whole(1),
    compensate: flag,
    input: elsewhere,
    to: whole(1),
    box: (name, value) => checkOneOf(name, value, ['inbox', 'outbox']),
  },
  define: { actor: text(MAX_GROUP_ID) },
  withdraw: { version: whole(1), actor: text(MAX_GROUP_ID) },
} satisfies Record<string, OptionChecks>;

/** Refuses an option that the call does not have, and a value that the option cannot have. @throws InvalidInputError */
export function checkCall(call: keyof typeof CALL_OPTIONS, options: unknown, what = 'The options'): void {
  const known: OptionChecks = CALL_OPTIONS[call];
  checkOptions(what, options as object, Object.keys(known));
  for (const [name, value] of Object.entries(options as object)) if (value !== undefined) known[name]!(name, value);
}

/** What is wrong with options of the module, of the API or of a handler; the same checks, in sentences. `where`: a prefix such as `worker.`. */
export function wrongOptions(known: OptionChecks, options: unknown, where = ''): string[] {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    return [`${where || 'the options '}must be an object, not ${kindOf(options)}.`];
  return Object.entries(options).flatMap(([name, value]) => {
    const check = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!check) return [`there is no option "${where}${name}".${didYouMean(name, Object.keys(known))}`];
    return value === undefined ? [] : problemOfValue(check, where + name, value);
  });
}

function problemOfValue(check: OptionCheck, name: string, value: unknown): string[] {
  try {
    check(name, value);
    return [];
  } catch (error) {
    if (error instanceof InvalidInputError) return [`${error.message}.`];
    throw error;
  }
}

/** @throws InvalidInputError */
export function checkWhole(name: string, value: unknown, least: number): void {
  expect(Number.isSafeInteger(value) && (value as number) >= least, name, `it must be a whole number from ${least}`);
}

function expect(isRight: boolean, name: string, sentence: string): void {
  if (!isRight) throw new InvalidInputError(name, [sentence]);
}

function isManager(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'query' in value && typeof value.query === 'function';
}
