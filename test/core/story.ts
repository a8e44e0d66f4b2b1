import { expect } from 'vitest';
import type { Change, MessageState, Move, Snapshot } from '../../lib/core/change.js';
import { messagesOfEvent, type ProcessEvent, waitsOfEvent } from '../../lib/core/events.js';
import type { DecisionContext, Facts } from '../../lib/core/facts.js';
import { AT_START, placesAt } from '../../lib/core/moves.js';
import { isUnder, parentKey } from '../../lib/core/token-key.js';
import { isActive, isBeside } from '../../lib/core/token.js';
import { copyOf, isTaskWait, standsInBoth, type WaitState } from '../../lib/core/wait.js';
import { isFinished, type ProcessState } from '../../lib/core/process.js';
import { MOST_TOKENS } from '../../lib/core/tokens.js';
import { ALL } from '../../lib/core/missing-waits.js';
import { begin, type Decision, isNeeds, transition } from '../../lib/core/transition.js';
import type { WorkflowDefinition } from '../../lib/definition/graph.js';
import { aMessage, type AnyToken, type AnyWait, flat, NOON, NOTHING, someFacts } from './builders.js';

/** An event, with what a test says of the circumstances. */
export type Told = ProcessEvent & {
  readonly by?: string | null;
  readonly actor?: string;
  readonly why?: string;
  readonly random?: number;
  readonly facts?: Facts;
};

function circumstances({ by = null, actor, why, random = 0, facts = someFacts() }: Omit<Told, 'type'>, now: number): DecisionContext {
  return { now, random, by, facts, actor, reason: why };
}

/** The event goes to the decision, and the circumstances beside it. */
export function tellOn(definition: WorkflowDefinition, snapshot: Snapshot, told: Told, now: number): Decision {
  const { by: _by, actor: _actor, why: _why, random: _random, facts: _facts, ...event } = told;
  return transition(definition, snapshot, event as ProcessEvent, circumstances(told, now));
}

/** The same, where the snapshot has all that is needed. */
export function decideOn(definition: WorkflowDefinition, snapshot: Snapshot, told: Told, now: number): Change | null {
  const decision = tellOn(definition, snapshot, told, now);
  if (isNeeds(decision)) throw new Error(`the snapshot lacks ${decision.needs.join(', ')}`);
  return decision;
}

/** What a store keeps of one process, as plain maps: a change is applied whole, and its revision is the only guard. */
export class Book {
  process!: ProcessState;
  readonly waits = new Map<string, WaitState>();
  readonly messages = new Map<string, MessageState>();
  readonly moves: (readonly Move[])[] = [];

  apply(change: Change): void {
    if ((change.expected ?? undefined) !== this.process?.revision) throw new Error('stale');
    this.process = change.process;
    if (change.waits.clear) this.waits.clear();
    for (const above of change.waits.kill) for (const key of this.waits.keys()) if (isUnder(key, above)) this.waits.delete(key);
    for (const key of change.waits.delete) this.waits.delete(key);
    for (const wait of change.waits.put) this.waits.set(wait.token.key, wait);
    for (const message of change.messages) this.messages.set(message.id, message);
    this.moves.push(...change.versions.map(({ moves }) => moves));
  }

  copy(): Book {
    const copy = new Book();
    copy.process = this.process;
    for (const [key, wait] of this.waits) copy.waits.set(key, wait);
    for (const [id, message] of this.messages) copy.messages.set(id, message);
    copy.moves.push(...this.moves);
    return copy;
  }

  /** What the engine reads for an event: the rows it names, and no more. */
  snapshotFor(event: ProcessEvent, needed: readonly string[] = []): Snapshot {
    const asked = [...waitsOfEvent(event), ...needed];
    const waits = asked.includes(ALL) ? [...this.waits.values()] : asked.flatMap((key) => this.waits.get(key) ?? []);
    const messages = messagesOfEvent(event).flatMap((id) => this.messages.get(id) ?? []);
    return {
      process: this.process,
      asked: new Set(asked),
      waits: new Map(waits.map((wait) => [wait.token.key, wait])),
      messages: new Map(messages.map((message) => [message.id, message])),
    };
  }
}

/** One process, told event by event. Every change is checked against what must always hold. */
export class Story {
  readonly book = new Book();
  readonly changes: Change[] = [];
  now = NOON;
  worker: string | null = 'w';
  facts: Facts;
  /** More than are let in: those may fork. */
  mostTokens = 4 * MOST_TOKENS;

