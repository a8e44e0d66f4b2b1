/**
 * What a workflow should do, said once more and as plainly as it can be: an interpreter of the flow as a tree. It knows no
 * graph, no keys, no rows and no versions; the engine is held against it, event by event.
 */

export type Block = StepBlock | IfBlock | WhileBlock | ForkBlock | EachBlock | StageBlock;
export interface StepBlock {
  readonly kind: 'step';
  readonly name: string;
  readonly how: 'plain' | 'request' | 'queue' | 'timer';
  readonly tries: number;
  readonly required: boolean;
  /** When it has failed for good, this step comes instead. */
  readonly rescue?: StepBlock;
}
export interface IfBlock {
  readonly kind: 'if';
  readonly name: string;
  readonly body: readonly Block[];
}
export interface WhileBlock {
  readonly kind: 'while';
  readonly name: string;
  readonly body: readonly Block[];
}
export interface ForkBlock {
  readonly kind: 'fork';
  readonly name: string;
  readonly join: 'all' | 'any';
  readonly losers: 'cancel' | 'finish';
  readonly branches: readonly (readonly Block[])[];
}
export interface EachBlock {
  readonly kind: 'each';
  readonly name: string;
  readonly concurrency?: number;
  readonly body: readonly Block[];
}
export interface StageBlock {
  readonly kind: 'stage';
  readonly name: string;
  readonly required: boolean;
  readonly within: boolean;
  readonly body: readonly Block[];
}

/** What the context says. */
export interface Context {
  test(name: string): boolean;
  size(name: string): number;
}

export type Phase = 'ask' | 'wait' | 'task' | 'timer' | 'run' | 'fault';
/** What is finished before the end, also by who has lost. */
const AT_WORK: ReadonlySet<Phase> = new Set<Phase>(['run', 'ask', 'task']);

/** What is left to do in a branch: blocks from one on, and what comes behind them. */
interface Rest {
  readonly blocks: readonly Block[];
  readonly at: number;
  readonly behind: Rest | null;
}

export interface Visit {
  readonly kind: 'visit';
  readonly step: StepBlock;
  readonly order: number;
  readonly branch: Branch;
  readonly rest: Rest;
  /** Where it is tried again. */
  begins: Exclude<Phase, 'fault'>;
  phase: Phase;
  tried: number;
  previous: number | undefined;
}

export interface Hold {
  readonly kind: 'hold';
  readonly block: ForkBlock | EachBlock | StageBlock;
  readonly branch: Branch;
  readonly rest: Rest;
  branches: Branch[];
  pending: number[];
  fault: boolean;
  armed: boolean;
  readonly previous: number | undefined;
}

interface Branch {
  readonly of: Hold | null;
  readonly item: string;
  here: Visit | Hold | null;
  lost: boolean;
  /** An item that has not left the first step of its body. */
  fresh: boolean;
}

interface State {
  root: Branch;
  losers: Branch[];
  over: boolean;
}

export class Model {
  state!: State;
  suspended = false;
  private count = 0;

  constructor(
    private readonly program: readonly Block[],
    private readonly context: Context,
  ) {
    this.begin();
  }

  /** From the first block on; everything before is over. */
  begin(previous?: number): void {
    this.state = { root: aBranch(null, ''), losers: [], over: false };
    this.go(this.state.root, from(this.program), previous);
    this.turns();
  }

  get status(): string {
    if (this.isDone) return 'completed';
    if (this.suspended) return 'suspended';
    if (this.all().some((one) => (one.kind === 'visit' ? one.phase === 'fault' : one.fault))) return 'failed';
    return this.visits().some(({ phase }) => phase === 'run' || phase === 'ask') ? 'running' : 'waiting';
  }

  visits(): Visit[] {
    return this.all().filter((one) => one.kind === 'visit');
  }

  holds(): Hold[] {
    return this.all().filter((one) => one.kind === 'hold');
  }

