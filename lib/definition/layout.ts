import { type BesideBlock, type Block, type Blocks, type ChoiceBlock, type EachBlock, firstIn, type ForkBlock, guarding, lastBranchOf, partsOf, type RecurBlock, skippedBy, type StageBlock, type StepBlock, stepOf, stepsIn, targetsOf } from './blocks.js'; // prettier-ignore
import { atStep } from './document-paths.js';
import { END, type ErrorRule, type Node } from './graph.js';
import { boundMethod, codeOf, configOf, fromContext, momentFrom, only } from './node-code.js';
import type { Compiled, DefinitionDefaults, NodeCode, WorkflowSource, WrittenStep } from './source.js';
import { unlabelled } from './stages.js';
import { stepNode, timing } from './step-node.js';
import { undoNode, UndoSteps } from './undo-step.js';
import { updatesOf } from './updates.js';
import { wholeStageName } from './whole-stage.js';

/** The nodes that follow a block: none, one, or those that its body chooses from. */
type Onward = readonly string[];

/** Lays blocks out as nodes and edges. Never throws: the verifier reports what is wrong with a source, and reads the graph of a wrong one too. */
export class Layout {
  readonly problems: string[] = [];
  private readonly nodes = new Map<string, Node>();
  private readonly code = new Map<string, NodeCode>();
  /** Step name → the outermost node wrapped around the step. An edge to the step leads there. */
  private readonly entries = new Map<string, string>();
  private readonly undos = new UndoSteps();
  private readonly policy: DefinitionDefaults;

  constructor(
    private readonly source: WorkflowSource,
    private readonly defaults: DefinitionDefaults,
  ) {
    this.policy = { ...defaults, ...source.options.defaults };
  }

  /** Lays out blocks one after the other, or as the edges of their steps say. */
  flow(blocks: Blocks, aside: Blocks = []): Compiled {
    const all = [...blocks, ...aside];
    this.learn(all);
    const start = this.framed(this.entry(blocks, [END])[0]!);
    this.sequence(blocks, [END]);
    return this.compiled(start, aside, all);
  }

  /** Lays out blocks only as their edges say. */
  graph(blocks: Blocks, first: string, aside: Blocks = []): Compiled {
    const all = [...blocks, ...aside];
    this.learn(all);
    const start = this.framed(this.entryTo(first));
    for (const block of blocks) this.block(block, this.edgesOf(block) ?? [END]);
    return this.compiled(start, aside, all);
  }

  private compiled(start: string, aside: Blocks, all: Blocks): Compiled {
    const { options } = this.source;
    for (const block of aside) this.block(block, this.edgesOf(block) ?? (stepOf(block)!.step.options.unsolicited ? [] : [END]));
    const rule = this.rule(options.defaults?.onError ?? this.defaults.onError) ?? 'fail';
    return {
      source: { ...this.source, steps: stepsIn(all) },
      definition: {
        name: options.name, version: options.version ?? 1, start, nodes: this.nodes, completesEarly: options.completeWhen !== undefined, onError: rule, ...updatesOf(options),
      },
      code: this.code,
      problems: this.problems,
    }; // prettier-ignore
  }

  /** Fills `entries`, from the outermost block inwards. */
  private learn(blocks: Blocks): void {
    for (const block of blocks) {
      const step = stepOf(block);
      if (step && block.kind !== 'end' && !this.entries.has(step.name)) this.entries.set(step.name, block.name);
      for (const part of partsOf(block)) this.learn(part);
    }
  }

  /** Puts the whole flow into one stage if the workflow has a `within`. */
  private framed(start: string): string {
    const { name, within } = this.source.options;
    if (within === undefined) return start;
    const whole = wholeStageName(name);
    this.add({ kind: 'stage', name: whole, body: start, next: [END], within: timing(within), required: true }, { within: momentFrom(within) });
    return whole;
  }

  /** `step`: the step that the node is made of, or the first one inside. */
  private add(node: Node, code: NodeCode, step?: WrittenStep): void {
    if (this.nodes.has(node.name))
      this.problems.push(`${step ? atStep(step) : ''}two things in its flow are called "${node.name}". Give one of them another name.`);
    this.nodes.set(node.name, node);
    this.code.set(node.name, only(code));
  }

  /* ------------------------------------------------------------- the way on ---- */

  private entry([first]: Blocks, onward: Onward): Onward {
    if (first === undefined) return onward;
    if (first.kind === 'end') return [END];
    return [first.kind === 'recur' ? first.pause.name : first.name];
  }

  private entryTo(name: string): string {
    return this.entries.get(name) ?? name;
  }

  private edgesOf(block: Block): Onward | undefined {
    return targetsOf(block)?.map((name) => this.entryTo(name));
  }

