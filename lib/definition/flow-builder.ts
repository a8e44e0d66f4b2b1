import type { Block, Blocks, StepBlock } from './blocks.js';
import { ASYNCHRONOUS, BODY, NO_EVENT, type Policy, type Recording, waitOptions } from './recording.js';
import { branchProblems, eachProblems, raceProblems } from './verify/builder-problems.js';
import { stageProblems } from './verify/stage-problems.js';
import { type AnyFunction, isClass, type WrittenStep } from './source.js';
import type { UndoPolicy } from './step-options.js';
import { Use } from './use.js';

/** The argument of `.do`: a step class, or a function that continues a builder. */
type FlowPart = unknown;

/** The builder at run time: records its calls in order. `Flow` is its public type. */
export class FlowBuilder {
  private readonly told: (Use | Block)[] = [];

  constructor(
    private readonly recording: Recording,
    /** The stage that its steps belong to. */
    private readonly label?: string,
  ) {}

  blocks(): Blocks {
    return this.told.map((each) => (each instanceof Use ? each.block() : each));
  }

  startWith(step: unknown, policy?: Policy): this {
    return this.then(step, policy);
  }

  then(step: unknown, policy?: Policy): this {
    const used = this.recording.use(step, policy);
    return used ? this.tell(new Use(this.labelled(used))) : this;
  }

  waitFor(event: string, key?: unknown, policy: Policy = {}): this {
    if (typeof event !== 'string') return this.recording.fault(NO_EVENT) ?? this;
    return this.tell(this.bodiless(this.recording.fresh(policy.name ?? event), waitOptions(event, key, policy)));
  }

  after(when: unknown): this {
    return this.tell(this.pause(when));
  }

  if(test: unknown): DoClause {
    return this.doing('if', (name, body) => ({ kind: 'choice', name, test, loops: false, body }));
  }

  while(test: unknown): DoClause {
    return this.doing('while', (name, body) => ({ kind: 'choice', name, test, loops: true, body }));
  }

  forEach(items: unknown, options: { concurrency?: number } = {}): DoClause {
    return this.doing('forEach', (name, body) => {
      this.recording.problems.push(...eachProblems(name, options));
      const { concurrency } = options ?? {};
      return { kind: 'each', name, items, ...(concurrency !== undefined && { concurrency }), body };
    });
  }

  schedule(delay: unknown): DoClause {
    return this.doing('schedule', (name, body) => ({ kind: 'beside', name, body: [this.pause(delay).block(), ...body] }));
  }

  recur(interval: unknown, until: unknown): DoClause {
    return this.doing('recur', (name, body) => {
      const pause = this.pause(interval).block() as StepBlock;
      return { kind: 'beside', name, body: [{ kind: 'recur', name: this.recording.fresh('until'), pause, until, body }] };
    });
  }

  decide(step: unknown, branches: Readonly<Record<string, FlowPart>>): this {
    const used = this.recording.use(step);
    this.recording.problems.push(...branchProblems('decide', Object.keys(branches)));
    const bodies = Object.fromEntries(Object.entries(branches).map(([says, part]) => [says, this.part(part)]));
    if (!used) return this;
    this.tell(new Use(this.labelled(used), bodies));
    return this;
  }

  all(...branches: FlowPart[]): this {
    const name = this.recording.fresh('all');
    this.recording.problems.push(...branchProblems('all', branches));
    return this.tell({ kind: 'fork', name, branches: branches.map((each) => this.part(each)), join: 'all', losers: 'cancel' });
  }

  any(...given: FlowPart[]): this {
    const [first, ...others] = given;
    const options = typeof first === 'object' && first !== null ? (first as { losers?: 'cancel' | 'finish' }) : undefined;
    const name = this.recording.fresh('any');
    const branches = (options ? others : given).map((each) => this.part(each));
    this.recording.problems.push(...raceProblems(name, options ?? {}), ...branchProblems('any', branches));
    return this.tell({ kind: 'fork', name, branches, join: 'any', losers: options?.losers ?? 'cancel' });
  }

