/** Workflows that are data: their type, and the JSON Schema that editors and boot check them with. */
import type {
  ChildOptions,
  CompensateOptions,
  EventOptions,
  OverdueOptions,
  ParallelOptions,
  RetryPolicy,
  StepGate,
  StepPlace,
  StepPolicy,
} from './step-options.js';
import type { Class, Duration, EventName } from '../values/types.js';
import type { KeepOptions, StageOptions } from './workflow-options.js';

/** Options without functions and classes, which are not data. */
type AsData<T> = { readonly [K in keyof T]: Exclude<T[K], Class | ((...args: any[]) => unknown)> };

/** `unless`: errors by the names of their classes. */
export type RetryJson = number | (Omit<RetryPolicy, 'unless'> & { readonly unless?: readonly string[] });

/** The options of a step as data. A function in `@Step` becomes the name of a context key here. No expressions, no code. */
export interface StepJson extends AsData<StepPlace>, AsData<Pick<StepGate, 'when' | 'after'>>, AsData<Omit<StepPolicy, 'retry' | 'overdue'>> {
  /** The name of the step in this workflow. */
  readonly name: string;
  /** The name of the step class. Default: the name of the step. */
  readonly use?: string;
  readonly parallel?: string | ParallelOptions;
  /** `key`: a context key, or `{ name: context key }`. */
  readonly on?: EventName | (Omit<AsData<EventOptions>, 'key'> & { readonly key?: string | Readonly<Record<string, string>> });
  /** The name of a workflow. `with`: the context keys the child starts with. */
  readonly child?: string | (Omit<ChildOptions, 'workflow' | 'with'> & { readonly workflow: string; readonly with?: readonly string[] });
  readonly retry?: RetryJson;
  /** `do`: a method of the step class. Default: `compensate`. What the step class says of its compensation holds where this says nothing. */
  readonly compensate?: string | (Omit<CompensateOptions, 'retry' | 'request' | 'response'> & { readonly retry?: RetryJson });
  /** `do`: a method of the step class. */
  readonly overdue?: AsData<OverdueOptions>;
}

/** The options of a stage as data. `overdue.do`: the name of a step class, whose `run` is called. */
export interface StageJson extends AsData<Omit<StageOptions, 'parallel' | 'overdue'>> {
  readonly parallel?: string | ParallelOptions;
  readonly overdue?: AsData<OverdueOptions>;
}

/**
 * A workflow as data: the options of `@Workflow`, with its steps. `activities`, the word of Libero Flow, is another word for
 * `steps`. `workflow.schema.json` of this package is its JSON Schema.
 */
export type WorkflowJson = {
  readonly $schema?: string;
  /** The permanent name of the workflow. At most 100 characters. */
  readonly name: string;
  /** Default 1. */
  readonly version?: number;
  /** The name of a context class (one of the module's `contexts`), or a JSON Schema. Default: a plain object, unchecked. */
  readonly context?: string | object;
  /** The process completes as soon as this context key is true after a version. */
  readonly completeWhen?: string;
  /** How long the whole process may take, waiting included. Default: no limit. */
  readonly within?: Duration;
  /** Deletes a process with all its rows as soon as it has completed. Default false. */
  readonly deleteOnCompletion?: boolean;
  /** How long finished processes are kept. Default: what the module says. */
  readonly keep?: KeepOptions;
  /** Sends a message for each commit of a process to the client of this name. */
  readonly updates?: { readonly to: string; readonly pattern: string; readonly context?: boolean };
  /** Limits and places of stages, by the name that their steps say. */
  readonly stages?: Readonly<Record<string, StageJson>>;
  /** Keys of the context by whose values processes are found. At most 20. */
  readonly searchable?: readonly string[];
  /** Your own settings, available in each step as `step.config`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** A digraph: step → the steps that may follow it. Left out: the order written. */
  readonly flow?: Readonly<Record<string, readonly string[]>>;
} & ({ readonly steps: readonly StepJson[]; readonly activities?: never } | { readonly activities: readonly StepJson[]; readonly steps?: never });

/* ------------------------------------------------------------ its JSON Schema ---- */

const text = { type: 'string' };
const yesNo = { type: 'boolean', default: false };
const aKey = { $ref: '#/$defs/key' };
const aDuration = { $ref: '#/$defs/duration' };
const aMoment = { $ref: '#/$defs/moment' };
const aTime = { anyOf: [{ const: 'forever' }, aDuration] };
const names = { type: 'array', items: text };

/** An object with these properties and no others. */
function exactly<P extends object>(properties: P, required: readonly (keyof P & string)[] = []): object {
  return { type: 'object', ...(required.length > 0 && { required }), additionalProperties: false, properties };
}