  constructor(
    readonly definition: WorkflowDefinition,
    facts: Partial<Facts> = {},
  ) {
    this.facts = someFacts(facts);
    this.accept(begin(definition, { id: 'p', groupId: 'g', values: NOTHING }, circumstances({ by: this.worker, facts: this.facts }, this.now)));
  }

  get process(): ProcessState {
    return this.book.process;
  }
  get status(): string {
    return this.process.status;
  }
  /** Where something can run. */
  get active(): string[] {
    return this.process.tokens.filter(isActive).map(({ node }) => node);
  }
  /** Where something waits, and for what. */
  get waiting(): string[] {
    return [...this.book.waits.values()].map(({ token, waitsFor }) => `${token.node}: ${waitsFor.kind}`).sort();
  }
  get records(): string[] {
    return this.changes.flatMap(({ records }) => records.map(({ type, step }) => (step === null ? type : `${type} ${step}`)));
  }
  get last(): Change {
    return this.changes.at(-1)!;
  }

  token(node: string): AnyToken {
    return this.process.tokens.find((token) => token.node === node) as AnyToken;
  }
  waitOf(node: string): WaitState | undefined {
    return [...this.book.waits.values()].find(({ token, waitsFor }) => token.node === node && waitsFor.kind !== 'turn');
  }
  wait(node: string): AnyWait {
    const wait = this.waitOf(node);
    return (wait && flat(wait)) as AnyWait;
  }
  /** All tokens of the process row, and all waits, for tests that look into them. */
  get tokens(): AnyToken[] {
    return this.process.tokens as AnyToken[];
  }
  get waits(): AnyWait[] {
    return [...this.book.waits.values()].map(flat);
  }

  /** What the event makes of the process; nothing is applied. */
  decide(told: Told, snapshot?: Snapshot): Change | null {
    const signed = { by: this.worker, facts: this.facts, ...told } as Told;
    for (let needed: readonly string[] = []; ;) {
      const decision = tellOn(this.definition, snapshot ?? this.book.snapshotFor(told, needed), signed, this.now);
      if (!isNeeds(decision)) return decision;
      if (snapshot) throw new Error(`the snapshot lacks ${decision.needs.join(', ')}`);
      needed = [...needed, ...decision.needs]; // as the engine does: it is read, and decided again
    }
  }

  tell(told: Told): Change | null {
    const change = this.decide(told);
    if (change) this.accept(change);
    return change;
  }

  /** As the reply to a commit is lost: what has been applied is told again. */
  tellTwice(told: Told): Change | null {
    this.tell(told);
    return this.tell(told);
  }

  /* ------------------------------------------------------------- the usual events ---- */

  /** Who speaks for the body of a step: its own worker, or the one that has its task. */
  speaker(node: string) {
    const wait = this.wait(node);
    if (wait?.kind === 'task') return { key: wait.key, run: wait.run, attempt: wait.attempt, claim: wait.claim, taskOf: wait.worker ?? 'nobody' };
    const { key, run, attempt } = this.process.tokens.find((token) => token.node === node && isActive(token)) ??
      this.token(node) ?? { key: 'none', run: 0, attempt: 0 };
    return { key, run, attempt, claim: this.process.claim };
  }

  succeeded(node: string, more: { branch?: string } = {}): Told {
    return { type: 'step-succeeded', ...this.speaker(node), patch: NOTHING, ...more };
  }
  failed(node: string, more: { permanent?: boolean; random?: number } = {}): Told {
    return { type: 'step-failed', ...this.speaker(node), error: 'Error: no', permanent: false, ...more };
  }
  asked(node: string, correlation?: string): Told {
    return { type: 'response-requested', ...this.speaker(node), ...(correlation !== undefined && { correlation }) };
  }
  deferred(node: string, more: { afterMs?: number; state?: number; patch?: typeof NOTHING } = {}): Told {
    return { type: 'step-deferred', ...this.speaker(node), ...more };
  }
  paused(node: string): Told {
    return { type: 'step-paused', ...this.speaker(node), reason: 'look at it' };
  }
  answer(node: string, id = 'm'): Told {
    const wait = this.wait(node);
    return { type: 'message-received', key: wait?.key ?? '0', run: wait?.run ?? 0, message: aMessage(id, { address: wait?.address ?? 'r:none' }) };
  }
  event(node: string, id = 'm'): Told {
    return { type: 'event-received', node, message: aMessage(id, { address: `e:${node}:g` }) };
  }
  due(node: string): Told {
    const wait = this.wait(node);
    return { type: 'came-due', key: wait?.key ?? '0', run: wait?.run ?? 0 };
  }
  taskLost(node: string, worker = this.wait(node).worker ?? 'nobody'): Told {
    const wait = this.wait(node);
    return { type: 'task-lost', key: wait.key, run: wait.run, worker };
  }
  restart(version: number): Told {
    return { type: 'restarted', root: this.process.root, version, values: { v: version }, places: placesAt(this.book.moves.slice(0, version)) };
  }

