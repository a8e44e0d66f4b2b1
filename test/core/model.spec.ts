import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isActive, type Token } from '../../lib/core/token.js';
import type { Node, WorkflowDefinition } from '../../lib/definition/graph.js';
import { aChoice, aDefinition, aFork, aMessage, anEach, type AnyToken, type AnyWait, aRace, aStage, aStepNode, hearing, NOTHING, ONCE } from './builders.js';
import { type Block, Model, type Phase, type StepBlock, type Visit } from './model.js';
import { Story, type Told } from './story.js';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 200);
/** More under way than this, and how many items are let in is no longer the plain number. */
const MOST_UNDER_WAY = 30;

/* ------------------------------------------------------------ any workflow ---- */

type Shape =
  | { readonly kind: 'step'; readonly how: StepBlock['how']; readonly tries: number; readonly required: boolean; readonly rescue: boolean }
  | { readonly kind: 'if' | 'while'; readonly body: readonly Shape[] }
  | { readonly kind: 'fork'; readonly join: 'all' | 'any'; readonly losers: 'cancel' | 'finish'; readonly branches: readonly (readonly Shape[])[] }
  | { readonly kind: 'each'; readonly concurrency: number; readonly begins: 'step' | 'stage' | 'fork'; readonly body: readonly Shape[] }
  | { readonly kind: 'stage'; readonly required: boolean; readonly within: boolean; readonly body: readonly Shape[] };

const aStepShape = fc.record({
  kind: fc.constant('step' as const),
  how: fc.constantFrom('plain', 'plain', 'plain', 'request', 'queue', 'timer'),
  tries: fc.integer({ min: 1, max: 2 }),
  required: fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
  rescue: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
});
const { shapes } = fc.letrec<{ shapes: Shape[]; shape: Shape }>((tie) => ({
  shapes: fc.array(tie('shape'), { minLength: 1, maxLength: 3 }),
  shape: fc.oneof(
    { maxDepth: 5, depthSize: 'small', withCrossShrink: true },
    { arbitrary: aStepShape, weight: 3 },
    { arbitrary: fc.record({ kind: fc.constantFrom('if', 'while'), body: tie('shapes') }), weight: 1 },
    {
      arbitrary: fc.record({
        kind: fc.constant('fork' as const),
        join: fc.constantFrom('all', 'any'),
        losers: fc.constantFrom('cancel', 'finish'),
        branches: fc.array(fc.oneof({ weight: 9, arbitrary: tie('shapes') }, { weight: 1, arbitrary: fc.constant([]) }), { minLength: 1, maxLength: 3 }),
      }),
      weight: 2,
    },
    {
      arbitrary: fc.record({
        kind: fc.constant('each' as const),
        concurrency: fc.integer({ min: 0, max: 2 }),
        begins: fc.constantFrom('step', 'stage', 'fork'),
        body: tie('shapes'),
      }),
      weight: 2,
    },
    { arbitrary: fc.record({ kind: fc.constant('stage' as const), required: fc.boolean(), within: fc.boolean(), body: tie('shapes') }), weight: 2 },
  ),
})) as unknown as { shapes: fc.Arbitrary<Shape[]> };

class Naming {
  private count = 0;

  blocks(shapes: readonly Shape[]): Block[] {
    return shapes.map((shape) => this.block(shape));
  }

  private block(shape: Shape): Block {
    const name = `${shape.kind === 'if' || shape.kind === 'while' ? `choice ${shape.kind}` : shape.kind} ${++this.count}`;
    switch (shape.kind) {
      case 'step': return this.step(name, shape);
      case 'if': return { kind: 'if', name, body: this.blocks(shape.body) };
      case 'while': return { kind: 'while', name, body: [plain(`${name} tick`), ...this.blocks(shape.body)] };
      case 'fork': return { ...shape, losers: shape.join === 'all' ? 'cancel' : shape.losers, name, branches: shape.branches.map((each) => this.blocks(each)) };
      case 'each': return { kind: 'each', name, ...(shape.concurrency > 0 && { concurrency: shape.concurrency }), body: [...this.first(name, shape.begins), ...this.blocks(shape.body)] };
      case 'stage': return { ...shape, name, body: this.blocks(shape.body) };
    } // prettier-ignore
  }