  private all(): (Visit | Hold)[] {
    return this.isDone ? [] : this.everything();
  }

  private everything(): (Visit | Hold)[] {
    return [this.state.root, ...this.state.losers].flatMap(everythingIn);
  }

  /** The flow is over, and no loser is at its step any more. */
  private get isDone(): boolean {
    return this.state.over && !this.everything().some((one) => one.kind === 'visit' && AT_WORK.has(one.phase));
  }

  /** Those that run in races they have lost. */
  lost(): Visit[] {
    return this.visits().filter(({ branch }) => isLost(branch));
  }

  /** It ends with what its race was in: that is the engine's to say, as nothing follows from it. */
  forget(visit: Visit): void {
    this.end(visit.branch);
  }

  /* ------------------------------------------------------------- what happens ---- */

  finished(visit: Visit, version: number): void {
    this.go(visit.branch, visit.rest, version);
    this.turns();
  }

  failed(visit: Visit, forGood: boolean): void {
    visit.tried++;
    if (!forGood && visit.tried < visit.step.tries) visit.phase = visit.begins;
    else this.failedForGood(visit);
    this.turns();
  }

  private failedForGood(visit: Visit): void {
    const { step, branch, rest, previous } = visit;
    if (isLost(branch)) return this.end(branch);
    if (!step.required) return this.go(branch, rest, previous);
    if (step.rescue) return this.enter(branch, step.rescue, rest, previous);
    if (!this.failUpwards(branch)) visit.phase = 'fault';
  }

  tookTooLong(stage: Hold): void {
    stage.armed = false;
    const { required } = stage.block as StageBlock;
    if (isLost(stage.branch) || !required) this.go(stage.branch, stage.rest, stage.previous);
    else if (!this.failUpwards(stage.branch)) stage.fault = true;
    this.turns();
  }

  /** True: somebody around it has taken care of it. */
  private failUpwards(branch: Branch): boolean {
    for (let [at, of] = [branch, branch.of]; of; [at, of] = [of.branch, of.branch.of]) {
      if (of.block.kind === 'stage' && !of.block.required) return (this.go(of.branch, of.rest, of.previous), true);
      if (of.block.kind !== 'fork' || of.block.join === 'all' || of.branches.length < 2) continue;
      of.branches = of.branches.filter((each) => each !== at);
      return true;
    }
    return false;
  }

  retried(): void {
    for (const one of this.all()) {
      if (one.kind === 'hold' && one.fault) Object.assign(one, { fault: false, armed: true });
      if (one.kind === 'visit' && one.phase === 'fault') Object.assign(one, { phase: one.begins, tried: 0 });
    }
  }

  /** As it stood once, but who asked asks anew, who had lost is gone, and items at their first step wait for their turn. */
  restarted(then: State): void {
    this.state = structuredClone(then);
    this.state.losers = [];
    this.suspended = false;
    for (const hold of this.holds()) {
      Object.assign(hold, { fault: false, armed: true, previous: undefined });
      const fresh = hold.branches.filter((branch) => branch.fresh);
      hold.branches = hold.branches.filter((branch) => !branch.fresh);
      hold.pending = [...fresh.map(({ item }) => Number(item.split('.').at(-1))), ...hold.pending].sort((a, b) => a - b);
    }
    for (const visit of this.visits()) Object.assign(visit, { phase: firstOf(visit.step), begins: firstOf(visit.step), tried: 0, previous: undefined });
    this.turns();
  }

  /* --------------------------------------------------------------- going on ---- */

  private go(branch: Branch, rest: Rest | null, previous: number | undefined): void {
    branch.here = null;
    branch.fresh = false;
    if (isLost(branch)) return this.end(branch);
    for (let at = rest; ;) {
      if (!at) return this.end(branch, previous);
      const block = at.blocks[at.at];
      const onward: Rest = { ...at, at: at.at + 1 };
      if (!block) at = at.behind;
      else if (block.kind === 'if') at = this.context.test(block.name) ? from(block.body, onward) : onward;
      else if (block.kind === 'while') at = this.context.test(block.name) ? from(block.body, at) : onward;
      else if (block.kind === 'step') return this.enter(branch, block, onward, previous);
      else if (block.kind === 'each' && this.context.size(block.name) === 0) [at, previous] = [onward, undefined];
      else return this.open(branch, block, onward, previous);
    }
  }

