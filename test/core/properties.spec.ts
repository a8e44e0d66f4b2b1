import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { after, type Change } from '../../lib/core/change.js';
import { joined } from '../../lib/core/join-changes.js';
import { isActive, type Token } from '../../lib/core/token.js';
import type { WaitState } from '../../lib/core/wait.js';
import { FactError } from '../../lib/core/facts.js';
import { isFinished } from '../../lib/core/process.js';
import { stepNamed, stepsOf, type Node, type StepNode, type WorkflowDefinition } from '../../lib/definition/graph.js';
import { aDefinition, aFork, aMessage, type AnyWait, aStepNode, flat, hearing } from './builders.js';
import { Book, decideOn, Story, type Told } from './story.js';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 300);
fc.configureGlobal({ endOnFailure: process.env['PROPERTY_SHRINK'] === 'no' });

/* ------------------------------------------------------------ any definition ---- */

/** What a workflow is made of: places in order, some of them forks with branches of their own. */
type Shape = StepShape | { readonly branches: readonly (readonly Shape[])[] };
type StepShape = {
  readonly gate: 'nothing' | 'response' | 'event' | 'after' | 'queue' | 'queued response';
  readonly when: boolean;
  readonly within: boolean;
  readonly required: boolean;
  readonly tries: number;
};

const aStepShape: fc.Arbitrary<StepShape> = fc.record({
  gate: fc.constantFrom('nothing', 'nothing', 'response', 'event', 'after', 'queue', 'queued response'),
  when: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  within: fc.boolean(),
  required: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
  tries: fc.integer({ min: 1, max: 3 }),
});
const { places } = fc.letrec<{ places: Shape[]; place: Shape }>((tie) => ({
  places: fc.array(tie('place'), { minLength: 1, maxLength: 3 }),
  place: fc.oneof({ maxDepth: 2, withCrossShrink: true }, aStepShape, fc.record({ branches: fc.array(tie('places'), { minLength: 1, maxLength: 3 }) })),
}));
const anyPlaces = { places, loops: fc.boolean(), turns: fc.boolean(), early: fc.boolean() };
const anyDefinition = fc.record({ ...anyPlaces, listens: fc.boolean() }).map(compile);
/** Nothing hears its event outside of a visit, so that no step is skipped. */
const withoutListeners = fc.record({ ...anyPlaces, listens: fc.constant(false) }).map(compile);

interface Given {
  readonly places: readonly Shape[];
  readonly loops: boolean;
  readonly turns: boolean;
  readonly early: boolean;
  readonly listens: boolean;
}

function compile({ places, loops, turns, early, listens }: Given): WorkflowDefinition {
  const nodes: Node[] = [];
  const last = loops ? 'more' : 'end';
  const first = line(places, [listens ? 'ahead' : last], nodes);
  if (listens) nodes.push(aStepNode('ahead', { next: [last], gate: hearing('ahead', { keyed: turns, skipAhead: true, reprocess: true }) }));
  if (loops) nodes.push(aStepNode('more', { next: [first, 'end'] }));
  nodes.push(aStepNode('heard', { next: [], unsolicited: true, gate: hearing('news'), retry: tries(2) }));
  nodes.push(aStepNode('turned', { next: turns ? [first] : ['end'], unsolicited: true, required: false, gate: hearing('turn') }));
  return aDefinition(nodes, { start: first, completesEarly: early });
}

function line(shapes: readonly Shape[], onward: readonly string[], nodes: Node[]): string {
  const names = shapes.map((_, i) => `n${nodes.length}_${i}`);
  for (const [i, shape] of shapes.entries()) place(names[i]!, shape, names[i + 1] === undefined ? onward : [names[i + 1]!], nodes);
  return names[0]!;
}

function place(name: string, shape: Shape, next: readonly string[], nodes: Node[]): void {
  if ('gate' in shape) return void nodes.push(stepNode(name, shape, next));
  const at = nodes.push(aFork(name, [], next)) - 1;
  nodes[at] = aFork(name, shape.branches.map((branch) => line(branch, [], nodes)), next); // prettier-ignore
}

