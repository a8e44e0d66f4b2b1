import type { EngineParts } from '../engine/engine.js';
import { AGAIN_MS } from '../core/events.js';
import { reasonOf } from '../values/reason.js';
import { again, done, fail, go, pause } from '../values/outcome.js';
import type { WorkflowService } from '../workflow.service.js';
import type { HeldBodies, HeldBody } from './held-bodies.js';
import { type FixtureRecord, madeBy, type ProcessFixture } from './process-fixture.js';
import { bringMessage } from './replayed-messages.js';
import type { Probe } from './process-probe.js';

/** What a replay drives. */
export interface ReplayParts {
  readonly engine: EngineParts;
  readonly workflows: WorkflowService;
  readonly held: HeldBodies;
  /** Steps whose code of today runs. */
  readonly runs: ReadonlySet<string>;
  /** Moves the clock to this time, ms. */
  readonly advanceTo: (time: number) => Promise<void>;
  readonly settle: () => Promise<void>;
  readonly probe: Probe;
}

/** Records of what a body came to. */
const OUTCOMES: ReadonlySet<string> = new Set(['step-completed', 'step-failed', 'step-deferred', 'step-paused', 'response-requested', 'step-compensated']);
/** Records of what a person did that cannot be done again. */
const NOT_REPLAYED: ReadonlySet<string> = new Set(['process-restarted', 'process-migrated', 'child-started']);

/** Lets a process of today go through what another one has recorded, record by record, up to the first that it does not follow. */
export class ProcessReplay {
  readonly differences: string[] = [];
  /** How often each thing has been recorded so far. */
  private readonly counts = new Map<string, number>();
  private readonly shift: number;

  constructor(
    private readonly fixture: ProcessFixture,
    private readonly parts: ReplayParts,
  ) {
    this.shift = parts.engine.clock.now().getTime() - timeOf(fixture.startedAt);
  }

  async run(): Promise<void> {
    for (const [index, record] of this.fixture.records.entries()) {
      const problem = await this.follow(record, index);
      if (problem !== null) return void this.differences.push(`Record ${index + 1}, ${nameOf(record)}: ${problem}`);
    }
    const { status } = this.fixture;
    const [first] = this.standing;
    if (status !== this.parts.probe.status || first) this.differences.push(`The recorded process was ${status}. Today ${this.standsAt()}.`);
  }

  /** Null: the process of today did the same. */
  private async follow(record: FixtureRecord, index: number): Promise<string | null> {
    const at = timeOf(record.at) + this.shift;
    if (at > this.parts.engine.clock.now().getTime()) await this.parts.advanceTo(at);
    if (this.hasToo(record)) return null;
    if (NOT_REPLAYED.has(record.type) || (record.type === 'step-skipped' && record.detail !== undefined)) return 'this is not replayed. The replay ends here';
    if (OUTCOMES.has(record.type)) return this.answer(record, index);
    if (record.type === 'message-delivered') return this.deliver(record);
    return this.operate(record);
  }

  /** True if it is recorded today as well, by itself: a timer has fired, or a body has run out of time. */
  private hasToo(record: FixtureRecord): boolean {
    const count = (this.counts.get(nameOf(record)) ?? 0) + 1;
    this.counts.set(nameOf(record), count);
    return this.isLike(record);
  }

  /* ------------------------------------------------------------------------ bodies ---- */

  private async answer(record: FixtureRecord, index: number): Promise<string | null> {
    const { held, probe, runs } = this.parts;
    const body = held.of(probe.id).find(({ visit }) => visit.name === record.step);
    if (!body) return `today ${this.standsAt()}`;
    held.answer(body, runs.has(record.step!) ? body.run : () => this.outcomeOf(record, index));
    const before = probe.records.at(-1)!;
    await this.parts.settle();
    if (!this.isLike(record)) return `today ${this.standsAt()}${this.lastError(body)}`;
    if (runs.has(record.step!)) await this.compare(record, before.contextVersion);
    return null;
  }

