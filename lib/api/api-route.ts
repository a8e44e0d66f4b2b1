/** What a route takes and gives. The controllers, the checks and the OpenAPI document are made from it. */
import { applyDecorators, createParamDecorator, type ExecutionContext, HttpCode, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';
import { MAX_ID } from '../context/checks.js';
import type { ApiRight } from './api-options.js';
import { type FieldValues, type Fields, readFields, required, textField, versionField } from './field.js';
import { type ApiRequest, checkJson } from './api-request.js';
import { PROCESS_ID } from './request-fields.js';

export interface ApiRoute {
  /** The name of the operation. */
  readonly id: string;
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly right: ApiRight;
  /** One sentence for the document. */
  readonly says: string;
  /** It concerns all processes at once. */
  readonly whole?: true;
  readonly query?: Fields;
  readonly body?: Fields;
  readonly status?: number;
  /** The name of the answer's shape. */
  readonly answer: string;
}

/** The parts of a path. */
const PATH_FIELDS = {
  workflow: required(textField(100, 'The name of a workflow.')),
  process: required(PROCESS_ID),
  step: required(textField(100, 'The name of a step.')),
  message: required(textField(MAX_ID, 'The id of a message of the inbox.')),
  bulk: required(textField(MAX_ID, 'The id of a bulk run.')),
  event: required(textField(100, 'The name of an event.')),
  version: required(versionField('The version of a context.')),
};

type PathField = keyof typeof PATH_FIELDS;

/** The fields in a path such as `processes/:process`. */
export function pathFieldsOf(path: string): Fields {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name as PathField);
  return Object.fromEntries(names.map((name) => [name, PATH_FIELDS[name]]));
}

type ParamsOf<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamsOf<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

/** What a request to this route has brought, checked. */
export interface ApiCall<R extends ApiRoute> {
  readonly request: unknown;
  readonly params: FieldValues<Pick<typeof PATH_FIELDS, ParamsOf<R['path']> & PathField>>;
  readonly query: FieldValues<R['query'] extends Fields ? R['query'] : object>;
  readonly body: FieldValues<R['body'] extends Fields ? R['body'] : object>;
}

export function apiRoute<const R extends ApiRoute>(route: R): R {
  return route;
}

/** The metadata of a method: its route. */
export const ROUTE = 'nestjs-argonaut:api-route';

/** Makes the method answer the route. */
export function Answers(route: ApiRoute): MethodDecorator {
  const method = route.method === 'get' ? RequestMethod.GET : RequestMethod.POST;
  return applyDecorators(RequestMapping({ path: route.path, method }), SetMetadata(ROUTE, route), HttpCode(route.status ?? 200));
}

/** The parameter that gets what the request has brought. It is read after the guards have let the request in. */
export const FromRequest = createParamDecorator((route: ApiRoute, context: ExecutionContext) => givenBy(context.switchToHttp().getRequest(), route));

/** @throws InvalidInputError with every problem of a part; UnsupportedMediaTypeException */
function givenBy(request: ApiRequest, { path, method, query = {}, body = {} }: ApiRoute): ApiCall<ApiRoute> {
  if (method === 'post') checkJson(request);
  return {
    request,
    params: readFields('The path', pathFieldsOf(path), { ...request.params }) as ApiCall<ApiRoute>['params'],
    query: readFields('The query', query, { ...request.query }),
    body: method === 'post' ? readFields('The body', body, request.body) : {},
  };
}