  do(...nodes: readonly string[]): this {
    for (const node of nodes) expect(this.tell(this.succeeded(node)), `${node} succeeds`).not.toBeNull();
    return this;
  }
  /** A worker takes a task from its queue: an update of its row beside the transitions, as stores do it. */
  take(node: string, worker = 't', key = this.wait(node).key): this {
    const wait = this.book.waits.get(key)!;
    if (!isTaskWait(wait)) throw new Error(`${node} is no task`);
    const { token, waitsFor } = wait;
    this.book.waits.set(key, { token: { ...token, claims: (token.claims ?? 0) + 1 }, waitsFor: { ...waitsFor, worker, readyAt: null } });
    return this;
  }
  /** Time passes until the wait is due. */
  wake(node: string): this {
    this.now = Math.max(this.now, this.wait(node).dueAt!);
    this.tell(this.due(node));
    return this;
  }

  /* ------------------------------------------------------------ what always holds ---- */

  private accept(change: Change): void {
    const before = this.book.process as ProcessState | undefined;
    this.book.apply(change);
    this.changes.push(change);
    holds(before, change, this.book);
    expect(this.process.tokens.length, 'tokens in the process row').toBeLessThanOrEqual(this.mostTokens);
  }
}

/** The invariants of a change, of the process it leaves, and of what a restart would find. */
export function holds(before: ProcessState | undefined, change: Change, book: Book): void {
  const { process, records, versions, waits } = change;
  const from = before ?? { revision: 0, contextVersion: 0, claim: 0, runs: 0, root: 0 };
  expect(records.length).toBeGreaterThan(0);
  expect(records.map(({ sequence }) => sequence)).toEqual(records.map((_, i) => from.revision + 1 + i));
  expect(process.revision).toBe(from.revision + records.length);
  expect(versions.map(({ version }) => version)).toEqual(versions.map((_, i) => from.contextVersion + 1 + i));
  expect(process.contextVersion).toBe(from.contextVersion + versions.length);
  for (const name of ['claim', 'runs', 'root'] as const) expect(process[name], name).toBeGreaterThanOrEqual(from[name]);
  const put = waits.put.map(({ token }) => token.key);
  expect(put.filter((key) => waits.delete.includes(key) || put.indexOf(key) !== put.lastIndexOf(key))).toEqual([]);
  statusFits(process, change);
  rowsFit(process, book);
  if (!isFinished(process.status)) movesFit(book);
}

function statusFits({ status, tokens, worker, finishedAt, cause }: ProcessState, change: Change): void {
  const active = tokens.some(isActive);
  if (!active) expect(worker).toBeNull();
  if (status === 'running') expect(active && worker !== null, 'running: active and held or free').toBe(true);
  if (status === 'waiting') expect(active || tokens.some(({ fault }) => fault !== undefined)).toBe(false);
  expect(status === 'failed' || status === 'suspended' || !tokens.some(({ fault }) => fault !== undefined), 'a fault shows').toBe(true);
  expect(isFinished(status)).toBe(finishedAt !== null);
  if (status === 'failed' || status === 'suspended') expect(cause === null && status === 'failed').toBe(false);
  if (isFinished(status)) expect(tokens).toEqual([]);
  if (isFinished(status) && change.versions.length > 0) expect(change.waits.clear).toBe(true);
}

/** A token stands in the process row or in a row of its own; in both only what each version looks at. */
function rowsFit({ tokens, status }: ProcessState, book: Book): void {
  if (isFinished(status)) return expect([...book.waits.keys()]).toEqual([]);
  const inRow = new Map(tokens.map((token) => [token.key, token]));
  expect(inRow.size).toBe(tokens.length);
  for (const wait of book.waits.values()) {
    const { key } = wait.token;
    const twin = inRow.get(key);
    expect(wait.token.parked, `${key}: the row of its own needs no mark`).toBeUndefined();
    const copy = standsInBoth(wait.token, wait.waitsFor) ? copyOf(wait.token, wait.waitsFor) : undefined;
    if (copy?.parked === 'task') expect(twin).toMatchObject(withoutClaims(copy));
    else if (copy) expect(twin).toEqual(copy);
    else expect(twin, `${key} stands twice`).toBeUndefined();
  }
  for (const token of tokens)
    if (token.parked !== undefined) expect(book.waits.has(token.key)).toBe(token.parked !== 'listener' || token.address !== undefined);
  expect(
    tokens.some(({ does }) => does === 'events'),
    'the line of events',
  ).toBe([...book.waits.keys()].some((key) => key.startsWith('e/')));
  branchesFit(book);
  watchersFit(book);
}