function stepNode(name: string, { gate, when, within, required, tries: count }: StepShape, next: readonly string[]): StepNode {
  return aStepNode(name, {
    next, when, required, retry: tries(count),
    ...(within && { within: 500 }),
    ...(gate.endsWith('response') && { gate: { for: 'response', request: 'how' } as const }),
    ...(gate === 'event' && { gate: hearing(name, { keyed: when }) }),
    ...(gate === 'after' && { after: 50 }),
    ...(gate.startsWith('queue') && { queue: 'q' }),
  }); // prettier-ignore
}

function tries(attempts: number) {
  return { attempts, delayMs: attempts === 2 ? 0 : 30, backoff: 'exponential', maxDelayMs: 1000, jitter: true } as const;
}

/* ------------------------------------------------------------ anything happens ---- */

/** A choice is three numbers: what kind, of which, and how. They find their meaning in the process as it then is. */
type Choice = readonly [kind: number, which: number, how: number];
const choices = fc.array(fc.tuple(fc.nat(31), fc.nat(1000), fc.nat(1000)), { minLength: 5, maxLength: 60 });
const pick = <T>(all: readonly T[], which: number): T | undefined => all[which % Math.max(all.length, 1)];

/** Outcomes told again later, whole or with one fence broken. */
class Chaos extends Story {
  private readonly past: Told[] = [];
  private count = 0;

  step([kind, which, how]: Choice): void {
    this.worker = ['w', 'x', null][how % 3]!;
    const told = this.choose(kind, which, how);
    if (!told) return;
    this.past.push(told);
    const before = JSON.stringify(this.book.process);
    expect(sameFor(this, told), 'whatever was read beside').toBe(true);
    expect(JSON.stringify(this.book.process)).toBe(before);
    this.tell(told);
  }

  private choose(kind: number, which: number, how: number): Told | undefined {
    if (kind < 12) return this.outcome(pick(this.process.tokens.filter(isActive).map(({ node }) => node), which), how); // prettier-ignore
    if (kind < 15) return this.task(which, how);
    if (kind < 18) return this.message(which, how);
    if (kind < 20) return this.time(which);
    if (kind === 20) return this.event(how % 2 ? 'heard' : 'turned', `e${which % 5}`);
    if (kind < 24) return pick(this.past, which);
    if (kind === 24) return this.broken(which, how);
    return this.operation(kind, which, how);
  }

  private outcome(node: string | undefined, how: number): Told | undefined {
    if (node === undefined) return undefined;
    const token = this.process.tokens.find((each) => each.node === node && isActive(each))!;
    if (token.does === 'request' && how % 4 < 2) return this.asked(node, how % 8 === 0 ? `theirs${token.run}` : undefined);
    const { next } = stepNamed(this.definition, node);
    const succeeded = this.succeeded(node, next.length > 1 ? { branch: next[how % 2]! } : {});
    return [
      succeeded,
      succeeded,
      succeeded,
      this.failed(node, { permanent: how % 5 === 0, random: how / 1000 }),
      this.deferred(node),
      this.deferred(node, { afterMs: how % 2, state: how }),
      this.paused(node),
    ][how % 7];
  }

  private task(which: number, how: number): Told | undefined {
    const wait = pick(this.waits.filter(({ kind }) => kind === 'task'), which); // prettier-ignore
    if (!wait) return undefined;
    if (how % 5 === 0 && wait.worker) return { type: 'task-lost', key: wait.key, run: wait.run, worker: wait.worker };
    if (!wait.worker && wait.readyAt !== null && wait.readyAt <= this.now) this.take(wait.node, ['t', 'u'][how % 2]);
    return wait.does === 'request' && how % 2 ? this.asked(wait.node) : how % 3 ? this.succeeded(wait.node) : this.failed(wait.node);
  }

  private message(which: number, how: number): Told | undefined {
    const wait = pick(this.waits.filter(({ address }) => address !== null), which); // prettier-ignore
    if (wait)
      return {
        type: 'message-received',
        key: wait.key,
        run: wait.run,
        message: aMessage(how % 4 ? `m${this.count++}` : 'm0', { digest: `d${how % 2}`, address: wait.address! }),
      };
    return { type: 'message-missed', message: aMessage(`m${how % 3}`) };
  }

