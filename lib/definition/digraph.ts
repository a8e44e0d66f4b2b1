import { type Block, type StepBlock, wrapped } from './blocks.js';
import { type Edges, edgesFrom, namesIn, rescuesIn } from './digraph-names.js';
import { stagedDigraph } from './digraph-stages.js';
import { Layout } from './layout.js';
import type { Compiled, DefinitionDefaults, WorkflowSource, WrittenStep } from './source.js';
import { digraphProblems } from './verify/digraph-problems.js';
import { stepBlock } from './written-order.js';

/** Compiles a workflow that lists for each step which steps may follow. */
export function compileDigraph(source: WorkflowSource, defaults: DefinitionDefaults = {}): Compiled {
  const edges = source.flow as Edges;
  const [named, rescues] = [namesIn(edges), rescuesIn(source)];
  const steps = source.steps.filter(({ name, options }) => named.has(name) && !options.unsolicited);
  const { blocks, first, problems } = stagedDigraph(source, steps, edges, (step) => nodeBlock(step, edges));
  const compiled = new Layout(source, defaults).graph(blocks, first, asideOf(source, named, rescues));
  const rescued = { ...source, steps: source.steps.filter(({ name }) => named.has(name) || !rescues.has(name)) };
  return { ...compiled, problems: [...digraphProblems(rescued), ...problems, ...compiled.problems] };
}

/** The body may choose among the written edges by name or by index, even if only one is written. */
function nodeBlock(step: WrittenStep, edges: Edges): StepBlock {
  const chooses = Object.hasOwn(edges, step.name) && edges[step.name]?.length !== 0;
  return { kind: 'step', name: step.name, step, edges: edgesFrom(edges, step.name), ...(chooses && { byIndex: true }) };
}

/** The steps beside a flow: unsolicited steps, and steps that only an `onError` leads to. */
export function asideOf(source: WorkflowSource, placed: ReadonlySet<string>, rescues: ReadonlySet<string>): Block[] {
  return source.steps
    .filter(({ name, options }) => options.unsolicited || (rescues.has(name) && !placed.has(name)))
    .map((step) => (step.options.unsolicited ? stepBlock(step) : wrapped({ kind: 'step', name: step.name, step })));
}
