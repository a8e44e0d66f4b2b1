/** What the four doors have in common: the method a transport calls, its return value told to the workflows, its answer held back till then. */
import 'reflect-metadata';
import { Inject, Logger } from '@nestjs/common';
import { isObservable, lastValueFrom, type Observable } from 'rxjs';
import { reasonOf } from '../core/reason.js';
import type { Class } from '../values.js';
import { WorkflowService } from '../workflow.service.js';

const logger = new Logger('Workflow');

/** Where each door is written down. */
const DOORS = {
  '@HandlesResponse': 'nestjs-argonaut:handles-response',
  '@HandlesInput': 'nestjs-argonaut:handles-input',
  '@HandlesEvent': 'nestjs-argonaut:handles-event',
  '@StartsProcess': 'nestjs-argonaut:starts-process',
} as const;

export const RESPONSE_METADATA = DOORS['@HandlesResponse'];
export const INPUT_METADATA = DOORS['@HandlesInput'];
export const EVENT_METADATA = DOORS['@HandlesEvent'];
export const START_METADATA = DOORS['@StartsProcess'];

/** Finds an id in the message, which is the method's first argument. */
export type IdIn<Message, Id = string> = (message: Message) => Id;

/** What else a door reads from a message. */
export interface DoorOptions<Message> {
  /** Recognises a redelivery. Default: of a response, the same answer under the same correlation id; of the others, nothing. */
  readonly messageId?: IdIn<Message>;
}

/** A class, a function that returns it where imports go in circles, or the name of a workflow. */
export type WorkflowIn = Class | (() => Class) | string;

/** What a door for a workflow says: the one it starts. */
export interface WorkflowDoor {
  readonly workflow: WorkflowIn | undefined;
}

/** What a door for a step says: of a response, or of an input. */
export interface StepDoor extends WorkflowDoor {
  readonly step: string;
}

type Handler = (...args: any[]) => unknown;
type Last<R> = R extends Observable<infer T> ? T : R;
type Delivered<M extends Handler> = Exclude<Last<Awaited<ReturnType<M>>>, void | undefined | null>;
type CheckDoor<Message, Payload, M extends Handler, Wanted extends string> = [Message] extends [Parameters<M>[0]]
  ? [Delivered<M>] extends [Payload] ? string | symbol : `✗ it returns something else than ${Wanted}`
  : '✗ its first argument is not the message the id is read from'; // prettier-ignore

/** A decorator for methods that take this message and return this payload, or nothing. */
export type DoorFor<Message, Payload, Wanted extends string = 'the step expects'> = <M extends Handler>(
  target: object,
  key: CheckDoor<Message, Payload, M, Wanted>,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/** Nest injects it by this name; where the module is missing, Nest's own message becomes the remedy. */
const SERVICE = 'WorkflowService (import WorkflowModule.forRoot() in your root module)';

/**
 * Makes a method a door. What it returns is told to the workflows, and only then does the caller hear back. `tell` has the
 * service, what the method returned, and the message it was called with.
 */
export function doorFor(
  decorator: keyof typeof DOORS,
  says: object,
  tell: (workflows: WorkflowService, payload: any, message: any) => Promise<unknown>,
): (target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<any>) => void {
  return (target, key, descriptor) => {
    const original = descriptor.value as Handler;
    refuseTwo(original, decorator, `${target.constructor.name}.${String(key)}`);
    Inject(WorkflowService)(target, SERVICE);
    const door = async function (this: Record<string, WorkflowService>, ...args: unknown[]): Promise<unknown> {
      const payload = await lastOf(original.apply(this, args));
      if (payload === undefined || payload === null) return undefined;
      return tell(this[SERVICE]!, payload, args[0]).catch((error: unknown) => refused(decorator, key, error));
    };
    descriptor.value = disguised(door, original, String(key));
    Reflect.defineMetadata(DOORS[decorator], says, descriptor.value as object);
  };
}

/** Of two doors the outer would be given what the inner hands back to the caller. */
function refuseTwo(original: object, decorator: keyof typeof DOORS, place: string): void {
  const [other] = Object.entries(DOORS).find(([, key]) => Reflect.hasOwnMetadata(key, original)) ?? [];
  if (other === undefined) return;
  const both = other === decorator ? `two ${decorator}` : `${other} and ${decorator}`;
  throw new TypeError(`${place}: ${both}. A method is one door: write a second method.`);
}

/** Some transports say nothing of an error to anybody: whoever looks for a lost message should find it here. */
function refused(decorator: string, method: string | symbol, error: unknown): never {
  logger.warn(`${String(method)} (${decorator}): a message was refused: ${reasonOf(error)}`);
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

/** What a door says of a delivery. */
export function deliveryOf<Message>(options: DoorOptions<Message>, message: Message): { messageId?: string } {
  const messageId = options.messageId?.(message);
  return messageId === undefined ? {} : { messageId };
}

/** A class, or what the function gives that was written to go round a circle of imports. */
export function classOf(workflow: WorkflowIn): Class | string {
  return typeof workflow === 'function' && !/^class\b/.test(Function.prototype.toString.call(workflow))
    ? (workflow as () => Class)()
    : (workflow as Class | string);
}