  private step(name: string, { rescue, ...shape }: Extract<Shape, { kind: 'step' }>): StepBlock {
    return { ...shape, name, ...(rescue && shape.required && { rescue: plain(`${name} rescue`) }) };
  }

  /** Items begin where something takes time: in one decision nobody says which of two eaches goes first. */
  private first(name: string, begins: 'step' | 'stage' | 'fork'): Block[] {
    if (begins === 'step') return [plain(`${name} first`)];
    if (begins === 'stage') return [{ kind: 'stage', name: `${name} stage`, required: false, within: true, body: [plain(`${name} first`)] }];
    return [
      { kind: 'fork', name: `${name} fork`, join: 'any', losers: 'finish', branches: [[plain(`${name} one`)], [plain(`${name} two`), plain(`${name} never`)]] },
    ];
  }
}

function plain(name: string): StepBlock {
  return { kind: 'step', name, how: 'plain', tries: 1, required: true };
}

/* ------------------------------------------------------------- as a graph ---- */

function compiled(blocks: readonly Block[]): WorkflowDefinition {
  const nodes: Node[] = [];
  const start = laid(blocks, 'end', nodes);
  nodes.push(aStepNode('turn', { unsolicited: true, next: [start], gate: hearing('turn') }));
  return aDefinition(nodes, { start });
}

function laid(blocks: readonly Block[], onward: string, nodes: Node[]): string {
  blocks.forEach((block, i) => lay(block, blocks[i + 1]?.name ?? onward, nodes));
  return blocks[0]?.name ?? onward;
}

function lay(block: Block, onward: string, nodes: Node[]): void {
  const { name } = block;
  switch (block.kind) {
    case 'step': return layStep(block, onward, nodes);
    case 'if': return void nodes.push(aChoice(name, laid(block.body, onward, nodes), onward));
    case 'while': return void nodes.push(aChoice(name, laid(block.body, name, nodes), onward));
    case 'each': return void nodes.push(anEach(name, laid(block.body, 'end', nodes), { next: [onward], ...(block.concurrency !== undefined && { concurrency: block.concurrency }) }));
    case 'stage': return void nodes.push(aStage(name, laid(block.body, 'end', nodes), { next: [onward], required: block.required, ...(block.within && { within: 1000 }) }));
    case 'fork': {
      const branches = block.branches.map((each) => laid(each, 'end', nodes));
      nodes.push(block.join === 'all' ? aFork(name, branches, [onward]) : aRace(name, branches, block.losers, [onward]));
    }
  } // prettier-ignore
}

function layStep(step: StepBlock, onward: string, nodes: Node[]): void {
  const { name, how, tries, required, rescue } = step;
  nodes.push(aStepNode(name, {
    next: [onward], required, retry: { ...ONCE, attempts: tries },
    ...(rescue && { onError: { next: rescue.name } }),
    ...(how === 'request' && { gate: { for: 'response', request: 'how' } as const }),
    ...(how === 'queue' && { queue: 'q' }),
    ...(how === 'timer' && { after: 10 }),
  })); // prettier-ignore
  if (rescue) layStep(rescue, onward, nodes);
}

/* -------------------------------------------------------------- side by side ---- */

/** How often each step has been done: all that conditions and items ask of a context. */
class Counts {
  constructor(public of: Readonly<Record<string, number>> = {}) {}

  get total(): number {
    return Object.values(this.of).reduce((sum, n) => sum + n, 0);
  }
  test(name: string): boolean {
    return name.includes('while') ? (this.of[`${name} tick`] ?? 0) < 2 : (this.total + name.length) % 3 > 0;
  }
  size(name: string): number {
    return (this.total + Number(name.split(' ')[1])) % 4;
  }
}

