import type { WorkflowJson } from '../definition/workflow-json.js';
import { InvalidInputError } from '../values/errors.js';
import type { BoundWorkflow } from './bound-workflow.js';
import type { DefinitionCatalog } from './definition-catalog.js';
import type { WorkflowRegistry } from './registry.js';

interface DocumentUse {
  readonly version?: number;
  readonly manager?: unknown;
  readonly actor?: string;
}

/**
 * The workflow of a document that a process brings along: the version that has this very document, else a new one. So processes of one
 * name may each have their own plan, and those of one plan share it.
 * @throws InvalidWorkflowError with all problems of the document; InvalidInputError
 */
export async function workflowOfDocument(
  document: WorkflowJson,
  use: DocumentUse,
  registry: WorkflowRegistry,
  catalog: DefinitionCatalog,
): Promise<BoundWorkflow> {
  if (use.version !== undefined) throw new InvalidInputError('version', ['the document says its version, or none']);
  const known = catalog.guard.isSmall(document) ? findDocument(document, registry) : undefined;
  if (known) return known;
  if (use.manager !== undefined)
    throw new InvalidInputError('manager', ['this document is new, and is stored outside of your transaction: define() it first, then start it by its name']);
  await catalog.define(document, use.actor);
  return findDocument(document, registry) ?? registry.get(document.name, document.version);
}

function findDocument(document: WorkflowJson, registry: WorkflowRegistry): BoundWorkflow | undefined {
  const text = JSON.stringify(document);
  return registry.all().findLast(({ definition, source }) => definition.name === document.name && source.document && knownText(source.document) === text);
}

const texts = new WeakMap<object, string>();

/** Of a document that is known, and so never changes. */
function knownText(document: object): string {
  const known = texts.get(document) ?? JSON.stringify(document);
  texts.set(document, known);
  return known;
}
