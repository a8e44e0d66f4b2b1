import type { Class, WorkflowJson } from 'nestjs-argonaut';
import { branchesOf, isContainer, type Node, type WorkflowDefinition } from '../../lib/definition/graph.js';
import { compileWorkflow } from '../../lib/definition/compile.js';
import { readDocument } from '../../lib/definition/documents.js';
import type { Compiled, DefinitionDefaults } from '../../lib/definition/source.js';
import { StepLibrary } from '../../lib/definition/step-library.js';
import { providerOf, sourceOf } from '../../lib/workflows/explorer.js';

/** What a workflow names, as an application would offer it. */
export interface Offered {
  readonly steps?: readonly Class[];
  readonly contexts?: readonly Class[];
  readonly queues?: readonly string[];
  readonly workflows?: readonly string[];
  readonly defaults?: DefinitionDefaults;
}

const libraryOf = (steps: readonly Class[]) => new StepLibrary(steps.map((type) => providerOf(type, new type() as object)));

/** A workflow class or document with all that is wrong with it. */
export function compile(workflow: Class | WorkflowJson | object, { steps = [], contexts = [], queues, workflows, defaults }: Offered = {}): Compiled {
  const library = libraryOf(steps);
  const around = { queues: queues ?? null, ...(workflows && { workflows }) };
  if (typeof workflow === 'function') return compileWorkflow(sourceOf(workflow as Class, new (workflow as Class)() as object), library, around, defaults);
  const { source, problems } = readDocument(workflow, 'x.json', { library, contexts });
  if (!source) return { problems } as unknown as Compiled;
  const compiled = compileWorkflow(source, library, around, defaults);
  return { ...compiled, problems: [...problems, ...compiled.problems] };
}

/** Of one that has no problems. */
export function definitionOf(workflow: Class | WorkflowJson | object, offered: Offered = {}): WorkflowDefinition {
  const { definition, problems } = compile(workflow, offered);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return definition;
}

/** Each node with its edges, in the order it was laid: `a > b`, `c ? yes : no`, `fork [branches] > next`. */
export function edgesOf({ start, nodes }: WorkflowDefinition): string[] {
  return [`> ${start}`, ...[...nodes.values()].map(edgesFrom)];
}

function edgesFrom(node: Node): string {
  if (node.kind === 'choice') return `${node.name} ? ${node.then} : ${node.otherwise}`;
  const rule = 'onError' in node && typeof node.onError === 'object' ? ` ! ${node.onError.next}` : '';
  return `${node.name}${isContainer(node) ? ` [${branchesOf(node).join(', ')}]` : ''} > ${node.next.join(' | ') || '.'}${rule}`;
}
