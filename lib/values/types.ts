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
/** A key of an event: its value, or its name and value. An object with several names stands for several keys. */
export type EventKey = string | Readonly<Record<string, string>>;
/** The payload of an event, as {@link Events} declares it. */
export type EventData<E> = E extends keyof Events ? Events[E] : unknown;

/** The injection token of the provider that transmits a message: a class, a string or a symbol with a description. */
export type SenderRef = string | symbol | (abstract new (...args: any[]) => any);

/** The shape that data must have: a class with class-validator decorators, or any Standard Schema (Zod, Valibot, ArkType). */
export type Schema<T = any> = Class<T> | { readonly '~standard': { readonly types?: { readonly output: T } | undefined } };
/** The data that fits a {@link Schema}. */
export type SchemaOutput<S> = S extends Class<infer T> ? T : S extends { '~standard': { types?: { output: infer T } | undefined } } ? T : unknown;

/* ------------------------------------------------------ what a step returns ---- */

/**
 * New values of the context, by top-level key. `undefined` removes the key. A function receives the latest value and returns the
 * new one, so that parallel branches can add up. The function must be pure: it runs again when another writer committed first.
 */
export type Patch<C> = { [K in keyof C]?: C[K] | undefined | ((latest: C[K]) => C[K]) };

declare const brand: unique symbol;

/** An answer of a step other than a plain patch. Made by {@link done}, {@link asked}, {@link again}, {@link go}, {@link pause} and {@link fail}. */
export interface Outcome<Kind extends string = string> {
  readonly [brand]: Kind;
}

/** The return value of a step: nothing (done, no change), a patch, or an outcome. */
export type StepResult<C> = void | Patch<C> | Outcome;

/** The return value of a `request`. Nothing: the answer comes under `step.correlationId`. */
export type RequestResult = void | Outcome<'asked' | 'done' | 'again' | 'pause' | 'fail'>;

/* -------------------------------------------------------- what a step gets ---- */

/**
 * How far a step run had come before it is undone. `'asked'`: its request was made, or its child started, and nothing has come back. `'answered'`: the
 * answer has come, and its method was not done with it. `'failed'`: its method has failed after the answer. `'completed'`: it was done.
 */
export type Reached = 'asked' | 'answered' | 'failed' | 'completed';

/** The last argument of every step: this visit to it. */
export interface StepRef<State = any, Item = any, Message = any> {
  readonly processId: string;
  readonly groupId: string;
  readonly workflow: string;
  readonly workflowVersion: number;
  /** The step's name: that of its method. */
  readonly name: string;
  /** The number of this attempt, from 1. */
  readonly attempt: number;
  /** The id under which an answer is awaited. The same for every attempt. */
  readonly correlationId: string;
  /** The same for every attempt. A body may run more than once: pass this to services that must not act twice. */
  readonly idempotencyKey: string;
  /** The value that `again({ state })` left; `undefined` the first time. */
  readonly state: State | undefined;
  /** The message that the step waited for: an input, an answer, an event, the context of a child. In a compensation: the one that the undone step run had. */
  readonly message: Message;
  /**
   * The result of the step before: its patch, or its raw result if its output is mapped. A decision passes on the value that it
   * got. `undefined` at the start, after branches have joined, and where a restart begins.
   */
  readonly previous: any;
  /** The item, inside `forEach`. */
  readonly item: Item;
  /** The item's place, from 0, inside `forEach`. */
  readonly index: number;
  /** The `config` of the workflow, with that of the step on top. */
  readonly config: Readonly<Record<string, any>>;
  /**
   * Writes through this manager commit together with the completion of this step, or not at all.
   * @throws Error unless the step is `transactional`
   */
  readonly manager: EntityManager;
  /** In a compensation: how far the step run that it undoes had come. `undefined` elsewhere. */
  readonly reached: Reached | undefined;
  /**
   * In a compensation: the correlation id under which the step that it undoes had asked, and the message that this had. They are those of the
   * `step` too, unless the compensation has a `request`: then `step` has its own. `undefined` elsewhere.
   */
  readonly undone: { readonly correlationId: string; readonly message: any } | undefined;
  /** Aborted at the step's `timeout`, when the process is cancelled, and when this worker has lost it. */
  readonly signal: AbortSignal;
  /** The engine's time, from the {@link Clock}. */
  readonly now: Date;
  /** Adds a note to the audit trail, committed with the outcome of the step. */
  note(text: string): void;
  /**
   * Sends a message with the commit of this step: it leaves if the outcome is kept (a patch, an outcome, `again()`), and not if the attempt
   * fails or pauses. It is kept in the outbox until `sender` has transmitted it, at least once, and in order with the other messages of
   * the process. Returns its id, by which a receiver recognises a repeated message.
   * @param sender the injection token of a `ClientProxy`, a Bull or BullMQ queue, an `AmqpConnection`, an `HttpSender`, or a `MessageSender`
   * @param pattern the event pattern, the name of the job, the routing key or `{ exchange, routingKey }`, the URL
   * @throws InvalidInputError, UnserialisableValueError, ValueTooLargeError; Error after the body has ended
   * @see the transactional outbox: https://microservices.io/patterns/data/transactional-outbox.html
   */
  send(sender: SenderRef, pattern: string | object, data: unknown): string;
}

/** The visit as functions for conditions, keys and moments see it, besides the context. These run often: they must be pure and quick. */
export type StepInfo<Item = any> = Pick<StepRef<any, Item>, 'processId' | 'groupId' | 'now' | 'item' | 'index' | 'config'>;
