import 'reflect-metadata';
import { Inject, Logger } from '@nestjs/common';
import { isObservable, lastValueFrom, type Observable } from 'rxjs';
import { reasonOf } from '../core/reason.js';
import type { Disposition } from '../core/change.js';
import type { Class } from '../values.js';
import { WorkflowService } from '../workflow.service.js';
import type { MessageIn, ReceiverIn } from './step.check.js';

const logger = new Logger('Workflow');

export const RESPONSE_METADATA = 'nestjs-argonaut:handles-response';

/** Finds an id in the message, which is the method's first argument. */
export type IdIn<Message> = (message: Message) => string;

/** What else a door reads from a message. */
export interface DoorOptions<Message> {
  /** Recognises a redelivery. Default: the same answer under the same correlation id. */
  readonly messageId?: IdIn<Message>;
}

/** A class, a function that returns it where imports go in circles, or the name of a workflow. */
export type WorkflowIn = Class | (() => Class) | string;

export interface ResponseDoor {
  readonly workflow: WorkflowIn | undefined;
  readonly step: string;
}

type Handler = (...args: any[]) => unknown;
type Last<R> = R extends Observable<infer T> ? T : R;
type Delivered<M extends Handler> = Exclude<Last<Awaited<ReturnType<M>>>, void | undefined | null>;
type CheckDoor<Message, Payload, M extends Handler> = [Message] extends [Parameters<M>[0]]
  ? [Delivered<M>] extends [Payload] ? string | symbol : '✗ it returns something else than the step expects'
  : '✗ its first argument is not the message the id is read from'; // prettier-ignore

type DoorFor<Message, Payload> = <M extends Handler>(target: object, key: CheckDoor<Message, Payload, M>, descriptor: TypedPropertyDescriptor<M>) => void;

/** Nest injects it by this name; where the module is missing, Nest's own message becomes the remedy. */
const SERVICE = 'WorkflowService (import WorkflowModule.forRoot() in your root module)';

/**
 * The method receives the answer to a step's request. What it returns is the answer: it is stored and matched to the process
 * that waits under this correlation id, and only then does the caller hear back, so that a transport acknowledges what is
 * committed. The step runs later, under its claim. Returning nothing means "not for us".
 *
 * It goes on any method Nest or a library of its calls, above or below the transport's decorator: `@EventPattern`,
 * `@MessagePattern`, `@OnEvent`, Bull's `@Process`, an HTTP route. The caller gets the {@link Disposition}.
 */
export function HandlesResponse<W extends WorkflowIn, S extends ReceiverIn<W>, Message = any>(
  workflow: W,
  step: S,
  correlationId: IdIn<Message>,
  options: DoorOptions<Message> = {},
): DoorFor<Message, MessageIn<W, S>> {
  return (target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<any>) => {
    const original = descriptor.value as Handler;
    if (Reflect.hasOwnMetadata(RESPONSE_METADATA, original))
      throw new TypeError(`${target.constructor.name}.${String(key)}: two @HandlesResponse. A method brings the answer to one step.`);
    Inject(WorkflowService)(target, SERVICE);
    const door = async function (this: Record<string, WorkflowService>, ...args: unknown[]): Promise<Disposition | undefined> {
      const answer = await lastOf(original.apply(this, args));
      if (answer === undefined || answer === null) return undefined;
      const message = args[0] as Message;
      const messageId = options.messageId?.(message);
      const delivery = messageId === undefined ? {} : { messageId };
      return this[SERVICE]!.respond(classOf(workflow) as string, step as string, correlationId(message), answer, delivery).catch((error: unknown) =>
        refused(key, error),
      );
    };
    descriptor.value = disguised(door, original, String(key));
    Reflect.defineMetadata(RESPONSE_METADATA, { workflow, step } satisfies ResponseDoor, descriptor.value as object);
  };
}

/** Some transports say nothing of an error to anybody: whoever looks for a lost message should find it here. */
function refused(method: string | symbol, error: unknown): never {
  logger.warn(`${String(method)} (@HandlesResponse): a message was refused: ${reasonOf(error)}`);
  throw error;
}

/** Looks like the method to all who come later: its name, and what decorators below have written on it. */
function disguised(door: Handler, original: Handler, name: string): Handler {
  Object.defineProperty(door, 'name', { value: name });
  for (const key of Reflect.getOwnMetadataKeys(original) as unknown[]) Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), door);
  return Object.assign(door, original);
}

function lastOf(result: unknown): unknown {
  return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
}

/** A class, or what the function gives that was written to go round a circle of imports. */
export function classOf(workflow: WorkflowIn): Class | string {
  return typeof workflow === 'function' && !/^class\b/.test(Function.prototype.toString.call(workflow))
    ? (workflow as () => Class)()
    : (workflow as Class | string);
}
