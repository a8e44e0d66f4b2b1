import { type Block, type Blocks, type StepBlock, wrapped } from './blocks.js';
import { Layout } from './layout.js';
import type { Compiled, DefinitionDefaults, WorkflowSource, WrittenStep } from './source.js';

/** Compiles a workflow whose steps run in the order written. */
export function compileWrittenOrder(source: WorkflowSource, defaults: DefinitionDefaults = {}): Compiled {
  const flow = source.steps.filter((step) => !step.options.unsolicited);
  const aside = source.steps.filter((step) => step.options.unsolicited).map((step) => stepBlock(step));
  const compiled = new Layout(source, defaults).flow(joinedParts(placesOf(flow)), aside);
  return { ...compiled, source }; // with its steps in the order written
}

/* ---------------------------------------------------------- what stands where ---- */

/** One place in the order: a step, or neighbours that run together. */
interface WrittenPlace {
  readonly steps: readonly WrittenStep[];
  readonly group?: string;
}

/** Puts neighbours that name the same group into one place. */
function placesOf(steps: readonly WrittenStep[]): WrittenPlace[] {
  const places: WrittenPlace[] = [];
  for (const step of steps) {
    const group = groupOf(step);
    const last = places.at(-1);
    if (group !== undefined && last?.group === group) places[places.length - 1] = { group, steps: [...last.steps, step] };
    else places.push({ steps: [step], ...(group !== undefined && { group }) });
  }
  return places;
}

export function groupOf({ options: { parallel } }: WrittenStep): string | undefined {
  return typeof parallel === 'object' && parallel !== null ? parallel.group : parallel;
}

function blockOf({ steps, group }: WrittenPlace): Block {
  if (group === undefined) return wrapped(stepBlock(steps[0]!));
  const { join, losers } = joinOf(steps[0]!);
  return { kind: 'fork', name: forkName(group, join), branches: steps.map((step) => [wrapped({ kind: 'step', name: step.name, step })]), join, losers };
}

export function joinOf({ options: { parallel } }: WrittenStep): { join: 'all' | 'any'; losers: 'cancel' | 'finish' } {
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
function joinedParts(places: readonly WrittenPlace[]): Blocks {
  let forks = 0;
  let branches: Blocks[] = [];
  const together = (): Blocks => (branches.length < 2 ? (branches[0] ?? []) : [{ kind: 'fork', name: `independent ${++forks}`, branches, join: 'all', losers: 'cancel' }]); // prettier-ignore
  for (const place of places) {
    const independent = place.group === undefined && place.steps[0]!.options.independent === true;
    branches = independent ? [...branches, [blockOf(place)]] : [[...together(), blockOf(place)]];
  }
  return together();
}
