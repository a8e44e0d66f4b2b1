import { type Block, wrapped } from './blocks.js';
import { type Edges, edgesFrom, namesIn, rescuesIn, START } from './digraph-names.js';
import { Layout } from './layout.js';
import type { Compiled, DefinitionDefaults, WorkflowSource, WrittenStep } from './source.js';
import { digraphProblems } from './verify/digraph-problems.js';
import { stepBlock } from './written-order.js';

/** Compiles a workflow that lists for each step which steps may follow. */
export function compileDigraph(source: WorkflowSource, defaults: DefinitionDefaults = {}): Compiled {
  const edges = source.flow as Edges;
  const [named, rescues] = [namesIn(edges), rescuesIn(source)];
  const steps = source.steps.filter(({ name, options }) => named.has(name) && !options.unsolicited);
  const blocks = steps.map((step) => nodeBlock(step, edges));
  const compiled = new Layout(source, defaults).graph(blocks, edgesFrom(edges, START)[0]!, asideOf(source, named, rescues));
  const rescued = { ...source, steps: source.steps.filter(({ name }) => named.has(name) || !rescues.has(name)) };
  return { ...compiled, problems: [...digraphProblems(rescued), ...compiled.problems] };
}

/** The body may choose among the written edges by name or by index, even if only one is written. */
function nodeBlock(step: WrittenStep, edges: Edges): Block {
  const chooses = Object.hasOwn(edges, step.name) && edges[step.name]?.length !== 0;
  return wrapped({ kind: 'step', name: step.name, step, edges: edgesFrom(edges, step.name), ...(chooses && { byIndex: true }) });
}

/** The steps beside a flow: unsolicited steps, and steps that only an `onError` leads to. */
export function asideOf(source: WorkflowSource, placed: ReadonlySet<string>, rescues: ReadonlySet<string>): Block[] {
  return source.steps
    .filter(({ name, options }) => options.unsolicited || (rescues.has(name) && !placed.has(name)))
    .map((step) => (step.options.unsolicited ? stepBlock(step) : wrapped({ kind: 'step', name: step.name, step })));
}