/** Where somebody is: told alike of the engine and of the model. */
interface Place {
  readonly at: string;
  readonly phase: Phase;
}

/** One workflow, told to the engine and to the model. After each event they must agree. */
class Pair {
  readonly counts = new Counts();
  readonly story: Story;
  readonly model: Model;
  private readonly past: Told[] = [];
  private readonly versions = new Map<number, { state: Model['state']; counts: Counts['of'] }>();
  private crashes = 0;
  private messages = 0;

  constructor(blocks: readonly Block[]) {
    const facts = {
      test: (name: string) => this.counts.test(name),
      items: (name: string, { item }: { item?: unknown }) =>
        Array.from({ length: this.counts.size(name) }, (_, i) => `${(item as string | undefined) ?? ''}.${i}`),
      within: () => 0,
    };
    this.story = new Story(compiled(blocks), facts);
    this.story.mostTokens = 1000;
    this.model = new Model(blocks, this.counts);
    this.compare();
  }

  get tooMany(): boolean {
    return this.model.visits().length + this.model.holds().length > MOST_UNDER_WAY;
  }

  private compare(): void {
    const { story, model } = this;
    this.forgetLosers();
    expect(engineSays(story), 'where somebody is').toEqual(modelSays(model));
    expect(story.status).toBe(model.status);
    const { contextVersion } = story.process;
    this.versions.set(contextVersion, { state: structuredClone(model.state), counts: this.counts.of });
  }

  private forgetLosers(): void {
    const stand = standing(this.story).map(labelOfToken);
    for (const visit of this.model.lost()) {
      const [there, said] = [stand, this.model.visits().map(labelOf)].map((all) => all.filter((label) => label === labelOf(visit)).length);
      if (said! > there!) this.model.forget(visit);
    }
  }

  step([kind, which, how]: readonly [number, number, number]): void {
    if (this.tooMany) return;
    this.happen(kind, which, how);
    this.compare();
  }

  private happen(kind: number, which: number, how: number): void {
    if (kind < 24) return this.visit(which, how);
    if (kind === 24) return this.tookTooLong(which);
    if (kind === 25) return this.again(which);
    if (kind === 26) return this.both({ type: 'retried' }, () => this.model.retried());
    if (kind === 27) return this.both({ type: 'suspended' }, () => (this.model.suspended = true));
    if (kind === 28) return this.both({ type: 'resumed' }, () => (this.model.suspended = false));
    if (kind === 29) return how % 3 === 0 ? this.restart(which) : undefined;
    if (kind === 30) return how % 4 === 0 ? this.turn() : undefined;
    return this.crash();
  }

  private both(told: Told, inModel: () => unknown): void {
    if (this.story.tell(told)) inModel();
  }

  private pairs(): [Visit, AnyStanding][] {
    const tokens = standing(this.story);
    return byOrder(this.model.visits(), labelOf).map((visit, i) => [visit, byOrder(tokens, labelOfToken)[i]!]);
  }

  private visit(which: number, how: number): void {
    const pairs = this.pairs();
    const [visit, token] = pairs[which % Math.max(pairs.length, 1)] ?? [];
    if (!visit || !token) return;
    expect(token.index === undefined ? '' : `${String(token.item).split('.').at(-1)}`).toBe(token.index === undefined ? '' : String(token.index));
    expect(token.previous, `what came before ${token.node}`).toBe(visit.previous);
    if (visit.phase === 'wait') return this.answer(visit, token);
    if (visit.phase === 'timer') return this.wake(visit, token as AnyWait);
    if (visit.phase !== 'fault') this.outcome(visit, token, how);
  }

  private answer(visit: Visit, token: AnyStanding): void {
    const { address } = token as AnyWait;
    this.tell({ type: 'message-received', key: token.key, run: token.run, message: aMessage(`m${++this.messages}`, { address: address! }) });
    visit.phase = visit.begins = 'run';
  }