  private time(which: number): Told | undefined {
    this.now += which % 100;
    const wait = pick(this.waits.filter(({ dueAt }) => dueAt !== null && dueAt <= this.now), which); // prettier-ignore
    return wait && { type: 'came-due', key: wait.key, run: wait.run, random: which / 1000 };
  }

  private operation(kind: number, which: number, how: number): Told | undefined {
    const version = 1 + (which % this.process.contextVersion);
    const all: Told[] = [
      { type: 'suspended' },
      { type: 'resumed' },
      { type: 'retried' },
      { type: 'claimed' },
      { type: 'worker-lost', worker: ['w', 'x'][how % 2]! },
      this.restart(version),
      { type: how % 6 ? 'resumed' : 'cancelled' },
    ];
    return all[kind - 25];
  }

  /** An outcome that would count, with one of its fences broken: it no longer does. */
  private broken(which: number, how: number): undefined {
    const told = how % 2 ? this.task(which, 1 + (how % 2) * 5) : this.outcome(pick(this.process.tokens.filter(isActive).map(({ node }) => node), which), how); // prettier-ignore
    if (!told || !('claim' in told) || this.decide(told) === null) return;
    const wrong = [
      { run: told.run + 1 },
      { run: told.run - 1 },
      { key: `${told.key}/9` },
      { claim: told.claim + 1 },
      { claim: told.claim - 1 },
      told.taskOf ? { taskOf: 'z' } : { attempt: told.attempt + 1 },
    ];
    for (const each of wrong) expect(this.decide({ ...told, ...each } as Told), JSON.stringify(each)).toBeNull();
  }
}

/** An event reads only the rows it names; reading more of them, or none that it does not name, decides the same. */
function sameFor(story: Story, told: Told): boolean {
  const some = story.decide(told);
  const all = story.decide(told, { process: story.process, waits: story.book.waits, messages: story.book.messages });
  const [a, b] = [some, all].map((change) => change && stateAfter(story.book, change));
  expect(b).toEqual(a);
  return true;
}

