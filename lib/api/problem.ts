import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { StoreUnavailableError, WorkflowError } from '../values/errors.js';

/** The body of every answer that is an error: RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  /** Of a 405: the methods that the path answers to. */
  readonly allow?: readonly string[];
  readonly [more: string]: unknown;
}

export const PROBLEM_TYPE = 'application/problem+json';

/** Seconds after which a request may be sent again, when the database cannot be reached. */
export const RETRY_AFTER_S = 5;

/** 405. The path is there, and answers to other methods. */
export class WrongMethodException extends HttpException {
  constructor(readonly methods: readonly string[]) {
    super(`This route answers to ${methods.join(', ')}.`, 405);
  }
}

/** Tells a caller no more than he needs: what the application or the database has to say of itself stays in the log. */
export function problemOf(error: unknown): Problem {
  const status = statusOf(error);
  if (error instanceof StoreUnavailableError) return problem(503, error.name, 'The database cannot be reached. Send the request again later.');
  if (status >= 500) return problem(status, nameOfStatus(status), 'The application could not do this. Its log says why.');
  if (error instanceof WorkflowError) return { ...problem(status, error.name, error.message), ...fieldsOf(error) };
  return { ...problem(status, nameOfStatus(status), detailOf(error, status)), ...(error instanceof WrongMethodException && { allow: error.methods }) };
}

function problem(status: number, code: string, detail: string): Problem {
  return { type: `urn:nestjs-argonaut:${code}`, title: STATUS_CODES[status] ?? 'Error', status, detail, code };
}

/** Errors of body parsers and of Fastify have a status of their own. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { status, statusCode } = (error ?? {}) as { status?: unknown; statusCode?: unknown };
  const given = Number(status ?? statusCode);
  if (error instanceof URIError) return 400;
  return Number.isInteger(given) && given >= 400 && given < 600 ? given : 500;
}

/** Such as `NotFound`. */
export function nameOfStatus(status: number): string {
  return (STATUS_CODES[status] ?? 'Error').replaceAll(/[^A-Za-z]/g, '');
}

/** The details of our own errors: ids, problems, limits. */
function fieldsOf(error: WorkflowError): Record<string, unknown> {
  const { statusCode: _status, error: _name, message: _message, ...fields } = error.getResponse() as Record<string, unknown>;
  return fields;
}

const OF_PARSERS: Readonly<Record<number, string>> = {
  400: 'The request cannot be read: its path or its body is malformed.',
  413: 'The body is larger than the application takes.',
  415: 'Send a JSON object, at least {}, with the content type application/json.',
};

function detailOf(error: unknown, status: number): string {
  return error instanceof HttpException ? error.message : (OF_PARSERS[status] ?? 'The request cannot be read.');
}
