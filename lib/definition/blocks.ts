import type { WrittenStep } from './source.js';

/**
 * A flow as a tree, before it is laid out as nodes and edges: what follows a block is the block after it. Names are given, so
 * that a block can be led to before it is laid.
 */
export type Block = StepBlock | ChoiceBlock | EachBlock | ForkBlock | StageBlock | BesideBlock | RecurBlock | EndBlock;
export type Blocks = readonly Block[];

export interface StepBlock {
  readonly kind: 'step';
  readonly name: string;
  readonly step: WrittenStep;
  /** The steps that may follow, by name. Left out: what follows the block. */
  readonly edges?: readonly string[];
  /** A list of edges: its body chooses, also of one. */
  readonly decides?: boolean;
  readonly byIndex?: true;
  /** What its body may say, and what is done then. */
  readonly branches?: Readonly<Record<string, Blocks>>;
}

/** `test`, `items`: a function of the context, or a key of it. */
export interface ChoiceBlock {
  readonly kind: 'choice';
  readonly name: string;
  readonly test: unknown;
  readonly body: Blocks;
  readonly loops: boolean;
  readonly of?: WrittenStep;
}

export interface EachBlock {
  readonly kind: 'each';
  readonly name: string;
  readonly items: unknown;
  readonly concurrency?: number;
  readonly body: Blocks;
  readonly of?: WrittenStep;
}

export interface ForkBlock {
  readonly kind: 'fork';
  readonly name: string;
  readonly branches: readonly Blocks[];
  readonly join: 'all' | 'any';
  readonly losers: 'cancel' | 'finish';
}

export interface StageBlock {
  readonly kind: 'stage';
  readonly name: string;
  readonly body: Blocks;
  readonly policy: Pick<WrittenStep['options'], 'within' | 'required' | 'onError' | 'overdue'>;
}

/** Runs beside all that follows it. */
export interface BesideBlock {
  readonly kind: 'beside';
  readonly name: string;
  readonly body: Blocks;
}

/** `pause` → `until`? the end : body, and again. */
export interface RecurBlock {
  readonly kind: 'recur';
  readonly name: string;
  readonly pause: StepBlock;
  readonly until: unknown;
  readonly body: Blocks;
}

export interface EndBlock {
  readonly kind: 'end';
}

/** What a step's own `if`, `while` and `forEach` put around it. No method can be called so. */
export function wrapped(block: StepBlock): Block {
  const { step, name } = block;
  const { if: condition, while: loop, forEach, concurrency } = step.options;
  let whole: Block = block;
  if (forEach !== undefined) whole = { kind: 'each', name: `${name} (each)`, items: forEach, ...(concurrency !== undefined && { concurrency }), body: [whole], of: step }; // prettier-ignore
  if (loop !== undefined) whole = { kind: 'choice', name: `${name} (while)`, test: loop, loops: true, body: [whole], of: step };
  if (condition !== undefined) whole = { kind: 'choice', name: `${name} (if)`, test: condition, loops: false, body: [whole], of: step };
  return whole;
}

/** What the node of such a wrapping says of its step. */
export function guarding(step: WrittenStep | undefined): { of?: string } {
  return step ? { of: step.name } : {};
}

/** The step inside what `wrapped` put around it. */
export function stepOf(block: Block): StepBlock | undefined {
  if (block.kind === 'step') return block;
  return 'of' in block && block.of && block.body[0] ? stepOf(block.body[0]) : undefined;
}

/** The blocks in a block. */
export function partsOf(block: Block): readonly Blocks[] {
  if (block.kind === 'step') return Object.values(block.branches ?? {});
  if (block.kind === 'fork') return block.branches;
  if (block.kind === 'recur') return [[block.pause], block.body];
  return block.kind === 'end' ? [] : [block.body];
}

/** Of a branch of a decision before it; one chosen by a later decision is a loop, and goes on as written. */
export function lastBranchOf(blocks: Blocks, i: number): number | undefined {
  const name = stepOf(blocks[i]!)?.name;
  const decision = blocks.slice(0, i).find((block) => name !== undefined && choicesOf(block).includes(name));
  return decision && Math.max(...choicesOf(decision).map((choice) => blocks.findIndex((block) => stepOf(block)?.name === choice)));
}

function choicesOf(block: Block): readonly string[] {
  const step = stepOf(block);
  return (step?.decides && step.edges) || [];
}

/** The step that comes first in them. */
export function firstIn([first]: Blocks = []): WrittenStep | undefined {
  if (!first) return undefined;
  return first.kind === 'step' ? first.step : firstIn(partsOf(first)[0]);
}

/** All the steps in them, in the order they stand. */
export function stepsIn(blocks: Blocks): WrittenStep[] {
  return blocks.flatMap((block) => [...(block.kind === 'step' ? [block.step] : []), ...partsOf(block).flatMap(stepsIn)]);
}
