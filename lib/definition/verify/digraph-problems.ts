import { type Edges, namesIn, placesIn, START } from '../digraph-names.js';
import { atStep, inFlow } from '../document-paths.js';
import { END } from '../graph.js';
import type { WorkflowSource, WrittenStep } from '../source.js';
import { didYouMean } from '../../values/suggest.js';
import type { Problems } from './value-problems.js';

/** Compares a digraph with the steps of the workflow. */
export function* digraphProblems(source: WorkflowSource): Problems {
  const edges = source.flow as Edges;
  const misshapen = Object.keys(edges).filter((name) => !Array.isArray(edges[name]));
  for (const name of misshapen)
    yield `its flow has no list for "${name}". Say ${name}: ['${typeof edges[name] === 'string' ? (edges[name] as string) : '...'}'].`;
  yield* startProblems(source, edges);
  yield* repeatedEdges(source, edges);
  yield* strangers(source, edges);
}

function* startProblems(source: WorkflowSource, edges: Edges): Problems {
  const { steps } = source;
  const start = edges[START];
  if (start === undefined) yield* inFlow(source, [''], `its flow does not say where it starts. Say ${START}: ['${firstOf(steps, edges)}'].`);
  else if (start.length > 1) yield* inFlow(source, [`.${START}[1]`], `its flow starts at several steps. Say one, which leads to the others.`);
  else yield* inFlow(source, placesIn(edges).get(START) ?? [], `its flow leads back to "${START}". Name the first step instead.`);
  for (const step of steps)
    if (step.name === START) yield `${atStep(step)}a step of a digraph cannot be called "${START}": that is how its flow says where it starts.`;
}

function* repeatedEdges(source: WorkflowSource, edges: Edges): Problems {
  for (const [name, list] of Object.entries(edges)) {
    if (!Array.isArray(list)) continue;
    const again = list.flatMap((to, i) => (list.indexOf(to) < i ? [`.${name}[${i}]`] : []));
    yield* inFlow(source, again, `its flow names an edge of "${name}" twice.`);
  }
}

/** The step most likely meant: the first one with edges in the flow, else the first step. */
function firstOf(steps: WorkflowSource['steps'], edges: Edges): string {
  const names = steps.map(({ name }) => name);
  return Object.keys(edges).find((name) => names.includes(name)) ?? names[0] ?? '...';
}

/** Reports names that are not steps. If there are none, reports steps that the flow never names. */
function* strangers(source: WorkflowSource, edges: Edges): Problems {
  const flow = source.steps.filter((step) => !step.options.unsolicited);
  const names = flow.map(({ name }) => name);
  const aside = source.steps.filter((step) => step.options.unsolicited).map(({ name }) => name);
  const places = placesIn(edges);
  const unknown = [...namesIn(edges)].filter((name) => !names.includes(name));
  for (const name of unknown) yield* inFlow(source, places.get(name)!, aside.includes(name) ? besideTheFlow(name) : noStep(name, names));
  if (unknown.length === 0) yield* unnamed(flow, namesIn(edges));
}

function noStep(name: string, names: readonly string[]): string {
  return `its flow names "${name}", which is not a step.${didYouMean(name, [...names, START, END])}`;
}

export function besideTheFlow(name: string): string {
  return `its flow names "${name}", which is unsolicited and so stands beside it. Leave out one of the two.`;
}

/** Reports steps that the flow never names. */
export function* unnamed(steps: readonly WrittenStep[], named: ReadonlySet<string>): Problems {
  for (const step of steps) {
    const remedy = step.path === undefined ? 'leave out its @Step()' : 'leave it out';
    if (!named.has(step.name)) yield `${atStep(step)}"${step.name}" is a step, but its flow never names it. Name it there, or ${remedy}.`;
  }
}
