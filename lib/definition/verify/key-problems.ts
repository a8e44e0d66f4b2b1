/** Checks the keys of the context that options name: whether they are there, and hold what the option takes, as far as boot can know. */
import { parseDuration } from '../../values/duration.js';
import { didYouMean } from '../../values/suggest.js';
import type { Schema } from '../../values/types.js';
import { contextKeys, heldBy } from '../context-keys.js';
import { JsonSchema } from '../document-schema.js';
import type { Problems } from './value-problems.js';

/** What values of the context options take, by option. */
const FLAG = { says: 'a boolean', takes: ['boolean'] };
const LIST = { says: 'a list', takes: ['list'] };
const PAUSE = { says: 'a duration', takes: ['string', 'number'], isTime: true };
const MOMENT = { says: 'a duration or a date', takes: ['string', 'number', 'date'], isTime: true };
const DATE = { says: 'a date', takes: ['string', 'date'] };
const TEXT = { says: 'a string', takes: ['string'] };

interface KeyKind {
  readonly says: string;
  readonly takes: readonly string[];
  readonly isTime?: boolean;
}

const KINDS: Readonly<Record<string, KeyKind>> = {
  when: FLAG, if: FLAG, while: FLAG, completeWhen: FLAG, forEach: LIST, every: PAUSE,
  after: MOMENT, within: MOMENT, completeBy: MOMENT, 'overdue.after': MOMENT, 'on.since': DATE, 'on.key': TEXT,
}; // prettier-ignore

/** A name must be a key of the context that holds what this option takes. `on.key.<name>` is checked as `on.key`. */
export function* keyProblems(value: unknown, option: string, context: Schema | undefined): Problems {
  const kind = KINDS[option] ?? KINDS[option.split('.', 2).join('.')]!;
  if (typeof value === 'function' || (kind.isTime && parseDuration(value) !== null)) return;
  if (typeof value !== 'string') return yield `${option} ${JSON.stringify(value)} is neither a key of the context nor a function of it.`;
  const unknown = [...unknownKey(value, option, context, kind.isTime)];
  yield* unknown.length > 0 ? unknown : kindProblems(value, option, context, kind);
}

/** Checks a name that is always a key, even if it reads like a duration. */
export function* unknownKey(value: string, option: string, context: Schema | undefined, orDuration = false): Problems {
  const keys = keysOf(context);
  if (keys && !keys.has(value)) yield `${option} "${value}" is not a key of the context${orDuration ? ' nor a duration' : ''}.${didYouMean(value, keys)}`;
}

function* kindProblems(key: string, option: string, context: Schema | undefined, { says, takes }: KeyKind): Problems {
  const held = kindsOfKey(key, context);
  if (held.length === 0 || held.some((kind) => takes.includes(kind))) return;
  const others = [...(keysOf(context) ?? [])].filter((other) => kindsOfKey(other, context).some((kind) => takes.includes(kind)));
  yield `${option} "${key}" is a key with a ${held.join(' or a ')}, and must be one with ${says}. Such keys: ${others.join(', ') || 'none'}.`;
}

/** None: not known. */
function kindsOfKey(key: string, context: Schema | undefined): readonly string[] {
  return context instanceof JsonSchema ? context.kindsOf(key) : heldBy(context, key);
}

function keysOf(context: Schema | undefined): ReadonlySet<string> | null {
  return context instanceof JsonSchema ? context.keys() : contextKeys(context);
}