const parallel = {
  ...exactly({ group: text, join: { enum: ['all', 'any'], default: 'all' }, losers: { enum: ['cancel', 'finish'], default: 'cancel' } }, ['group']),
  if: { required: ['losers'] },
  then: { required: ['join'], properties: { join: { const: 'any' } } },
};
const namedKey = {
  type: 'object',
  description: 'The name of the key, and the context key with its value',
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: aKey,
};
const event = exactly(
  { event: text, key: { anyOf: [aKey, namedKey] }, since: aKey, matchOne: yesNo, skipAhead: yesNo, reprocess: yesNo },
  ['event'],
); // prettier-ignore
const child = exactly({ workflow: text, with: { type: 'array', items: aKey }, detached: yesNo, onParentCancel: { enum: ['cancel', 'leave'] } }, ['workflow']);
const tries = { type: 'integer', minimum: 1 };
const retry = exactly(
  { attempts: tries, delay: aDuration, backoff: { enum: ['fixed', 'exponential'], default: 'fixed' }, maxDelay: aDuration, jitter: yesNo, unless: names },
  ['attempts'],
);

const place = {
  next: { anyOf: [text, { ...names, minItems: 1 }] },
  parallel: { anyOf: [text, parallel] },
  independent: yesNo,
  unsolicited: yesNo,
  if: aKey,
  while: aKey,
  forEach: aKey,
  concurrency: { type: 'integer', minimum: 1, description: 'With forEach: at most so many items at once' },
  stage: text,
};
const gate = { when: aKey, on: { anyOf: [text, event] }, after: aMoment, child: { anyOf: [text, child] } };
const retryOrCount = { anyOf: [tries, retry] };
const policy = {
  queue: text,
  retry: retryOrCount,
  timeout: aDuration,
  within: aMoment,
  every: aMoment,
  completeBy: aMoment,
  required: { type: 'boolean', default: true },
  onError: { anyOf: [{ enum: ['fail', 'suspend', 'cancel', 'compensate'] }, exactly({ next: text }, ['next'])] },
  overdue: exactly({ after: aMoment, do: text }, ['after', 'do']),
  config: { type: 'object' },
  transactional: yesNo,
  compensate: { anyOf: [text, exactly({ do: text, retry: retryOrCount, timeout: aDuration, within: aDuration })] },
};
const step = exactly(
  { name: { type: 'string', minLength: 1 }, use: { ...text, description: 'The step class, when the name is not its own' }, ...place, ...gate, ...policy },
  ['name'],
);

const { parallel: group, if: condition, while: loop, forEach, concurrency } = place;
const { within, required, onError, overdue } = policy;
const stage = exactly({ parallel: group, if: condition, while: loop, forEach, concurrency, within, required, onError, overdue });

/** JSON Schema (2020-12) of {@link WorkflowJson}. The package has it as a file too: `nestjs-argonaut/workflow.schema.json`. */
export const workflowSchema: Readonly<Record<string, unknown>> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://unpkg.com/nestjs-argonaut/workflow.schema.json',
  title: 'Argonaut workflow',
  ...exactly(
    {
      $schema: text,
      name: { type: 'string', minLength: 1, maxLength: 100 },
      version: { type: 'integer', minimum: 1, default: 1 },
      context: { description: 'The name of a context class, or a JSON Schema', type: ['string', 'object'] },
      completeWhen: aKey,
      within: aDuration,
      deleteOnCompletion: yesNo,
      keep: { description: 'How long finished processes are kept', ...exactly({ completed: aTime, cancelled: aTime }) },
      updates: {
        description: 'Where a message is sent for each commit of a process',
        type: 'object',
        required: ['to', 'pattern'],
        properties: { to: { type: 'string', minLength: 1 }, pattern: { type: 'string', minLength: 1 }, context: yesNo },
        additionalProperties: false,
      },
      stages: { description: 'The stages that steps name, with their limits and places', type: 'object', additionalProperties: { $ref: '#/$defs/stage' } },
      searchable: { description: 'Keys of the context by whose values processes are found', ...names, maxItems: 20 },
      config: { type: 'object' },
      steps: { type: 'array', minItems: 1, items: { $ref: '#/$defs/step' } },
      activities: { description: 'Another word for steps', type: 'array', minItems: 1, items: { $ref: '#/$defs/step' } },
      flow: { description: 'Step to the steps that may follow it; left out: the order written', type: 'object', additionalProperties: names },
    },
    ['name'],
  ),
  oneOf: [{ required: ['steps'] }, { required: ['activities'] }],
  $defs: {
    duration: {
      anyOf: [
        { type: 'number', minimum: 0 },
        { type: 'string', pattern: '^\\d+(\\.\\d+)? ?(ms|s|m|h|d|(second|minute|hour|day|week)s?)$' },
      ],
    },
    key: { type: 'string', description: 'The name of a context key' },
    moment: { anyOf: [aDuration, aKey] },
    step,
    stage,
  },
};
