import { type Block, outermostName, type StepBlock, wrapped } from './blocks.js';
import { type Edges, edgesFrom, START } from './digraph-names.js';
import { END } from './graph.js';
import type { WorkflowSource, WrittenStep } from './source.js';
import { stageBlock, listedStage } from './stages.js';

/** A digraph whose stages are blocks. */
export interface StagedDigraph {
  readonly blocks: readonly Block[];
  readonly first: string;
  readonly problems: readonly string[];
}

/** Makes blocks of the steps of a digraph, and puts those of one stage into the block of the stage. */
export function stagedDigraph(source: WorkflowSource, steps: readonly WrittenStep[], edges: Edges, blockOf: (step: WrittenStep) => StepBlock): StagedDigraph {
  const ways = new StageWays(source, steps, edges);
  const block = (step: WrittenStep): Block => wrapped({ ...blockOf(step), to: ways.leadsTo(step) });
  const blocks = steps.flatMap((step, i): Block[] => {
    const name = listedStage(source, step);
    if (name === undefined) return [block(step)];
    const inside = steps.filter((other) => listedStage(source, other) === name);
    if (steps.indexOf(inside[0]!) !== i) return [];
    const ordered = inside.toSorted((a, b) => Number(ways.isEntry(b)) - Number(ways.isEntry(a)));
    return [stageBlock({ name, options: source.options.stages![name]! }, ordered.map(block), ways.after(name))];
  });
  return { blocks, first: ways.target(undefined, edgesFrom(edges, START)[0]!), problems: ways.problems() };
}

/** The ways into stages and out of them. */
class StageWays {
  /** Step → its stage. */
  private readonly homes: ReadonlyMap<string, string>;
  private readonly entries = new Map<string, Set<string>>();
  private readonly exits = new Map<string, Set<string>>();

  constructor(
    private readonly source: WorkflowSource,
    steps: readonly WrittenStep[],
    private readonly edges: Edges,
  ) {
    this.homes = new Map(steps.flatMap((step) => (listedStage(source, step) === undefined ? [] : [[step.name, listedStage(source, step)!]])));
    for (const from of [START, ...steps.map(({ name }) => name)]) for (const to of edgesFrom(edges, from)) this.note(this.homes.get(from), to);
  }

  private note(from: string | undefined, to: string): void {
    const into = this.homes.get(to);
    if (from === into) return;
    if (into !== undefined) this.entries.set(into, (this.entries.get(into) ?? new Set()).add(to));
    if (from !== undefined && to !== END) this.exits.set(from, (this.exits.get(from) ?? new Set()).add(to));
  }

  /** Where an edge leads: into a stage by the stage, and out of one to its end. */
  target(from: string | undefined, to: string): string {
    const into = this.homes.get(to);
    if (from === into) return to;
    if (from !== undefined) return END;
    return into === undefined ? to : outermostName(into, this.source.options.stages![into]!);
  }

  leadsTo({ name }: WrittenStep): string[] {
    return edgesFrom(this.edges, name).map((to) => this.target(this.homes.get(name), to));
  }

  /** Where the flow goes on after a stage. */
  after(stage: string): string[] {
    return [...(this.exits.get(stage) ?? [END])].slice(0, 1).map((to) => this.target(undefined, to));
  }

  isEntry({ name }: WrittenStep): boolean {
    return this.entries.get(this.homes.get(name)!)?.has(name) === true;
  }

  problems(): string[] {
    return Object.keys(this.source.options.stages ?? {}).flatMap((stage) => [
      ...several(this.entries.get(stage), (names) => `the stage "${stage}" is entered at ${names}, but it begins at one step: lead to that one.`),
      ...several(this.exits.get(stage), (names) => `the stage "${stage}" leads to ${names}, but it goes on at one step, when all of it has ended: lead to that one, and choose there.`),
    ]); // prettier-ignore
  }
}

function several(names: ReadonlySet<string> | undefined, problem: (names: string) => string): string[] {
  return names === undefined || names.size < 2 ? [] : [problem([...names].map((name) => `"${name}"`).join(' and '))];
}
