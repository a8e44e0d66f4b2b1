import { type Edges, namesIn, START } from '../digraph-names.js';
import { END } from '../graph.js';
import type { WorkflowSource } from '../source.js';
import { didYouMean } from '../suggest.js';
import type { Problems } from './values.js';

/** What is wrong with a digraph, seen beside the steps there are. */
export function* digraphProblems(source: WorkflowSource): Problems {
  const edges = source.flow as Edges;
  const misshapen = Object.keys(edges).filter((name) => !Array.isArray(edges[name]));
  for (const name of misshapen)
    yield `its flow has no list for "${name}". Say ${name}: ['${typeof edges[name] === 'string' ? (edges[name] as string) : '...'}'].`;
  yield* startProblems(source, edges);
  for (const [name, list] of Object.entries(edges)) if (Array.isArray(list) && new Set(list).size < list.length) yield `its flow names an edge of "${name}" twice.`; // prettier-ignore
  yield* strangers(source, edges);
}

function* startProblems({ steps }: WorkflowSource, edges: Edges): Problems {
  const start = edges[START];
  if (start === undefined) yield `its flow does not say where it starts. Say ${START}: ['${firstOf(steps, edges)}'].`;
  else if (start.length > 1) yield `its flow starts at several steps. Say one, which leads to the others.`;
  else if (Object.values(edges).some((list) => Array.isArray(list) && list.includes(START))) yield `its flow leads back to "${START}". Name the first step instead.`; // prettier-ignore
  if (steps.some(({ name }) => name === START)) yield `a step of a digraph cannot be called "${START}": that is how its flow says where it starts.`;
}

/** The step most likely meant: the first the flow has edges for, or the first there is. */
function firstOf(steps: WorkflowSource['steps'], edges: Edges): string {
  const names = steps.map(({ name }) => name);
  return Object.keys(edges).find((name) => names.includes(name)) ?? names[0] ?? '...';
}

/** Names that are no steps; if there are none, steps that nobody names. */
function* strangers({ steps, document }: WorkflowSource, edges: Edges): Problems {
  const flow = steps.filter((step) => !step.options.unsolicited).map(({ name }) => name);
  const aside = steps.filter((step) => step.options.unsolicited).map(({ name }) => name);
  const unknown = [...namesIn(edges)].filter((name) => !flow.includes(name));
  for (const name of unknown) {
    if (aside.includes(name)) yield besideTheFlow(name);
    else yield `its flow names "${name}", which is not a step.${didYouMean(name, [...flow, START, END])}`;
  }
  if (unknown.length === 0) yield* unnamed(flow, namesIn(edges), document !== undefined);
}

export function besideTheFlow(name: string): string {
  return `its flow names "${name}", which is unsolicited and so stands beside it. Leave out one of the two.`;
}

/** Steps that no flow names. */
export function* unnamed(steps: readonly string[], named: ReadonlySet<string>, inDocument: boolean): Problems {
  const remedy = inDocument ? 'leave it out' : 'leave out its @Step()';
  for (const name of steps) if (!named.has(name)) yield `"${name}" is a step, but its flow never names it. Name it there, or ${remedy}.`;
}
