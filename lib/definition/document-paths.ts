/** Prefixes that show where a problem stands in a document. Code has no such paths, so for code the prefixes are empty. */
import { branchesOf, isContainer, type Node, type WorkflowDefinition } from './graph.js';
import type { WorkflowSource, WrittenStep } from './source.js';

type Source = Pick<WorkflowSource, 'document'>;

/** The prefix of a problem with a step: `steps[1] (Ship): `. */
export function atStep({ path, name }: Pick<WrittenStep, 'path' | 'name'>): string {
  return path === undefined ? '' : `${path} (${name}): `;
}

/** The prefix of a problem with an option: `name: `. */
export function atOption({ document }: Source, option: string): string {
  return document ? `${option}: ` : '';
}

/** The prefix of a problem with the list of steps, with the word its author used: `steps` or `activities`. */
export function atSteps(source: Source): string {
  return atOption(source, source.document?.activities ? 'activities' : 'steps');
}

/** In a document the problem is reported once for each place in the flow, such as `.start[0]`. For code it is reported once. */
export function inFlow({ document }: Source, places: readonly string[], sentence: string): Iterable<string> {
  const told = places.map((place) => (document ? `flow${place}: ${sentence.replace(/^its flow /, 'it ')}` : sentence));
  return new Set(told);
}

/** The prefix of a problem with a node: that of its step, or of `name` for the stage around the whole flow. */
export function atNode(source: WorkflowSource, { nodes }: WorkflowDefinition, name: string): string {
  if (!source.document) return '';
  if (nodes.get(name)?.kind === 'stage') return atOption(source, source.options.stages?.[name] ? `stages.${name}` : 'name'); // else made by its `within`
  const behind = stepBehind(name, nodes);
  const step = source.steps.find((each) => each.name === behind);
  return step ? atStep(step) : '';
}

/** The step that a node is or wraps. For a container of several steps: the first. */
function stepBehind(name: string, nodes: ReadonlyMap<string, Node>): string {
  const node = nodes.get(name);
  if (node && 'of' in node && node.of !== undefined) return node.of;
  return node && isContainer(node) ? stepBehind(branchesOf(node)[0]!, nodes) : name;
}