/** Who takes a task writes only its own row. */
function withoutClaims(token: AnyToken): object {
  const { claims: _claims, ...rest } = token;
  return rest;
}

function standingIn({ process, waits }: Book): Map<string, AnyToken> {
  return new Map([...process.tokens, ...[...waits.values()].map(({ token }) => token)].map((token) => [token.key, token as AnyToken]));
}

/** Its fork has gone on without it: it, or what it is in. */
function isLost(all: ReadonlyMap<string, AnyToken>, key: string): boolean {
  const parent = parentKey(key);
  if (parent === null) return false;
  const visit = /\/(\d+)-\d+$/.exec(key)?.[1];
  return (visit !== undefined && (all.get(parent)?.does !== 'branches' || all.get(parent)!.run !== Number(visit))) || isLost(all, parent);
}

/** What is being undone: there only bodies under way end. */
function undoneIn({ process }: Book): (key: string) => boolean {
  const undoings = process.tokens.flatMap((token) => ('undo' in token ? token.undo : []));
  return (key) => undoings.some(({ under }) => under === null || isUnder(key, under));
}

/** Who stands in a branch stands in one of a container, and each container counts its branches. */
function branchesFit(book: Book): void {
  const all = standingIn(book);
  const isUndone = undoneIn(book);
  const branches = new Map<string, number>();
  for (const { key } of [...all.values()].filter((token) => !isBeside(token) && !isUndone(token.key))) {
    const parent = parentKey(key);
    if (parent === null || isLost(all, key)) continue;
    expect(all.get(parent)?.does, `${key} stands in a container`).toBe('branches');
    branches.set(parent, (branches.get(parent) ?? 0) + 1);
  }
  for (const { key, open, does } of all.values()) {
    if (does !== 'branches' || open === undefined || isBeside({ key }) || isUndone(`${key}/0`) || isLost(all, key)) continue;
    expect(branches.get(key) ?? 0, `open branches of ${key}`).toBe(open);
  }
  for (const { undo, open, last: ends } of all.values()) {
    if (!undo || ends) continue;
    const ending = [...all.values()].filter(({ key, last }) => last && (undo.under === null || isUnder(key, undo.under)));
    expect(ending.length, 'bodies that end before anything is undone').toBe(open);
  }
}

/**
 * A timer or mark beside a visit is of that visit; who is being told of it may outlive the visit, but not what it was in. An undo that ends
 * where it is outlives both: a larger undo has ended them.
 */
function watchersFit(book: Book): void {
  const all = standingIn(book);
  for (const { key } of [...all.values()].filter(({ key, last }) => key.includes('~') && !last)) {
    const [, visit, what, run] = /^(.*)~([odru])(\d+)$/.exec(key)!;
    const above = what === 'r' || what === 'u' ? parentKey(visit!) : visit!;
    if (above !== null) expect(all.has(above), `${key} watches over somebody`).toBe(true);
    if (what === 'o' || what === 'd') expect(all.get(visit!)!.run, `${key} watches over this visit`).toBe(Number(run));
  }
}

/**
 * A restart from here finds who stands where, and with which item. Items that begin without a version have not left the start of
 * their branch for it, and a choice entered again is chosen again; losers, and what is being undone, it does not find at all.
 */
function movesFit(book: Book): void {
  const all = standingIn(book);
  const isUndone = undoneIn(book);
  const found = placesAt(book.moves);
  const counts = ({ key }: Pick<AnyToken, 'key'>) => !isBeside({ key }) && !isLost(all, key) && !isUndone(key);
  const standing = [...all.values()].filter((token) => counts(token) && token.does !== 'over');
  const places = [...found].filter(([key]) => counts({ key }));
  expect(places.map(([key]) => key).sort(), 'moves').toEqual(standing.map(({ key }) => key).sort());
  for (const { key, node, item, index, run } of standing) {
    const place = found.get(key)!;
    expect([place.item, place.index], `the item at ${key}`).toEqual([item, index]);
    if (run > 0 && place.node !== AT_START && !place.node.startsWith('choice')) expect(place.node, `the place of ${key}`).toBe(node);
  }
}
