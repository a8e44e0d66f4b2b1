/** Adds the routes to the OpenAPI document of an application, and leaves what is there as it is. */
import { isDeepStrictEqual } from 'node:util';
import { InvalidWorkflowError } from '../values/errors.js';
import type { JsonShape } from './json-shape.js';
import type { OpenApiDocument } from './open-api.js';

type Named = Readonly<Record<string, unknown>>;
type Components = NonNullable<OpenApiDocument['components']>;

/** @throws InvalidWorkflowError if the document means something else by a name that the routes refer to */
export function addToDocument(document: OpenApiDocument, paths: Readonly<Record<string, Record<string, JsonShape>>>, components: Components): void {
  const { components: own = {} } = document;
  const taken = [...takenNames('schemas', own.schemas, components.schemas), ...takenNames('responses', own.responses, components.responses)];
  if (taken.length > 0) throw new InvalidWorkflowError('the OpenAPI document of the application', taken);
  const ids = operationIds(Object.entries(document.paths).flatMap(([path, item]) => (path in paths ? [] : [item as object])));
  document.components = {
    ...own,
    schemas: { ...own.schemas, ...components.schemas },
    responses: { ...own.responses, ...components.responses },
    ...(components.securitySchemes && { securitySchemes: { ...components.securitySchemes, ...own.securitySchemes } }),
  };
  const added = Object.entries(paths).map(([path, item]) => [path, { ...withOtherIds(item, ids), ...(document.paths[path] as object | undefined) }]);
  document.paths = { ...document.paths, ...Object.fromEntries(added) };
}

function takenNames(part: string, own: Named = {}, ours: Named = {}): string[] {
  const taken = Object.keys(ours).filter((name) => name in own && !isDeepStrictEqual(own[name], ours[name]));
  return taken.map((name) => `components.${part}.${name} is there already, and the routes of the workflows need this name: give yours another one`);
}

function operationIds(items: readonly object[]): ReadonlySet<unknown> {
  return new Set(items.flatMap((item) => Object.values(item).map((operation) => (operation as { operationId?: unknown } | null)?.operationId)));
}

/** The name of an operation is there once in a document. */
function withOtherIds(item: Readonly<Record<string, JsonShape>>, taken: ReadonlySet<unknown>): Record<string, JsonShape> {
  return Object.fromEntries(Object.entries(item).map(([method, operation]) => [method, { ...operation, operationId: otherId(String(operation.operationId), taken) }])); // prettier-ignore
}

function otherId(id: string, taken: ReadonlySet<unknown>): string {
  return taken.has(id) ? otherId(`workflowApi.${id}`, taken) : id;
}
