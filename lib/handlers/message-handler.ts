/** Code of all message handlers: a transport calls the method, its result goes to the workflows, and the caller is answered after the commit. */
import 'reflect-metadata';
import { Inject, Logger } from '@nestjs/common';
import { isObservable, lastValueFrom, type Observable } from 'rxjs';
import { OPTION_KINDS, wrongOptions, type OptionChecks } from '../context/call-checks.js';
import { HANDLER_METADATA, type HandlerDecorator } from '../decorators/handler-metadata.js';
import { InvalidInputError, UnreadableMessageError } from '../values/errors.js';
import { reasonOf } from '../values/reason.js';
import { WorkflowService } from '../workflow.service.js';

const logger = new Logger('Workflow');

/** Finds an id in the message, which is the first argument of the method. */
export type IdIn<Message, Id = string> = (message: Message) => Id;

/** Options that a message handler reads from its message. */
export interface HandlerOptions<Message> {
  /**
   * Recognises a redelivery: unique among the messages of this handler. A text of at most 255 characters, or a safe integer. Default: for
   * a response, the same answer to the same wait; for other messages, nothing.
   */
  readonly messageId?: IdIn<Message, string | number>;
}

/** Options that a handler of inputs reads from its message. */
export interface InputHandlerOptions<Message> extends HandlerOptions<Message> {
  /** Inside `forEach`: the item that the input is for, from 0. Default: the item that has waited longest. */
  readonly index?: IdIn<Message, number>;
}

const HANDLER_OPTIONS: OptionChecks = { messageId: OPTION_KINDS.method };
const INPUT_HANDLER_OPTIONS: OptionChecks = { ...HANDLER_OPTIONS, index: OPTION_KINDS.method };

/** Refuses a misspelt option as the class is loaded: it would be ignored silently. @throws InvalidInputError */
export function checkHandlerOptions(decorator: HandlerDecorator, options: object): void {
  const problems = wrongOptions(decorator === '@HandlesInput' ? INPUT_HANDLER_OPTIONS : HANDLER_OPTIONS, options);
  if (problems.length > 0) throw new InvalidInputError(`The options of ${decorator}`, problems);
}

type HandlerMethod = (...args: any[]) => unknown;
type LastValue<R> = R extends Observable<infer T> ? T : R;
type Delivered<M extends HandlerMethod> = Exclude<LastValue<Awaited<ReturnType<M>>>, void | undefined | null>;
type CheckHandler<Message, Payload, M extends HandlerMethod, Wanted extends string> = [Message] extends [Parameters<M>[0]]
  ? [Delivered<M>] extends [Payload] ? string | symbol : `✗ it returns something else than ${Wanted}`
  : '✗ its first argument is not the message the id is read from'; // prettier-ignore

/** A decorator for methods that take this message and return this payload, or nothing. */
export type HandlerFor<Message, Payload, Wanted extends string = 'the step expects'> = <M extends HandlerMethod>(
  target: object,
  key: CheckHandler<Message, Payload, M, Wanted>,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/** Nest injects the service under this name. Where the module is missing, Nest's own error message names the remedy. */
const SERVICE = 'WorkflowService (import WorkflowModule.forRoot() in your root module)';

/** One message at one handler. */
export interface HandledMessage {
  /** What the function finds in the message. `part`: the name of that, such as `correlationId`. @throws UnreadableMessageError */
  read<T>(part: string, find: (message: any) => T): T;
  /** The delivery options that the message holds. @throws UnreadableMessageError */
  options(options: HandlerOptions<any>): { messageId?: string | number; sender?: string };
}

/**
 * Makes a method a message handler: what it returns is given to `deliver`, and the caller is answered when that resolves.
 * `deliver` gets the service, what the method returned, and the message it was called with. What it throws is logged with the name of the handler.
 */
export function handlerFor(
  decorator: HandlerDecorator,
  metadata: object,
  deliver: (workflows: WorkflowService, payload: any, message: HandledMessage) => Promise<unknown>,
): (target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<any>) => void {
  return (target, key, descriptor) => {
    const original = descriptor.value as HandlerMethod;
    const name = `${target.constructor.name}.${String(key)}`;
    refuseSecondDecorator(original, decorator, name);
    Inject(WorkflowService)(target, SERVICE);
    const handler = async function (this: Record<string, WorkflowService>, ...args: unknown[]): Promise<unknown> {
      const payload = await lastValueOf(original.apply(this, args));
      if (payload === undefined || payload === null) return undefined;
      try {
        return await deliver(this[SERVICE]!, payload, handled(name, args[0]));
      } catch (error) {
        return logRefusal(decorator, name, error);
      }
    };
    descriptor.value = disguiseAs(handler, original, String(key));
    Reflect.defineMetadata(HANDLER_METADATA[decorator], metadata, descriptor.value as object);
  };
}

/** With two decorators, the outer one would get what the inner one answers to the caller. */
function refuseSecondDecorator(original: object, decorator: HandlerDecorator, place: string): void {
  const [other] = Object.entries(HANDLER_METADATA).find(([, key]) => Reflect.hasOwnMetadata(key, original)) ?? [];
  if (other === undefined) return;
  const both = other === decorator ? `two ${decorator}` : `${other} and ${decorator}`;
  throw new TypeError(`${place}: ${both}. A method handles messages of one kind: write a second method.`);
}

/** Some transports report no errors at all, so the refusal is logged here. */
function logRefusal(decorator: string, handler: string, error: unknown): never {
  logger.warn(`${handler} (${decorator}): a message was refused: ${reasonOf(error)}`);
  throw error;
}

/** Gives the handler the name and the metadata of the method it replaces, so that decorators above it see no difference. */
function disguiseAs(handler: HandlerMethod, original: HandlerMethod, name: string): HandlerMethod {
  Object.defineProperty(handler, 'name', { value: name });
  for (const key of Reflect.getOwnMetadataKeys(original) as unknown[]) Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), handler);
  return Object.assign(handler, original);
}

function lastValueOf(result: unknown): unknown {
  return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
}

function handled(handler: string, message: unknown): HandledMessage {
  const read = <T>(part: string, find: (message: any) => T): T => {
    try {
      return find(message);
    } catch (error) {
      throw new UnreadableMessageError(handler, part, error);
    }
  };
  const idIn = ({ messageId }: HandlerOptions<any>) => messageId && read('messageId', messageId);
  return {
    read,
    options: (options) => {
      const messageId = idIn(options);
      return messageId === undefined ? {} : { messageId, sender: handler };
    },
  };
}
