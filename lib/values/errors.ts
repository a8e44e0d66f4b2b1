import { HttpException } from '@nestjs/common';
import { briefFields, briefMessage } from './brief.js';
import { printAsSentences } from './error-prints.js';
import { reasonOf } from './reason.js';

/** The base of every error thrown here: Nest answers with its status, and with its fields as details. */
export abstract class WorkflowError extends HttpException {
  /** What a caller is told is kept below 16 kB. An error of the application itself is told as a whole, to the log. */
  protected constructor(status: number, error: string, message: string, fields: Readonly<Record<string, unknown>>) {
    const told = status < 500 ? briefFields(fields) : fields;
    super({ statusCode: status, error, message: status < 500 ? briefMessage(message) : message, ...told }, status);
    this.name = error;
    Object.assign(this, told);
    printAsSentences(this, status === 500 ? this.help : null);
  }

  /** Where this package says what helps: a file in it, and the heading. */
  get help(): string {
    return `docs/reference/errors.md#${this.name.toLowerCase()}`;
  }

  /**
   * True if the same call can never succeed, because its data is wrong: a consumer should acknowledge such a message, and put it aside.
   * False if it may succeed later: the database is away (503), the inbox is full (429), the process or workflow is not there yet.
   */
  get permanent(): boolean {
    return isPermanentStatus(this.getStatus());
  }
}

/** 400. The data given is not valid. `problems`: one sentence for each fault, which begins with the name of the wrong part. Nothing was stored. */
export class InvalidInputError extends WorkflowError {
  declare readonly problems: string[];
  constructor(what: string, problems: string[]) {
    super(400, 'InvalidInputError', `${what}: ${problems.join('; ')}`, { problems });
  }
}

/** 403. The application does not let the caller do this: `documents.mayDefine` has said no. */
export class NotAllowedError extends WorkflowError {
  declare readonly workflow: string;
  constructor(workflow: string) {
    super(403, 'NotAllowedError', `Workflow "${workflow}" may not be defined or withdrawn by this caller.`, { workflow });
  }
}

/** 404. No workflow of this name, or not in this version, is known to this application. */
export class UnknownWorkflowError extends WorkflowError {
  declare readonly workflow: string;
  declare readonly version?: number;
  constructor(workflow: string, remedy: string, version?: number) {
    super(404, 'UnknownWorkflowError', `There is no workflow "${workflow}"${version === undefined ? '' : ` version ${version}`}.${remedy}`, {
      workflow,
      ...(version !== undefined && { version }),
    });
  }
}

/** 404. The workflow has no such step, or the step takes nothing from outside. */
export class UnknownStepError extends WorkflowError {
  declare readonly workflow: string;
  declare readonly step: string;
  constructor(workflow: string, step: string, remedy: string) {
    super(404, 'UnknownStepError', `Workflow "${workflow}" has no step "${step}" to tell this to.${remedy}`, { workflow, step });
  }
}

/** 404. There is no such process. */
export class ProcessNotFoundError extends WorkflowError {
  declare readonly process: string;
  constructor(process: string, which = '') {
    super(404, 'ProcessNotFoundError', `There is no ${which}process ${process}.`, { process });
  }
}

/** 409. One live process per workflow and group id. */
export class ProcessAlreadyLiveError extends WorkflowError {
  declare readonly processId: string;
  declare readonly groupId: string;
  constructor(processId: string, workflow: string, groupId: string) {
    super(
      409,
      'ProcessAlreadyLiveError',
      `Process ${processId} of workflow "${workflow}" is live with the group id "${groupId}". Finish or cancel it first, or start with ifLive: 'return'.`,
      { processId, groupId },
    );
  }
}

/** 409. The process is completed or cancelled; only `restartFrom` brings it back. */
export class ProcessFinishedError extends WorkflowError {
  declare readonly processId: string;
  constructor(processId: string, status: string) {
    super(409, 'ProcessFinishedError', `Process ${processId} is ${status}; only restartFrom() brings it back.`, { processId });
  }
}

/** 409. The process is not in a state for this. */
export class NotWaitingError extends WorkflowError {
  declare readonly processId: string;
  /** Set if the error is about a step. */
  declare readonly step?: string;
  declare readonly waitingFor?: string[];
  constructor(processId: string, step: string, waitingFor: string[], message: string) {
    super(409, 'NotWaitingError', message, step === '' ? { processId } : { processId, step, waitingFor });
  }
}

/** 413. The value is larger than may be stored. */
export class ValueTooLargeError extends WorkflowError {
  declare readonly key: string;
  declare readonly bytes: number;
  declare readonly limit: number;
  constructor(key: string, bytes: number, limit: number) {
    super(413, 'ValueTooLargeError', `${key} has ${bytes} bytes as JSON; at most ${limit} are stored. Keep large data elsewhere, and its address here.`, {
      key,
      bytes,
      limit,
    });
  }
}

/** 422. The data holds a function, a symbol, a BigInt, a circle..., which would not read back as it was. */
export class UnserialisableValueError extends WorkflowError {
  declare readonly key: string;
  constructor(key: string, why: string) {
    super(422, 'UnserialisableValueError', `${key} cannot be stored: ${why}.`, { key });
  }
}

/** True for statuses that speak of the message alone: it will be as wrong the next time. Others may be right later: a process may start yet. */
export function isPermanentStatus(status: number): boolean {
  return [400, 413, 422].includes(status);
}

/** 400. A handler could not read the message: the function that finds an id in it has thrown. */
export class UnreadableMessageError extends WorkflowError {
  /** The method, such as `Webhook.completed`. */
  declare readonly handler: string;
  /** What was looked for, such as `messageId`. */
  declare readonly part: string;
  constructor(handler: string, part: string, cause: unknown) {
    super(400, 'UnreadableMessageError', `${handler}: the message has no ${part} that can be read: ${reasonOf(cause)}`, { handler, part });
    this.cause = cause;
  }
}

/** 404. There is no such message in the inbox or the outbox, or it has been dealt with. */
export class MessageNotFoundError extends WorkflowError {
  declare readonly messageId: string;
  constructor(messageId: string, which = 'in the inbox that waits, or was refused') {
    super(404, 'MessageNotFoundError', `There is no message ${messageId} ${which}.`, { messageId });
  }
}

/** 503. The database cannot be reached, or refused repeatedly. The request may or may not have been carried out. */
export class StoreUnavailableError extends WorkflowError {
  /** Set if the error is about one process. */
  declare readonly processId?: string;
  constructor(cause: unknown, processId?: string) {
    const what = processId === undefined ? 'The database cannot be reached' : `Process ${processId} could not be changed`;
    super(503, 'StoreUnavailableError', `${what}: ${reasonOf(cause)}`, processId === undefined ? {} : { processId });
    this.cause = cause;
  }
}

/** Lists every problem of every workflow at once. At boot 500, and the application does not start; for a document given at run time 400. */
export class InvalidWorkflowError extends WorkflowError {
  /** The workflow, or all of them. */
  declare readonly workflow: string;
  declare readonly problems: string[];
  constructor(workflow: string, problems: string[], when: 'boot' | 'define' = 'boot') {
    super(
      when === 'define' ? 400 : 500,
      'InvalidWorkflowError',
      `${problems.length === 1 ? 'There is a problem' : `There are ${problems.length} problems`} in ${workflow}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
      { workflow, problems },
    );
  }
}

/** At boot: the database is not as the engine needs it. Names what is missing and the command to run. */
export class SchemaError extends WorkflowError {
  constructor(message: string) {
    super(500, 'SchemaError', message, {});
  }
}
