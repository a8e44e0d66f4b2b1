/** Where things stand in a document, for the problems with them. What is code has no such paths: there it is all ''. */
import { branchesOf, isContainer, type Node, type WorkflowDefinition } from './graph.js';
import type { WorkflowSource, WrittenStep } from './source.js';

type Source = Pick<WorkflowSource, 'document'>;

/** `steps[1] (Ship): `, before what is wrong with it. */
export function atStep({ path, name }: Pick<WrittenStep, 'path' | 'name'>): string {
  return path === undefined ? '' : `${path} (${name}): `;
}

/** `name: `, before what is wrong with it. */
export function atOption({ document }: Source, option: string): string {
  return document ? `${option}: ` : '';
}

/** The word its author used for its list of steps. */
export function atSteps(source: Source): string {
  return atOption(source, source.document?.activities ? 'activities' : 'steps');
}

/** In a document once for each place inside its flow, as `.start[0]`; what is code is told once. */
export function inFlow({ document }: Source, places: readonly string[], sentence: string): Iterable<string> {
  const told = places.map((place) => (document ? `flow${place}: ${sentence.replace(/^its flow /, 'it ')}` : sentence));
  return new Set(told);
}

/** A node is a step, or what somebody said of one or of the whole. */
export function atNode(source: WorkflowSource, { nodes }: WorkflowDefinition, name: string): string {
  if (!source.document) return '';
  if (nodes.get(name)?.kind === 'stage') return atOption(source, 'name'); // the only one of a document is that of its own `within`
  const behind = stepBehind(name, nodes);
  const step = source.steps.find((each) => each.name === behind);
  return step ? atStep(step) : '';
}

/** The step a node is, or is wrapped around; of several the first. */
function stepBehind(name: string, nodes: ReadonlyMap<string, Node>): string {
  const node = nodes.get(name);
  if (node && 'of' in node && node.of !== undefined) return node.of;
  return node && isContainer(node) ? stepBehind(branchesOf(node)[0]!, nodes) : name;
}
