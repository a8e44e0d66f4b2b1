/** The OpenAPI document, made of the routes. */
import type { DefinitionView } from '../query/definition-views.js';
import { ALL_ROUTES } from './all-routes.js';
import { ANSWERS } from './answers.js';
import { type ApiRoute, pathFieldsOf } from './api-route.js';
import type { WorkflowApiExtras } from './api-options.js';
import { errorsOf, PROBLEM_RESPONSES } from './error-responses.js';
import type { Field, Fields } from './field.js';
import { called, type JsonShape, underNames } from './json-shape.js';
import { PROVIDE_INPUT, START_PROCESS } from './workflow-routes.js';

/** An OpenAPI document, as far as routes are added to it. */
export interface OpenApiDocument {
  readonly openapi: string;
  paths: Record<string, any>;
  components?: { schemas?: Record<string, any>; responses?: Record<string, any>; securitySchemes?: Record<string, any> };
}

/** What the document of an application says beside the routes themselves. */
export interface DocumentedApi {
  /** What stands before the path of a route. */
  readonly baseOf: (route: ApiRoute) => string;
  readonly definitions: readonly DefinitionView[];
  /** Security schemes by name: any one of them lets a request in. */
  readonly security?: WorkflowApiExtras['security'];
}

type Paths = Record<string, Record<string, JsonShape>>;

/** The document of the routes alone. */
export function openApiOf(api: DocumentedApi): OpenApiDocument & JsonShape {
  return {
    openapi: '3.1.0',
    info: { title: 'Workflows', version: '1', description: 'Starts, shows and mends the processes of an application. Errors are problems (RFC 9457).' },
    paths: pathsOf(api),
    components: componentsOf(api),
  };
}

/** What the paths refer to. */
export function componentsOf({ security }: DocumentedApi): NonNullable<OpenApiDocument['components']> {
  return { schemas: underNames(ANSWERS), responses: underNames(PROBLEM_RESPONSES), ...(security && { securitySchemes: { ...security } }) };
}

/** The paths of all routes; and of each workflow, paths of its own for its start and its inputs, with their schemas. */
export function pathsOf(api: DocumentedApi): Paths {
  const newest = api.definitions.filter((definition) => definition.newest);
  const paths: Paths = {};
  for (const [path, item] of [...ALL_ROUTES.map((route) => pathItem(api, route, route)), ...newest.flatMap((definition) => ownPaths(api, definition))])
    paths[path] = { ...paths[path], ...item }; // one path may have two methods
  return paths;
}

/** A route, and what the document says of it. */
function pathItem({ baseOf, security }: DocumentedApi, route: ApiRoute, documented: ApiRoute): readonly [string, Record<string, JsonShape>] {
  const operation = { ...operationOf(documented), ...(security && { security: Object.keys(security).map((name) => ({ [name]: [] })) }) };
  return [`${baseOf(route)}/${templateOf(documented.path)}`, { [route.method]: operation }];
}

function ownPaths(api: DocumentedApi, { workflow, start, steps }: DefinitionView): (readonly [string, Record<string, JsonShape>])[] {
  const takers = steps.flatMap(({ name, input }) => (input === null ? [] : [{ name, input: input as JsonShape }]));
  const paths = takers.map(({ name, input }) => ownPath(api, PROVIDE_INPUT, { workflow, step: name }, { input }));
  return [ownPath(api, START_PROCESS, { workflow }, { context: (start ?? {}) as JsonShape }), ...paths];
}

/** A route with some of its parts given, and a schema for some of its body. */
function ownPath(api: DocumentedApi, route: ApiRoute, parts: Readonly<Record<string, string>>, schemas: Readonly<Record<string, JsonShape>>) {
  const path = route.path.replace(/:(\w+)/g, (whole, name: string) => (parts[name] === undefined ? whole : encodeURIComponent(parts[name])));
  const body = Object.fromEntries(Object.entries(route.body!).map(([name, field]) => [name, withSchema(field, schemas[name])]));
  return pathItem(api, route, { ...route, path, body, id: [route.id, ...Object.values(parts)].join('.') });
}

/** An object that must have some keys must be there. */
function withSchema(field: Field, shape: JsonShape | undefined): Field {
  if (!shape) return field;
  return { ...field, shape, required: field.required || (Array.isArray(shape.required) && shape.required.length > 0) };
}

function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

function operationOf({ id, says, right, method, path, query = {}, body, status = 200, answer }: ApiRoute): JsonShape {
  const parameters = [...parametersOf('path', pathFieldsOf(path)), ...parametersOf('query', query)];
  return {
    operationId: id,
    tags: ['workflows'],
    summary: says,
    description: `Needs the right \`${right}\`.`,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: bodyShape(body) } } } }),
    responses: {
      [status]: { description: 'Done.', content: { 'application/json': { schema: called(answer) } } },
      ...errorsOf({ method, path }),
    },
  };
}

function parametersOf(place: 'path' | 'query', fields: Fields): JsonShape[] {
  return Object.entries(fields).map(
    ([
      name,
      {
        shape: { description, ...schema },
        required,
      },
    ]) => ({ name, in: place, required, description, schema }),
  );
}

function bodyShape(fields: Fields): JsonShape {
  const required = Object.keys(fields).filter((name) => fields[name]!.required);
  const properties = Object.fromEntries(Object.entries(fields).map(([name, { shape }]) => [name, shape]));
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false };
}