function stateAfter(book: Book, change: Change) {
  const next = book.copy();
  next.apply(change);
  return { process: next.process, waits: [...next.waits].sort(byKey), messages: [...next.messages].sort(byKey), moves: next.moves };
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** Conditions and the early end change their minds with the versions, so that waits come and go. */
function moody(story: Chaos, early: boolean): void {
  story.facts = {
    ...story.facts,
    holds: (node) => (story.process.contextVersion + node.length) % 3 !== 0,
    key: (node) => (story.process.contextVersion % 4 === 3 && node === 'ahead' ? new FactError('no key') : `k${story.process.contextVersion % 3}`),
    completes: () => early && story.process.contextVersion % 7 === 6,
  };
}

describe('whatever happens to whatever workflow', () => {
  it('every change keeps what must always hold, and none throws', () => {
    fc.assert(
      fc.property(anyDefinition, choices, (definition, all) => {
        const story = new Chaos(definition);
        moody(story, definition.completesEarly);
        for (const choice of all) story.step(choice); // Story checks each change
      }),
      { numRuns: RUNS },
    );
  });

  it('two changes joined are the same as one after the other', () => {
    fc.assert(
      fc.property(anyDefinition, choices, fc.integer({ min: 2, max: 6 }), (definition, all, size) => {
        const story = new Chaos(definition);
        moody(story, definition.completesEarly);
        let [from, book] = [0, story.book.copy()];
        for (const choice of all) {
          story.step(choice);
          if (story.changes.length - from < size) continue;
          const batch = story.changes.slice(Math.max(from, 1));
          if (from === 0) book = startOf(story);
          const whole = batch.length > 0 ? joined(batch) : undefined;
          if (whole) book.apply(whole);
          expect(whole?.waits.put.filter(({ token }) => whole.waits.delete.includes(token.key)) ?? []).toEqual([]);
          expect(book.process).toEqual(story.book.process);
          expect(untaken(book)).toEqual(untaken(story.book));
          expect([...book.messages]).toEqual([...story.book.messages]);
          from = story.changes.length;
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('a batch decided on snapshots carried along is what each would have decided on the stored state', () => {
    fc.assert(
      fc.property(anyDefinition, choices, (definition, all) => {
        const story = new Chaos(definition);
        moody(story, definition.completesEarly);
        for (const choice of all) story.step(choice);
        const events: Told[] = [
          { type: 'suspended' },
          { type: 'resumed' },
          story.event('heard', 'z1'),
          story.event('heard', 'z1'),
          ...story.process.tokens.filter(isActive).map(({ node }) => story.failed(node)),
        ];
        let snapshot = {
          process: story.process,
          waits: new Map(story.book.waits) as ReadonlyMap<string, WaitState>,
          messages: new Map(story.book.messages),
        } as Parameters<typeof after>[0];
        for (const told of events) {
          const carried = decideOn(definition, snapshot, { by: story.worker, facts: story.facts, ...told }, story.now);
          const stored = story.tell(told);
          expect(carried === null).toBe(stored === null);
          if (carried) snapshot = after(snapshot, carried);
          expect(snapshot.process).toEqual(story.process);
        }
      }),
      { numRuns: Math.ceil(RUNS / 2) },
    );
  });

  it('what is told again, however often, applies at most once', () => {
    fc.assert(
      fc.property(anyDefinition, choices, (definition, all) => {
        const story = new Chaos(definition);
        for (const choice of all) {
          const before = story.changes.length;
          story.step(choice);
          const last = story.changes.length > before ? (story as unknown as { past: Told[] }).past.at(-1)! : undefined;
          if (last && 'claim' in last) expect(story.decide(last), JSON.stringify(last)).toBeNull();
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('given all its answers and moments, every process completes, each visit once', () => {
    fc.assert(
      fc.property(withoutListeners, fc.array(fc.nat(1000), { minLength: 1, maxLength: 50 }), (definition, order) => {
        const story = new Story({ ...definition, completesEarly: false });
        for (let i = 0; i < 2000 && !isFinished(story.process.status); i++) good(story, order[i % order.length]! + i);
        expect(story.status).toBe('completed');
        const runs = story.changes.flatMap(({ records }) => records.filter(({ type }) => type === 'step-completed').map(({ run }) => run));
        expect(new Set(runs).size).toBe(runs.length);
        expect(runs).toHaveLength(stepsOf(definition).filter((node) => !node.unsolicited).length);
      }),
      { numRuns: Math.ceil(RUNS / 3) },
    );
  });
});

/** The next good thing that can happen, of those there are. */
function good(story: Story, which: number): void {
  const active = story.tokens.filter((token) => isActive(token as Token));
  const waits = story.waits.filter(({ kind }) => kind !== 'condition');
  const next = pick([...active, ...waits], which);
  if (!next) return;
  if ('kind' in next) return come(story, next);
  if (next.does === 'request') return void story.tell(story.asked(next.node));
  const { next: edges } = stepNamed(story.definition, next.node);
  story.tell(story.succeeded(next.node, edges.length > 1 ? { branch: 'end' } : {}));
}

function come(story: Story, wait: AnyWait): void {
  if (wait.kind === 'timer') return void story.wake(wait.node);
  if (wait.kind !== 'task') return void story.tell(story.answer(wait.node, `m${wait.run}`));
  story.take(wait.node).tell(wait.does === 'request' ? story.asked(wait.node) : story.succeeded(wait.node));
}

/** Taking a task is no change of the process, so it is left out where stores are compared. */
function untaken(book: Book): unknown[] {
  return [...book.waits].sort(byKey).map(([key, wait]) => {
    const { worker: _worker, claim: _claim, claims: _claims, readyAt: _ready, ...rest } = flat(wait);
    return [key, rest];
  });
}

function startOf(story: Story): Book {
  const book = new Book();
  book.apply(story.changes[0]!);
  return book;
}