  /** Without a policy a stage is only a label on its steps. */
  stage(name: string, part: FlowPart, policy: Policy = {}): this {
    if (Object.keys(policy).length > 0) return this.limited(this.recording.fresh(name), part, policy);
    for (const block of this.body('stage', part, name)) this.tell(block);
    return this;
  }

  private limited(name: string, part: FlowPart, policy: Policy): this {
    this.recording.problems.push(...stageProblems(this.recording.source, { name, policy }));
    return this.tell({ kind: 'stage', name, body: this.body('stage', part), policy });
  }

  end(): this {
    return this.tell({ kind: 'end' });
  }

  /* ------------------------------------------------- of the step just told ---- */

  input(key: string, from: AnyFunction): this {
    this.last?.inputs.set(key, from);
    return this;
  }

  output(key: string, from: AnyFunction): this {
    this.last?.outputs.set(key, from);
    return this;
  }

  onError(policy: WrittenStep['options']['onError']): this {
    if (this.last) this.last.options = { ...this.last.options, ...(policy !== undefined && { onError: policy }) };
    return this;
  }

  compensateWith(step: unknown, policy?: UndoPolicy): this {
    this.last?.undoWith(this.recording.undo(step), policy);
    return this;
  }

  private get last(): Use | undefined {
    const last = this.told.at(-1);
    if (!(last instanceof Use)) return undefined;
    this.recording.expect(this, last.name);
    return last;
  }

  /* --------------------------------------------------------------- its parts ---- */

  private tell(what: Use | Block): this {
    const last = this.told.at(-1);
    this.recording.expect(this, 'name' in what ? what.name : what.kind);
    if (last && !(last instanceof Use) && last.kind === 'end') this.recording.fault('its flow goes on after end(), where nothing can follow.');
    this.told.push(what);
    return this;
  }

  /** The call stays open, which is a problem, until its `.do(…)` follows. */
  private doing(kind: string, block: (name: string, body: Blocks) => Block): DoClause {
    const name = this.recording.fresh(kind);
    this.recording.open.add(name);
    return {
      do: (part) => {
        this.recording.open.delete(name);
        return this.tell(block(name, this.body(kind, part)));
      },
    };
  }

  /** Reports a body without a step, unless it has other problems. The graph check reports an empty `while`. */
  private body(kind: string, part: FlowPart, label = this.label): Blocks {
    const { problems } = this.recording;
    const before = problems.length;
    const blocks = this.part(part, label);
    if (blocks.length === 0 && problems.length === before && kind !== 'while')
      this.recording.fault(`its flow says ${kind}() with a body that says no step. ${BODY}`);
    return blocks;
  }

  private part(part: FlowPart, label = this.label): Blocks {
    const inner = new FlowBuilder(this.recording, label);
    this.recording.during(inner, () => {
      if (typeof part !== 'function') this.recording.fault('a branch of its flow is neither a step class nor a function that continues the builder.');
      else if (isClass(part)) inner.then(part);
      else if ((part as AnyFunction)(inner) instanceof Promise) this.recording.fault(ASYNCHRONOUS);
    });
    return inner.blocks();
  }

  private pause(when: unknown): Use {
    const length = typeof when === 'function' ? '' : typeof when === 'number' ? ` ${when} ms` : ` ${String(when)}`;
    return this.bodiless(this.recording.fresh(`after${length}`), { after: when } as Policy);
  }

  /** A step that only waits. */
  private bodiless(name: string, options: Policy): Use {
    return new Use(this.labelled({ name, options, host: this.recording.source.instance, method: '', isClass: true }));
  }

  private labelled(step: WrittenStep): WrittenStep {
    return this.label === undefined ? step : { ...step, options: { ...step.options, stage: this.label } };
  }
}

interface DoClause {
  do(part: FlowPart): FlowBuilder;
}
