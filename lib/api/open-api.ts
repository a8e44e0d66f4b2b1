/** The OpenAPI document, made of the routes. */
import type { DefinitionView } from '../query/definition-views.js';
import { ALL_ROUTES } from './all-routes.js';
import { ANSWERS } from './answers.js';
import { type ApiRoute, pathFieldsOf } from './api-route.js';
import type { Fields } from './field.js';
import { called, type JsonShape } from './json-shape.js';
import { PROBLEM_TYPE } from './problem.js';
import { PROVIDE_INPUT, START_PROCESS } from './workflow-routes.js';

/** An OpenAPI document, as far as routes are added to it. */
export interface OpenApiDocument {
  readonly openapi: string;
  paths: Record<string, any>;
  components?: { schemas?: Record<string, any> };
}

/** The document of the routes alone, below a path. */
export function openApiOf(base: string, definitions: readonly DefinitionView[]): OpenApiDocument & JsonShape {
  return {
    openapi: '3.1.0',
    info: { title: 'Workflows', version: '1', description: 'Starts, shows and mends the processes of an application. Errors are problems (RFC 9457).' },
    paths: pathsOf(base, definitions),
    components: { schemas: { ...ANSWERS } },
  };
}

/** The paths of all routes; and of each workflow, paths of its own for its start and its inputs, with their schemas. */
export function pathsOf(base: string, definitions: readonly DefinitionView[]): Record<string, Record<string, JsonShape>> {
  const paths: Record<string, Record<string, JsonShape>> = {};
  for (const route of ALL_ROUTES) paths[`${base}/${templateOf(route.path)}`] = { [route.method]: operationOf(route) };
  for (const definition of definitions.filter(({ newest }) => newest)) Object.assign(paths, ownPaths(base, definition));
  return paths;
}

function ownPaths(base: string, { workflow, start, steps }: DefinitionView): Record<string, Record<string, JsonShape>> {
  const takers = steps.flatMap(({ name, input }) => (input === null ? [] : [{ name, input: input as JsonShape }]));
  const paths = takers.map(({ name, input }) => ownPath(base, PROVIDE_INPUT, { workflow, step: name }, { input }));
  return Object.fromEntries([ownPath(base, START_PROCESS, { workflow }, { context: (start ?? {}) as JsonShape }), ...paths]);
}

/** A route with some of its parts given, and a schema for some of its body. */
function ownPath(base: string, route: ApiRoute, parts: Readonly<Record<string, string>>, schemas: Readonly<Record<string, JsonShape>>) {
  const path = route.path.replace(/:(\w+)/g, (whole, name: string) => (parts[name] === undefined ? whole : encodeURIComponent(parts[name])));
  const body = Object.fromEntries(Object.entries(route.body!).map(([name, field]) => [name, { ...field, shape: schemas[name] ?? field.shape }]));
  const id = [route.id, ...Object.values(parts)].join('.');
  return [`${base}/${templateOf(path)}`, { [route.method]: operationOf({ ...route, path, body, id }) }] as const;
}

function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

function operationOf({ id, says, right, path, query = {}, body, status = 200, answer }: ApiRoute): JsonShape {
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
      default: { description: 'A problem.', content: { [PROBLEM_TYPE]: { schema: called('Problem') } } },
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