  private outcomeOf(record: FixtureRecord, index: number): unknown {
    const patch = { ...record.set, ...Object.fromEntries((record.removed ?? []).map((key) => [key, undefined])) };
    switch (record.type) {
      case 'step-failed': return this.failure(record, index);
      case 'step-paused': return pause(record.reason ?? '');
      case 'step-deferred': return again({ after: this.untilNext(record, index), patch });
      case 'response-requested': return undefined;
      default: return this.chosen(record) === undefined ? done(patch) : go(this.chosen(record)!, patch);
    } // prettier-ignore
  }

  /** A failure that was not tried again was final, or is by now. */
  private failure({ step, error = 'it failed' }: FixtureRecord, index: number): unknown {
    if (!this.fixture.records.slice(index + 1).some((each) => each.step === step && OUTCOMES.has(each.type))) return fail(error);
    throw Object.assign(new Error(error.replace(/^Error: /, '')), { stack: error });
  }

  /** The branch that a decision has chosen. */
  private chosen({ step, detail }: FixtureRecord): string | undefined {
    const node = this.definition.nodes.get(step!);
    return node?.kind === 'step' && node.next.length > 1 ? detail?.split('; ')[0] : undefined;
  }

  /** How long it was to the next attempt of that step, ms. */
  private untilNext({ step, at }: FixtureRecord, index: number): number {
    const next = this.fixture.records.slice(index + 1).find((each) => each.step === step && OUTCOMES.has(each.type));
    return Math.max(1, next ? timeOf(next.at) - timeOf(at) : AGAIN_MS);
  }

  /** Compares what the code of today gave. */
  private async compare(record: FixtureRecord, before: number): Promise<void> {
    const { probe, workflows } = this.parts;
    const today = await madeBy(workflows, probe.id, before, probe.records.at(-1)!.contextVersion);
    const [then, now] = [record, today].map(({ set = {}, removed = [] }) =>
      JSON.stringify(sorted({ ...set, ...Object.fromEntries(removed.map((key) => [key, null])) })),
    );
    if (then !== now) this.differences.push(`${nameOf(record)}: it changed ${then}. Today it changes ${now}.`);
  }

  private async deliver(record: FixtureRecord): Promise<string | null> {
    try {
      const problem = await bringMessage(record, this.fixture, this.parts);
      await this.parts.settle();
      return problem ?? (this.isLike(record) ? null : `today no step takes it: ${this.standsAt()}`);
    } catch (error) {
      return `today it is not taken: ${reasonOf(error)}`;
    }
  }

  /* --------------------------------------------------------------------- operation ---- */

  private async operate({ type }: FixtureRecord): Promise<null> {
    const { workflows, probe } = this.parts;
    if (type === 'process-suspended') await workflows.suspend(probe.id);
    if (type === 'process-resumed') await workflows.resume(probe.id);
    if (type === 'process-retried') await workflows.retry(probe.id);
    if (type === 'compensation-started') await workflows.cancel(probe.id, { compensate: true });
    if (type === 'process-cancelled') await workflows.cancel(probe.id);
    await this.parts.settle();
    return null;
  }

  /* --------------------------------------------------------------------------------- */

  private isLike({ type, step }: FixtureRecord): boolean {
    const count = this.counts.get(nameOf({ type, step: step! }))!;
    return this.parts.probe.records.filter((each) => each.type === type && each.step === (step ?? null)).length >= count;
  }

  /** The steps whose bodies are held. */
  private get standing(): string[] {
    return this.parts.held.of(this.parts.probe.id).map(({ visit }) => visit.name);
  }

  private standsAt(): string {
    const { status, waitingFor } = this.parts.probe;
    const places = [...this.standing.map((step) => `it is in "${step}"`), ...waitingFor.map((step) => `it waits in "${step}"`)];
    return places.length === 0 ? `it is ${status}` : [...new Set(places)].join(' and ');
  }

  private lastError({ visit }: HeldBody): string {
    const failed = this.parts.probe.records.findLast(({ type, step }) => type === 'step-failed' && step === visit.name);
    return failed ? ` ("${visit.name}" failed: ${failed.error})` : '';
  }

  private get definition() {
    return this.parts.engine.registry.get(this.fixture.workflow).definition;
  }
}

function nameOf({ type, step }: Pick<FixtureRecord, 'type' | 'step'>): string {
  return step === undefined ? type : `${type} of "${step}"`;
}

function timeOf(at: string): number {
  return new Date(at).getTime();
}

function sorted(values: object): object {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}
