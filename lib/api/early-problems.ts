/**
 * Errors of requests that reach no route: a body that cannot be parsed, a path that cannot be decoded, a path or method that is not
 * there. No filter of a controller hears of them, and a filter of the whole application would answer for the routes of others too. So
 * the platform is asked.
 */
import { type HttpException, NotFoundException } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { type ApiRequest, pathOf } from './api-request.js';
import type { MountedPath } from './mounted-path.js';
import { problemFor, problemHeaders } from './problem.filter.js';
import { PROBLEM_TYPE, problemOf, WrongMethodException } from './problem.js';

type PlatformAdapter = HttpAdapterHost['httpAdapter'];
type EarlyRequest = Pick<ApiRequest, 'url' | 'originalUrl' | 'method'>;

/** Answers such errors below the path of the API. Has to be called after the routes are there, and before Nest's own last handlers. */
export function answerEarlyProblems(adapter: PlatformAdapter, mounted: MountedPath): void {
  if (adapter.getType() === 'fastify') return answerOnFastify(adapter.getInstance<FastifyLike>(), mounted);
  answerOnExpress(adapter as PlatformAdapter & ExpressLike, mounted);
}

/** What is wrong with a request that no route has answered: 405 where another method is there, else 404. */
function noRoute(method: string, path: string, mounted: MountedPath): HttpException {
  const methods = mounted.methodsAt(path);
  const isElsewhere = methods.length === 0 || methods.includes(method); // it is there under another version
  return isElsewhere ? new NotFoundException('There is no such route.') : new WrongMethodException(methods);
}

interface ExpressLike {
  use(handler: (...args: never[]) => void): void;
}

/** Express knows a handler of errors by its four parameters. */
function answerOnExpress(adapter: PlatformAdapter & ExpressLike, mounted: MountedPath): void {
  const answer = (error: unknown, response: unknown) => {
    const problem = problemFor(error);
    for (const [name, value] of Object.entries(problemHeaders(problem))) adapter.setHeader(response, name, value);
    adapter.reply(response, JSON.stringify(problem), problem.status);
  };
  adapter.use((request: EarlyRequest, response: unknown, next: () => void) => {
    if (!mounted.includes(pathOf(request))) return next();
    answer(noRoute(request.method, pathOf(request).replace(/\/$/, ''), mounted), response);
  });
  adapter.use((error: unknown, request: EarlyRequest, response: unknown, next: (error: unknown) => void) => {
    if (!mounted.includes(pathOf(request)) || adapter.isHeadersSent(response)) return next(error);
    answer(error, response);
  });
}

interface RouterConfig {
  readonly maxParamLength?: number;
  readonly ignoreTrailingSlash?: boolean;
}

interface FastifyLike {
  readonly initialConfig?: RouterConfig & { readonly routerOptions?: RouterConfig };
  readonly server: { prependListener(event: 'request', listener: (request: { url?: string }) => void): void };
  addHook(name: 'onSend', hook: (request: EarlyRequest, reply: FastifyReplyLike, payload: unknown) => Promise<unknown>): void;
}

interface FastifyReplyLike {
  readonly statusCode: number;
  getHeader(name: string): unknown;
  headers(values: Record<string, string>): void;
  code(status: number): void;
}

/** Fastify has one handler of errors, which is Nest's. What it makes of an error is replaced when it is sent. */
function answerOnFastify(instance: FastifyLike, mounted: MountedPath): void {
  const { maxParamLength: longest = 100, ignoreTrailingSlash = false } = { ...instance.initialConfig, ...instance.initialConfig?.routerOptions };
  const bare = (path: string) => (ignoreTrailingSlash ? path.replace(/\/$/, '') : path);
  instance.server.prependListener('request', (request) => {
    const path = pathOf({ url: request.url ?? '' });
    if (mounted.includes(path) && !isReadable(path, longest)) request.url = `${mounted.bases[0]}/unreadable`; // no route is called so
  });
  instance.addHook('onSend', async (request, reply, payload) => {
    const isAnswered = reply.statusCode < 400 || String(reply.getHeader('content-type')).startsWith(PROBLEM_TYPE);
    if (isAnswered || !mounted.includes(pathOf(request))) return payload;
    const problem = problemOf(reply.statusCode === 404 ? noRoute(request.method, bare(pathOf(request)), mounted) : { statusCode: reply.statusCode });
    const body = JSON.stringify(problem);
    reply.code(problem.status);
    reply.headers({ ...problemHeaders(problem), 'content-length': String(Buffer.byteLength(body)) });
    return body;
  });
}

/** Fastify answers a path that it cannot decode, or whose parts are too long for it, by itself, and no hook hears of it. */
function isReadable(path: string, longest: number): boolean {
  try {
    return path.split('/').every((part) => decodeURIComponent(part).length <= longest);
  } catch {
    return false;
  }
}