  private enter(branch: Branch, step: StepBlock, rest: Rest, previous: number | undefined): void {
    const begins = firstOf(step);
    branch.fresh = false;
    branch.here = { kind: 'visit', step, order: ++this.count, branch, rest, begins, phase: begins, tried: 0, previous };
  }

  private open(branch: Branch, block: ForkBlock | EachBlock | StageBlock, rest: Rest, previous: number | undefined): void {
    const hold: Hold = { kind: 'hold', block, branch, rest, branches: [], pending: [], fault: false, armed: true, previous };
    branch.here = hold;
    if (block.kind === 'each') hold.pending = Array.from({ length: this.context.size(block.name) }, (_, i) => i);
    const bodies = block.kind === 'fork' ? block.branches : block.kind === 'stage' ? [block.body] : [];
    hold.branches = bodies.map(() => aBranch(hold, branch.item));
    for (const [i, each] of [...hold.branches].entries()) if (branch.here === hold) this.go(each, from(bodies[i]!), previous);
  }

  private end(branch: Branch, previous?: number): void {
    branch.here = null;
    const { of } = branch;
    if (branch.lost) this.state.losers = this.state.losers.filter((each) => each !== branch);
    else if (!of) this.state.over = true;
    else this.endIn(of, branch, previous);
  }

  private endIn(of: Hold, branch: Branch, previous?: number): void {
    const { block } = of;
    of.branches = of.branches.filter((each) => each !== branch);
    const first = block.kind === 'fork' && block.join === 'any';
    if (!first && of.branches.length + of.pending.length > 0) return;
    if (first && block.losers === 'finish') this.lose(of.branches.filter(({ here }) => here));
    this.go(of.branch, of.rest, block.kind === 'stage' ? previous : undefined);
  }

  private lose(branches: readonly Branch[]): void {
    for (const branch of branches) branch.lost = true;
    this.state.losers.push(...branches);
  }

  /* ------------------------------------------------------------------ items ---- */

  private turns(): void {
    for (let begun = true; begun;) begun = this.holds().some((hold) => hold.pending.length > 0 && this.turn(hold));
  }

  private turn(hold: Hold): boolean {
    const each = hold.block as EachBlock;
    if (isLost(hold.branch)) return this.forgo(hold);
    if (hold.branches.length >= (each.concurrency ?? Infinity)) return false;
    const item = aBranch(hold, `${hold.branch.item}.${hold.pending.shift()!}`);
    hold.branches.push(item);
    this.go(item, from(each.body), hold.previous);
    item.fresh = each.body[0]!.kind === 'step';
    return true;
  }

  private forgo(hold: Hold): boolean {
    hold.pending = [];
    if (hold.branches.length === 0) this.end(hold.branch);
    return true;
  }
}

function from(blocks: readonly Block[], behind: Rest | null = null): Rest {
  return { blocks, at: 0, behind };
}

function aBranch(of: Hold | null, item: string): Branch {
  return { of, item, here: null, lost: false, fresh: false };
}

function firstOf({ how }: StepBlock): Exclude<Phase, 'fault'> {
  return how === 'request' ? 'ask' : how === 'queue' ? 'task' : how === 'timer' ? 'timer' : 'run';
}

function isLost(branch: Branch): boolean {
  return branch.lost || (branch.of !== null && isLost(branch.of.branch));
}

function everythingIn({ here }: Branch): (Visit | Hold)[] {
  if (!here) return [];
  return here.kind === 'visit' ? [here] : [here, ...here.branches.flatMap(everythingIn)];
}
