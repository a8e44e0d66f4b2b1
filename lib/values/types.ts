import type { EntityManager } from 'typeorm';

/** Any class. */
export type Class<T = any> = new (...args: any[]) => T;

/* ---------------------------------------------------------------------- time ---- */

type Unit = 'ms' | 's' | 'm' | 'h' | 'd' | 'second' | 'seconds' | 'minute' | 'minutes' | 'hour' | 'hours' | 'day' | 'days' | 'week' | 'weeks';

/** A length of time: `'30s'`, `'2 days'`, or a number of milliseconds. A month has no fixed length, so there is no unit for it. */
export type Duration = `${number}${Unit}` | `${number} ${Unit}` | number;

/* -------------------------------------------------------- names the app has ---- */

/**
 * The task queues of the application, declared by augmentation: `declare module 'nestjs-argonaut' { interface Queues { scoring: true } }`.
 * Optional; the compiler then refuses any other name. Undeclared: any string, checked at boot.
 */
export interface Queues {}

/** The events of the application: name → payload. Declared like {@link Queues}. */
export interface Events {}

/** A task queue of the application: any name, unless it has declared its {@link Queues}. */
export type QueueName = [keyof Queues] extends [never] ? string : keyof Queues & string;
/** An event of the application: any name, unless it has declared its {@link Events}. */
export type EventName = [keyof Events] extends [never] ? string : keyof Events & string;
/** What comes with an event, as {@link Events} declares it. */
export type EventData<E> = E extends keyof Events ? Events[E] : unknown;

/** What data must look like: a class with class-validator decorators, or any Standard Schema (Zod, Valibot, ArkType). */
export type Schema<T = any> = Class<T> | { readonly '~standard': { readonly types?: { readonly output: T } | undefined } };
/** The data that fits a {@link Schema}. */
export type SchemaOutput<S> = S extends Class<infer T> ? T : S extends { '~standard': { types?: { output: infer T } | undefined } } ? T : unknown;

/* ------------------------------------------------------ what a step returns ---- */

/**
 * New values of the context, by top-level key. `undefined` removes the key. A function receives the latest value and returns the
 * new one, so that parallel branches can add up; it must be pure, as it runs again when somebody else committed first.
 */
export type Patch<C> = { [K in keyof C]?: C[K] | undefined | ((latest: C[K]) => C[K]) };

declare const brand: unique symbol;

/** What a step says beyond a patch. Made by {@link done}, {@link asked}, {@link again}, {@link go}, {@link pause} and {@link fail}. */
export interface Outcome<Kind extends string = string> {
  readonly [brand]: Kind;
}

/** What a step may return: nothing (done, no change), a patch, or an outcome. */
export type StepResult<C> = void | Patch<C> | Outcome;

/** What a `request` returns. Nothing: the answer comes under `step.correlationId`. */
export type RequestResult = void | Outcome<'asked' | 'done' | 'again' | 'pause' | 'fail'>;

/* -------------------------------------------------------- what a step gets ---- */

/** The last argument of every step: this visit to it. */
export interface StepRef<State = any, Item = any, Message = any> {
  readonly processId: string;
  readonly groupId: string;
  readonly workflow: string;
  readonly workflowVersion: number;
  /** The step's name: that of its method. */
  readonly name: string;
  /** The try this is, from 1. */
  readonly attempt: number;
  /** The id under which an answer is awaited. The same for every attempt. */
  readonly correlationId: string;
  /** A body may run more than once; pass this on to whoever must not act twice. The same for every attempt. */
  readonly idempotencyKey: string;
  /** What `again({ state })` left; `undefined` the first time. */
  readonly state: State | undefined;
  /** What it waited for: an input, an answer, an event, the context of a child. */
  readonly message: Message;
  /**
   * What the step before returned: its patch, or the raw result where its output is mapped. A decision hands on what it was
   * handed. `undefined` at the start, after branches have joined, and where a restart begins.
   */
  readonly previous: any;
  /** The item, inside `forEach`. */
  readonly item: Item;
  /** The item's place, from 0, inside `forEach`. */
  readonly index: number;
  /** The `config` of the workflow, with that of the step on top. */
  readonly config: Readonly<Record<string, any>>;
  /**
   * What is written through it commits together with this step's completion, or not at all.
   * @throws Error unless the step is `transactional`
   */
  readonly manager: EntityManager;
  /** Aborted at the step's `timeout`, when the process is cancelled, and when this worker has lost it. */
  readonly signal: AbortSignal;
  /** The engine's time, from the {@link Clock}. */
  readonly now: Date;
  /** Adds a note to the audit trail, committed with whatever the step does. */
  note(text: string): void;
}

/** What a condition, a key or a moment sees of a visit, besides the context. A function of it runs often: it must be pure and quick. */
export type StepInfo<Item = any> = Pick<StepRef<any, Item>, 'processId' | 'groupId' | 'now' | 'item' | 'index' | 'config'>;