  private wake(visit: Visit, token: AnyWait): void {
    this.story.now = Math.max(this.story.now, token.dueAt!);
    this.tell({ type: 'came-due', key: token.key, run: token.run });
    if (visit.begins === 'timer') visit.begins = 'run';
    visit.phase = visit.begins;
  }

  private outcome(visit: Visit, token: AnyStanding, how: number): void {
    const speaker = this.speaker(token);
    if (visit.phase === 'ask' && how % 8 < 5) {
      this.tell({ type: 'response-requested', ...speaker });
      visit.phase = 'wait';
    } else if (how % 8 < 5) this.succeed(visit, speaker);
    else if (how % 8 < 7) {
      const permanent = how % 3 === 0;
      this.tell({ type: 'step-failed', ...speaker, error: 'Error: no', permanent });
      this.model.failed(visit, permanent);
    } else {
      this.tell({ type: 'step-deferred', ...speaker, afterMs: 5 });
      visit.phase = visit.phase === 'task' ? 'task' : 'timer';
    }
  }

  private succeed(visit: Visit, speaker: ReturnType<Pair['speaker']>): void {
    const { name } = visit.step;
    this.counts.of = { ...this.counts.of, [name]: (this.counts.of[name] ?? 0) + 1 };
    const change = this.tell({ type: 'step-succeeded', ...speaker, patch: NOTHING });
    this.model.finished(visit, change.versions[0]!.version);
  }

  private speaker(token: AnyStanding) {
    const { key, run, attempt } = token;
    if (!('kind' in token)) return { key, run, attempt, claim: this.story.process.claim };
    this.story.take(token.node, 't', key);
    return { key, run, attempt, claim: token.claim + 1, taskOf: 't' };
  }

  /** What must apply, and a second time must not. */
  private tell(told: Told) {
    const change = this.story.tell(told);
    expect(change, told.type).not.toBeNull();
    if ('claim' in told) {
      this.past.push(told);
      expect(this.story.decide(told), `${told.type} once more`).toBeNull();
    }
    return change!;
  }

  private again(which: number): void {
    const told = this.past[which % Math.max(this.past.length, 1)];
    if (told) expect(this.story.decide(told), `${told.type} long after`).toBeNull();
  }

  private tookTooLong(which: number): void {
    const timers = this.story.waits.filter(({ key }) => key.includes('~d'));
    const timer = timers[which % Math.max(timers.length, 1)];
    if (!timer) return;
    const label = `${timer.node}@${(timer.item as string | undefined) ?? ''}`;
    const stages = this.model
      .holds()
      .filter(({ block, branch, armed }) => armed && block.kind === 'stage' && block.within && `${block.name}@${branch.item}` === label);
    if (stages.length !== 1) return; // a loser beside a newer one: nobody can tell them apart
    this.story.now = Math.max(this.story.now, timer.dueAt!);
    this.tell({ type: 'came-due', key: timer.key, run: timer.run });
    this.model.tookTooLong(stages[0]!);
  }

  private restart(which: number): void {
    const known = [...this.versions.keys()];
    const version = known[which % known.length]!;
    const { state, counts } = this.versions.get(version)!;
    const now = this.counts.of;
    this.counts.of = counts;
    if (this.story.tell(this.story.restart(version))) this.model.restarted(state);
    else this.counts.of = now;
  }

  private turn(): void {
    if (!this.story.tell({ type: 'event-received', node: 'turn', message: aMessage(`m${++this.messages}`) })) return;
    const mail = this.story.tokens.find(({ node }) => node === 'turn');
    if (!mail) return;
    this.counts.of = { ...this.counts.of, turn: (this.counts.of['turn'] ?? 0) + 1 };
    this.tell({ type: 'step-succeeded', ...this.speaker(mail), patch: NOTHING });
    this.model.begin();
  }