  /**
   * The nodes that follow a block. Branches of a decision do not fall through: each continues after the last branch. Otherwise a
   * forgotten `next` on `pay` would run `reject`.
   */
  private onwardFrom(blocks: Blocks, i: number, onward: Onward): Onward {
    const after = lastBranchOf(blocks, i) ?? i;
    return this.edgesOf(blocks[i]!) ?? this.entry(blocks.slice(after + 1), onward);
  }

  private rule(rule: unknown): ErrorRule | undefined {
    const given = rule as ErrorRule | undefined;
    return typeof given === 'object' && given !== null ? { next: this.entryTo(given.next) } : given;
  }

  private ruled(rule: unknown): { onError?: ErrorRule } {
    const found = this.rule(rule);
    return found === undefined ? {} : { onError: found };
  }

  /* ------------------------------------------------------------- the blocks ---- */

  private sequence(blocks: Blocks, onward: Onward): void {
    for (const [i, block] of blocks.entries()) {
      if (block.kind === 'beside') return this.beside(block, blocks.slice(i + 1), onward);
      this.block(block, this.onwardFrom(blocks, i, onward));
    }
  }

  private block(block: Block, onward: Onward): void {
    if (block.kind === 'step') return this.step(block, onward);
    if (block.kind === 'choice') return this.choice(block, onward);
    if (block.kind === 'fork') return this.fork(block, onward);
    if (block.kind === 'each') return this.each(block, onward);
    if (block.kind === 'stage') return this.stage(block, onward);
    if (block.kind === 'recur') return this.recur(block);
  }

  private step({ step, edges, byIndex, branches }: StepBlock, onward: Onward): void {
    const bodies = Object.values(branches ?? {});
    const next = branches ? bodies.map((body) => this.entry(body, onward)[0] ?? END) : onward;
    const said = branches ? Object.keys(branches) : (edges ?? next);
    const labels = branches !== undefined || ((next.length > 1 || byIndex) && next.some((name, i) => name !== said[i]));
    const [code, undo] = [codeOf(step, this.source, this.policy), this.undos.of(step)];
    const placed = { next, ...(labels && { labels: said }), ...(byIndex && next.length > 0 && { byIndex }), ...this.ruled(step.options.onError) };
    this.add(stepNode(unlabelled(this.source, step), placed, code.compensate !== undefined, this.policy, undo), code, step);
    if (undo?.isNew) this.add(undoNode(undo, this.policy), codeOf(undo, this.source, this.policy), step);
    for (const body of bodies) this.sequence(body, onward);
  }

  private choice({ name, test, body, loops, of }: ChoiceBlock, onward: Onward): void {
    const after = loops ? [name] : onward;
    const then = this.entry(body, after)[0] ?? END;
    const node: Node = { kind: 'choice', name, then, otherwise: onward[0] ?? END, ...guarding(of), ...skippedBy(loops, body) };
    this.add(node, { test: fromContext(test), ...configOf(of, this.source) }, of);
    this.inside(body, after, of);
  }

  private each({ name, items, concurrency, body, of }: EachBlock, next: Onward): void {
    const limit = concurrency !== undefined && { concurrency };
    const node: Node = { kind: 'each', name, body: this.entry(body, [])[0] ?? END, ...limit, next, ...guarding(of) };
    this.add(node, { items: fromContext(items), ...configOf(of, this.source) }, of);
    this.inside(body, [], of);
  }

  /** A step that is wrapped by an option of its own gets `onward`: its own edges belong to the wrapper. */
  private inside(body: Blocks, onward: Onward, of: WrittenStep | undefined): void {
    if (of) this.block(body[0]!, onward);
    else this.sequence(body, onward);
  }

  private fork({ name, branches, join, losers }: ForkBlock, next: Onward): void {
    this.add({ kind: 'fork', name, branches: branches.map((branch) => this.entry(branch, [])[0] ?? END), join, losers, next }, {}, firstIn(branches[0]));
    for (const branch of branches) this.sequence(branch, []);
  }

  private beside({ name, body }: BesideBlock, rest: Blocks, onward: Onward): void {
    this.fork({ kind: 'fork', name, branches: [body, rest], join: 'all', losers: 'cancel' }, onward);
  }

  private stage({ name, body, policy }: StageBlock, next: Onward): void {
    const { within, required = true, onError, overdue } = policy;
    const limits = { ...(within !== undefined && { within: timing(within) }), ...(overdue && { overdue: timing(overdue.after) }) };
    this.add(
      { kind: 'stage', name, body: this.entry(body, [])[0] ?? END, next, ...limits, required, ...this.ruled(onError) },
      { within: momentFrom(within), overdue: momentFrom(overdue?.after), remind: boundMethod(this.source.instance, overdue?.do) },
    );
    this.sequence(body, []);
  }

  private recur({ name, pause, until, body }: RecurBlock): void {
    this.step(pause, [name]);
    this.add({ kind: 'choice', name, then: END, otherwise: this.entry(body, [pause.name])[0]! }, { test: fromContext(until) });
    this.sequence(body, [pause.name]);
  }
}
