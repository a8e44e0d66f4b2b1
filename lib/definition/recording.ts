import type { StepOptions } from './step-options.js';
import { isClass, type WorkflowSource, type WrittenStep } from './source.js';
import { besideTheFlow } from './verify/digraph-problems.js';
import { onTop, type StepLibrary, useOf } from './step-library.js';

/** The options of one use of a step in a flow. */
export type Policy = StepOptions & Readonly<Partial<Record<(typeof ON_OPTIONS)[number], unknown>>>;
const ON_OPTIONS = ['since', 'matchOne', 'skipAhead', 'reprocess'] as const;

/** The options of a step that waits for an event, and has no body. */
export function waitOptions(event: string, key: unknown, { name: _name, ...policy }: Policy): Policy {
  const given = Object.entries({ key, ...policy }).filter(([, value]) => value !== undefined);
  const isOn = ([option]: readonly [string, unknown]) => option === 'key' || (ON_OPTIONS as readonly string[]).includes(option);
  const on = { event, ...Object.fromEntries(given.filter(isOn)) };
  return { ...Object.fromEntries(given.filter((each) => !isOn(each))), on } as Policy;
}

/** The state that the builders of one flow share while it is recorded: its steps, names and problems. */
export class Recording {
  readonly problems: string[] = [];
  /** The methods of the workflow that the flow names. */
  readonly named = new Set<string>();
  /** The names of calls that still wait for their `do`. */
  readonly open = new Set<string>();
  private readonly taken = new Set<string>();
  /** The builder of the part that is being recorded. */
  private turn: unknown;

  constructor(
    readonly source: WorkflowSource,
    private readonly library: StepLibrary,
  ) {}

  /** An unused name: `kind`, or with a number where that is taken. */
  fresh(kind: string): string {
    let name = kind;
    for (let i = 2; this.taken.has(name); i++) name = `${kind} ${i}`;
    this.taken.add(name);
    return name;
  }

  /** One use of a step. Undefined: there is no such step, and a problem was added. */
  use(step: unknown, policy: Policy = {}): WrittenStep | undefined {
    const found = this.find(step);
    if (!found) return undefined;
    const named = policy.name ?? found.name;
    if (this.taken.has(named)) this.problems.push(twice(found, named, policy.name !== undefined));
    const name = this.fresh(named);
    return { ...found, name, options: onTop(found.options, { ...policy, name }) };
  }

  /** What undoes a step: a step class, or a method, which need not be a step. */
  undo(step: unknown): WrittenStep | undefined {
    const provider = this.library.of(step);
    if (provider) return useOf(provider);
    if (isClass(step)) return this.fault(noProvider(step.name));
    const method = this.methodCalled(step);
    if (method === undefined) return this.fault(NO_STEP);
    this.named.add(method);
    const written = this.source.steps.find((each) => each.method === method);
    return written ?? { name: method, options: {}, host: this.source.instance, method, isClass: false };
  }

  fault(problem: string): undefined {
    this.problems.push(problem);
  }

  /** While `tell` runs, only this builder may be called. */
  during(builder: unknown, tell: () => void): void {
    const before = this.turn;
    this.turn = builder;
    try {
      tell();
    } finally {
      this.turn = before;
    }
  }

  /** Reports a call on the builder of another part. `name`: what the call adds. */
  expect(builder: unknown, name: string): void {
    const problem = `its flow says "${name}" on the builder of another part. ${BODY}`;
    if (builder !== this.turn && !this.problems.includes(problem)) this.fault(problem);
  }

  private find(step: unknown): WrittenStep | undefined {
    const provider = this.library.of(step);
    if (provider) return useOf(provider);
    if (isClass(step)) return this.fault(noProvider(step.name));
    const method = this.methodCalled(step);
    if (method === undefined) return this.fault(NO_STEP);
    const found = this.source.steps.find((each) => each.method === method);
    if (!found) return this.fault(`its flow names the method ${method}, which is no step: put @Step() on it.`);
    if (found.options.unsolicited) return this.fault(besideTheFlow(method));
    this.named.add(method);
    return found;
  }

  /** The name of a method of the workflow. Never runs a getter. */
  private methodCalled(step: unknown): string | undefined {
    if (typeof step !== 'function') return undefined;
    for (let owner = this.source.instance as object | null; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner) as object | null) {
      const found = Object.entries(Object.getOwnPropertyDescriptors(owner)).find(([, { value }]) => value === step);
      if (found) return found[0];
    }
    return undefined;
  }
}

export const BODY = 'A body is built with the builder it is given: say (g) => g.then(...).';
export const ASYNCHRONOUS = 'its flow is asynchronous. A flow only says what follows what: say it at once, without await.';
export const NO_EVENT = "its flow waits for something that is not the name of an event. Say waitFor('...'); is it undefined, as imports go in a circle?";
const NO_STEP = 'its flow names something that is neither a method of the workflow nor a step class. Say this.method, or the class; is it undefined, as imports go in a circle?'; // prettier-ignore

function noProvider(name: string): string {
  return `its flow names ${name}, which is not a provider: add it to the providers of a module, with @Step() on the class.`;
}

function twice({ isClass: ofClass, method, host, name }: WrittenStep, taken: string, said: boolean): string {
  if (said) return `two things in its flow are called "${taken}". Give one of them another name.`;
  const step = ofClass ? host.constructor.name : `this.${method}`;
  return `its flow uses "${name}" a second time. Give this use a name: then(${step}, { name: '...' }).`;
}
