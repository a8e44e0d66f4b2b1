import type { WrittenStep } from './source.js';

/**
 * A flow as a tree, before the layout makes nodes and edges of it. A block is followed by the next block of its list. Blocks
 * have names here already, so that an edge can lead to a block that has no node yet.
 */
export type Block = StepBlock | ChoiceBlock | EachBlock | ForkBlock | StageBlock | BesideBlock | RecurBlock | EndBlock;
export type Blocks = readonly Block[];

export interface StepBlock {
  readonly kind: 'step';
  readonly name: string;
  readonly step: WrittenStep;
  /** Names of the steps that may follow. Default: the next block. */
  readonly edges?: readonly string[];
  /** In a digraph with stages: where the edges lead, in the same order. */
  readonly to?: readonly string[];
  /** `next` is a list: the body chooses, even from a list of one. */
  readonly decides?: boolean;
  readonly byIndex?: true;
  /** The branches of a `decide()`, by the name that the body returns. */
  readonly branches?: Readonly<Record<string, Blocks>>;
}

/** `test` here, and `items` below, are a function of the context or a key of it. */
export interface ChoiceBlock {
  readonly kind: 'choice';
  readonly name: string;
  readonly test: unknown;
  readonly body: Blocks;
  readonly loops: boolean;
  readonly of?: WrittenStep;
  readonly to?: readonly string[];
}

export interface EachBlock {
  readonly kind: 'each';
  readonly name: string;
  readonly items: unknown;
  readonly concurrency?: number;
  readonly body: Blocks;
  readonly of?: WrittenStep;
  readonly to?: readonly string[];
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
  readonly to?: readonly string[];
}

/** The body runs in parallel with everything after this block. */
export interface BesideBlock {
  readonly kind: 'beside';
  readonly name: string;
  readonly body: Blocks;
}

/** Repeats: waits for `pause`, then ends if `until` is true, else runs the body. */
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

/** Wraps a step in the blocks of its own `if`, `while` and `forEach`. No method can have their names. */
export function wrapped(block: StepBlock): Block {
  return repeated(block, block.name, block.step.options, { of: block.step });
}

/** The same for a stage. */
export function wrappedStage(block: StageBlock, options: Repeats): Block {
  return repeated(block, block.name, options, {});
}

type Repeats = Pick<WrittenStep['options'], 'if' | 'while' | 'forEach' | 'concurrency'>;

function repeated(block: Block, name: string, { if: condition, while: loop, forEach, concurrency }: Repeats, of: { readonly of?: WrittenStep }): Block {
  let whole = block;
  if (forEach !== undefined) whole = { kind: 'each', name: `${name} (each)`, items: forEach, ...(concurrency !== undefined && { concurrency }), body: [whole], ...of }; // prettier-ignore
  if (loop !== undefined) whole = { kind: 'choice', name: `${name} (while)`, test: loop, loops: true, body: [whole], ...of };
  if (condition !== undefined) whole = { kind: 'choice', name: `${name} (if)`, test: condition, loops: false, body: [whole], ...of };
  return whole;
}

/** The names of the blocks that `if`, `while` and `forEach` put around a step or stage, the outermost first. */
export function outermostName(name: string, { if: condition, while: loop, forEach }: Repeats): string {
  const suffix = condition !== undefined ? ' (if)' : loop !== undefined ? ' (while)' : forEach !== undefined ? ' (each)' : '';
  return name + suffix;
}

/** The names that a block leads to by edges of its own. */
export function targetsOf(block: Block): readonly string[] | undefined {
  const step = stepOf(block);
  return ('to' in block ? block.to : undefined) ?? step?.to ?? step?.edges;
}

/** The `of` of a wrapping node: the name of the wrapped step. */
export function guarding(step: WrittenStep | undefined): { of?: string } {
  return step ? { of: step.name } : {};
}

/** What an `if` skips: its step or stage. A loop that ends skips nothing. */
export function skippedBy(loops: boolean, body: Blocks): { skips?: string } {
  const name = body[0]?.kind === 'stage' ? body[0].name : firstIn(body)?.name;
  return loops || name === undefined ? {} : { skips: name };
}

/** The step of a block, found inside the blocks that `wrapped` put around it. */
export function stepOf(block: Block): StepBlock | undefined {
  if (block.kind === 'step') return block;
  return 'of' in block && block.of && block.body[0] ? stepOf(block.body[0]) : undefined;
}

/** The lists of blocks inside a block. */
export function partsOf(block: Block): readonly Blocks[] {
  if (block.kind === 'step') return Object.values(block.branches ?? {});
  if (block.kind === 'fork') return block.branches;
  if (block.kind === 'recur') return [[block.pause], block.body];
  return block.kind === 'end' ? [] : [block.body];
}

/** If an earlier decision can choose this block: the index of the last branch of that decision. Otherwise undefined: a step that
 * only a later decision chooses is a loop, and continues in written order. */
export function lastBranchOf(blocks: Blocks, i: number): number | undefined {
  const name = entryOf(blocks[i]!);
  const decision = blocks.slice(0, i).find((block) => name !== undefined && choicesOf(block).includes(name));
  return decision && Math.max(...choicesOf(decision).map((choice) => blocks.findIndex((block) => entryOf(block) === choice)));
}

/** The step by which a decision chooses this block: itself, or the first of a stage. */
function entryOf(block: Block): string | undefined {
  const inside = block.kind === 'stage' || ((block.kind === 'each' || block.kind === 'choice') && !block.of) ? block.body[0] : undefined;
  return inside ? entryOf(inside) : stepOf(block)?.name;
}

function choicesOf(block: Block): readonly string[] {
  const step = stepOf(block);
  return (step?.decides && step.edges) || [];
}

/** The first step in these blocks. */
export function firstIn([first]: Blocks = []): WrittenStep | undefined {
  if (!first) return undefined;
  return first.kind === 'step' ? first.step : firstIn(partsOf(first)[0]);
}

/** All steps in these blocks, in order. */
export function stepsIn(blocks: Blocks): WrittenStep[] {
  return blocks.flatMap((block) => [...(block.kind === 'step' ? [block.step] : []), ...partsOf(block).flatMap(stepsIn)]);
}