  /** Fewer than would leave a step to a person. */
  private crash(): void {
    const { worker } = this.story.process;
    if (worker && ++this.crashes < 5) this.story.tell({ type: 'worker-lost', worker });
  }
}

/** A token of the process row, or a wait. */
type AnyStanding = AnyToken | AnyWait;

function standing(story: Story): AnyStanding[] {
  const isVisit = (token: AnyStanding) => story.definition.nodes.get(token.node)?.kind === 'step' && !token.key.includes('~') && !token.key.startsWith('e');
  const parked = new Set(story.book.waits.keys());
  const tokens: AnyStanding[] = [...story.tokens.filter(({ key }) => !parked.has(key)), ...story.waits];
  return tokens.filter((token) => isVisit(token) && !('kind' in token && token.kind === 'turn'));
}

function phaseOf(token: AnyStanding): Phase {
  if (token.fault !== undefined) return 'fault';
  if ('kind' in token) return token.kind === 'response' ? 'wait' : (token.kind as Phase);
  return isActive(token as Token) && token.does === 'request' ? 'ask' : 'run';
}

function labelOf({ step, branch }: Visit): string {
  return `${step.name}@${branch.item}`;
}

function labelOfToken({ node, item }: AnyStanding): string {
  return `${node}@${(item as string | undefined) ?? ''}`;
}

/** By label; of one label the older first. */
function byOrder<T extends { readonly order: number } | { readonly run: number }>(all: readonly T[], label: (one: T) => string): T[] {
  const age = (one: T) => ('order' in one ? one.order : one.run);
  return all.toSorted((a, b) => (label(a) < label(b) ? -1 : label(a) > label(b) ? 1 : age(a) - age(b)));
}

function modelSays(model: Model): Place[] {
  const waiting = model.holds().flatMap(({ block, branch, pending }) => pending.map((i) => `turn of ${block.name}@${branch.item}.${i}`));
  return [
    ...byOrder(model.visits(), labelOf).map((visit) => ({ at: labelOf(visit), phase: visit.phase })),
    ...waiting.toSorted().map((at) => ({ at, phase: 'wait' as const })),
  ];
}

function engineSays(story: Story): Place[] {
  const nodeOf = (key: string) => [...story.tokens, ...story.waits].find((token) => token.key === key)!.node;
  const turns = story.waits.filter(({ kind }) => kind === 'turn');
  return [
    ...byOrder(standing(story), labelOfToken).map((token) => ({ at: labelOfToken(token), phase: phaseOf(token) })),
    ...turns.map(({ key, item }) => `turn of ${nodeOf(key.slice(0, key.lastIndexOf('/')))}@${String(item)}`).toSorted().map((at) => ({ at, phase: 'wait' as const })), // prettier-ignore
  ];
}

const choices = fc.array(fc.tuple(fc.nat(31), fc.nat(1000), fc.nat(1000)), { minLength: 10, maxLength: 80 });

describe('the engine and the plain model', () => {
  it('agree on who may run at each moment, on what counts, and on the end', () => {
    fc.assert(
      fc.property(shapes, choices, (given, all) => {
        const pair = new Pair(new Naming().blocks(given));
        for (const choice of all) pair.step(choice);
      }),
      { numRuns: RUNS, endOnFailure: process.env['PROPERTY_SHRINK'] === 'no' },
    );
  }, 120_000);

  it('agree on the end, where all goes well', () => {
    fc.assert(
      fc.property(shapes, fc.array(fc.nat(1000), { minLength: 5, maxLength: 20 }), (given, order) => {
        const pair = new Pair(new Naming().blocks(given));
        for (let i = 0; i < 600 && pair.model.status !== 'completed' && !pair.tooMany; i++) pair.step([0, order[i % order.length]! + i, 0]);
        if (!pair.tooMany) expect(pair.story.status).toBe('completed');
      }),
      { numRuns: Math.ceil(RUNS / 4), endOnFailure: process.env['PROPERTY_SHRINK'] === 'no' },
    );
  }, 120_000);
});
