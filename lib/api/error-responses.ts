/** The errors that a route answers with, for the OpenAPI document. */
import { type ApiRoute, pathFieldsOf } from './api-route.js';
import { called, type JsonShape } from './json-shape.js';
import { nameOfStatus, PROBLEM_TYPE } from './problem.js';

/** What each status says. A 405 belongs to a path, and no operation answers with it. */
const ERRORS: Readonly<Record<number, string>> = {
  400: 'The path, the query or the body is wrong: `problems` says what.',
  401: 'The guards of the application know no one behind the request.',
  403: 'The right that the route needs is missing, or what would be started may not be seen.',
  404: 'What the path names is not there, or may not be seen.',
  409: 'The process is not in a state for this, or another one has the group id.',
  413: 'The body, or a value in it, is larger than the application takes.',
  415: 'The body is not JSON.',
  422: 'A value cannot be stored as it is.',
  429: 'The inbox is full, or a guard of the application limits requests. Send it again later.',
  503: 'The database cannot be reached, or the instance is not ready. Send it again after `Retry-After`.',
};

const OF_ALL = [400, 401, 403, 429, 503];
const OF_CHANGES = [404, 409, 413, 415, 422];

/** The responses that are named in the document. */
export const PROBLEM_RESPONSES: Readonly<Record<string, JsonShape>> = Object.fromEntries(
  Object.entries(ERRORS).map(([status, description]) => [nameOfStatus(Number(status)), problemResponse(description)]),
);

/** The errors of a route, by status. */
export function errorsOf({ method, path }: Pick<ApiRoute, 'method' | 'path'>): JsonShape {
  const hasNames = Object.keys(pathFieldsOf(path)).length > 0;
  const statuses = [...OF_ALL, ...(method === 'post' ? OF_CHANGES : hasNames ? [404] : [])];
  const known = statuses.map((status) => [status, called(nameOfStatus(status), 'responses')]);
  return { ...Object.fromEntries(known), default: problemResponse('Another problem.') };
}

function problemResponse(description: string): JsonShape {
  return { description, content: { [PROBLEM_TYPE]: { schema: called('Problem') } } };
}
