import { type Block, type Blocks, type StepBlock, wrapped } from './blocks.js';
import { Layout } from './layout.js';
import type { Compiled, DefinitionDefaults, WorkflowSource, WrittenStep } from './source.js';
import { isStageOfSteps, leadingIntoStages, stageBlock, type StageSteps, stagesIn } from './stages.js';

/** Compiles a workflow whose steps run in the order written. */
export function compileWrittenOrder(source: WorkflowSource, defaults: DefinitionDefaults = {}): Compiled {
  const flow = source.steps.filter((step) => !step.options.unsolicited);
  const aside = source.steps.filter((step) => step.options.unsolicited).map((step) => stepBlock(step));
  const parts = stagesIn(source, flow);
  const compiled = new Layout(source, defaults).flow(leadingIntoStages(joinedParts(placesOf(parts)), parts), aside);
  return { ...compiled, source }; // with its steps in the order written
}

/* ---------------------------------------------------------- what stands where ---- */

/** One place in the order: a step, a stage, or neighbours that run together. */
interface WrittenPlace {
  readonly parts: readonly Part[];
  readonly group?: string;
}

/** Puts neighbours that name the same group into one place. */
function placesOf(parts: readonly Part[]): WrittenPlace[] {
  const places: WrittenPlace[] = [];
  for (const part of parts) {
    const group = groupOf(part);
    const last = places.at(-1);
    if (group !== undefined && last?.group === group) places[places.length - 1] = { group, parts: [...last.parts, part] };
    else places.push({ parts: [part], ...(group !== undefined && { group }) });
  }
  return places;
}

/** A step, or the steps of a stage. */
type Part = WrittenStep | StageSteps;

export function groupOf({ options: { parallel } }: Pick<Part, 'options'>): string | undefined {
  return typeof parallel === 'object' && parallel !== null ? parallel.group : parallel;
}

function blockOf({ parts, group }: WrittenPlace): Block {
  if (group === undefined) return partBlock(parts[0]!, stepBlock);
  const { join, losers } = joinOf(parts[0]!);
  const branches = parts.map((part) => [partBlock(part, (step) => ({ kind: 'step', name: step.name, step }))]);
  return { kind: 'fork', name: forkName(group, join), branches, join, losers };
}

function partBlock(part: Part, single: (step: WrittenStep) => StepBlock): Block {
  return isStageOfSteps(part) ? stageBlock(part, joinedParts(placesOf(part.steps), `${part.name} `)) : wrapped(single(part));
}

export function joinOf({ options: { parallel } }: Pick<Part, 'options'>): { join: 'all' | 'any'; losers: 'cancel' | 'finish' } {
  const { join = 'all', losers = 'cancel' } = typeof parallel === 'object' && parallel !== null ? parallel : {};
  return { join, losers };
}

/** No method can have this name. */
export function forkName(group: string, join: 'all' | 'any' = 'all'): string {
  return `${group} (${join})`;
}

export function stepBlock(step: WrittenStep): StepBlock {
  const { next } = step.options;
  return { kind: 'step', name: step.name, step, ...(next !== undefined && { edges: [next].flat() as string[] }), decides: Array.isArray(next) };
}

/* ---------------------------------------------------- what starts with the process ---- */

/**
 * An independent step starts with the process. Any other step waits for all steps written before it. So independent steps collect
 * as branches of one fork, until a step that waits for all of them.
 */
function joinedParts(places: readonly WrittenPlace[], around = ''): Blocks {
  let forks = 0;
  let branches: Blocks[] = [];
  const together = (): Blocks => (branches.length < 2 ? (branches[0] ?? []) : [{ kind: 'fork', name: `${around}independent ${++forks}`, branches, join: 'all', losers: 'cancel' }]); // prettier-ignore
  for (const place of places) {
    const [first] = place.parts;
    const independent = place.group === undefined && !isStageOfSteps(first!) && first!.options.independent === true;
    branches = independent ? [...branches, [blockOf(place)]] : [[...together(), blockOf(place)]];
  }
  return together();
}
