import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { traceOf } from '../values/describe-error.js';
import { ANSWER_HEADERS } from './answer.interceptor.js';
import { type Problem, PROBLEM_TYPE, problemOf, RETRY_AFTER_S } from './problem.js';

const logger = new Logger('WorkflowApi');

/** Answers every error of the routes with a problem. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response: unknown = host.switchToHttp().getResponse();
    const { httpAdapter } = this.host;
    if (httpAdapter.isHeadersSent(response)) return;
    const problem = problemFor(error);
    for (const [name, value] of Object.entries(problemHeaders(problem))) httpAdapter.setHeader(response, name, value);
    httpAdapter.reply(response, JSON.stringify(problem), problem.status);
  }
}

/** The problem to answer with. What a caller must not see is logged. */
export function problemFor(error: unknown): Problem {
  const problem = problemOf(error);
  if (problem.status >= 500) logger.error(traceOf(error));
  return problem;
}

export function problemHeaders({ status, allow }: Problem): Record<string, string> {
  const more = { ...(status === 503 && { 'retry-after': String(RETRY_AFTER_S) }), ...(allow && { allow: allow.join(', ') }) };
  return { ...ANSWER_HEADERS, 'content-type': PROBLEM_TYPE, ...more };
}
