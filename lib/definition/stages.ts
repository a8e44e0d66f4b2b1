import { type Block, type Blocks, outermostName, wrappedStage } from './blocks.js';
import type { WorkflowSource, WrittenStep } from './source.js';
import type { StageOptions } from './workflow-options.js';

/** The steps of a stage that has options. In the order written they are one place, as a single step is. */
export interface StageSteps {
  readonly name: string;
  readonly options: StageOptions;
  readonly steps: readonly WrittenStep[];
}

/** The stage with options that a step belongs to. Without options a stage is only a label. */
export function listedStage(
  { options: { stages } }: Pick<WorkflowSource, 'options'>,
  { options: { stage } }: Pick<WrittenStep, 'options'>,
): string | undefined {
  return stage !== undefined && typeof stages === 'object' && Object.hasOwn(stages, stage) ? stage : undefined;
}

/** Puts neighbours of one stage together. */
export function stagesIn(source: WorkflowSource, steps: readonly WrittenStep[]): (WrittenStep | StageSteps)[] {
  const parts: (WrittenStep | StageSteps)[] = [];
  for (const step of steps) {
    const name = listedStage(source, step);
    const last = parts.at(-1);
    if (name === undefined) parts.push(step);
    else if (last && isStageOfSteps(last) && last.name === name) parts[parts.length - 1] = { ...last, steps: [...last.steps, step] };
    else parts.push({ name, options: source.options.stages![name]!, steps: [step] });
  }
  return parts;
}

export function isStageOfSteps(part: WrittenStep | StageSteps): part is StageSteps {
  return 'steps' in part;
}

/** The block of a stage. `to`: where a digraph leads from it. */
export function stageBlock({ name, options }: Pick<StageSteps, 'name' | 'options'>, body: Blocks, to?: readonly string[]): Block {
  const { within, required, onError, overdue } = options;
  const policy = {
    ...(within !== undefined && { within }),
    ...(required !== undefined && { required }),
    ...(onError !== undefined && { onError }),
    ...(overdue !== undefined && { overdue }),
  };
  const whole = wrappedStage({ kind: 'stage', name, body, policy }, options);
  return to === undefined ? whole : ({ ...whole, to } as Block);
}

/** The step without its label, where a container says to which stage it belongs. */
export function unlabelled(source: WorkflowSource, step: WrittenStep): WrittenStep {
  if (listedStage(source, step) === undefined) return step;
  const { stage: _stage, ...options } = step.options;
  return { ...step, options };
}

/** Lets decisions outside of a stage, and each `next`, lead to the stage where they name its first step. */
export function leadingIntoStages(blocks: Blocks, parts: readonly (WrittenStep | StageSteps)[]): Blocks {
  const stages = parts.filter(isStageOfSteps).map(({ name, options, steps }) => [steps[0]!.name, outermostName(name, options)] as const);
  const entries = new Map(stages);
  return stages.length === 0 ? blocks : blocks.map((block) => leadingInto(entries, block));
}

function leadingInto(entries: ReadonlyMap<string, string>, block: Block): Block {
  if (block.kind === 'step') return block.edges ? { ...block, to: block.edges.map((name) => entries.get(name) ?? name) } : block;
  return 'of' in block && block.of ? { ...block, body: block.body.map((each) => leadingInto(entries, each)) } : block;
}
