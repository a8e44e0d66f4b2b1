/** Steps that do what the test of a process says and write down that they ran, and an application on each database to run them in. */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { afterAll, beforeAll, describe } from 'vitest';
import { Clock, type ProcessStatus, type StartOptions, Step, type StepRef } from 'nestjs-argonaut';
import { type AppSetup, bootApp, matrix, type TestApp, until } from '../support/app.js';
import { type Database, isThere, titleOf } from '../support/databases.js';

export type Behaviour = (context: any, step: StepRef) => unknown;
/** Step → what it does. A step that is not named here does nothing, and is done. */
export type Behaviours = Readonly<Record<string, Behaviour>>;

export interface Call {
  readonly step: string;
  readonly groupId: string;
  readonly processId: string;
  readonly attempt: number;
  readonly context: any;
  readonly item: any;
  readonly index: number;
  readonly state: any;
  readonly message: any;
  readonly previous: any;
  readonly now: Date;
}

/** What ran, and what the steps of a group id are to do. */
@Injectable()
export class Journal {
  readonly calls: Call[] = [];
  private readonly behaviours = new Map<string, Behaviours>();

  tell(groupId: string, behaviours: Behaviours): void {
    this.behaviours.set(groupId, behaviours);
  }

  run(context: unknown, step: StepRef, name = step.name): any {
    const { groupId, processId, attempt, item, index, state, message, previous, now } = step;
    this.calls.push({ step: name, groupId, processId, attempt, context: structuredClone(context), item, index, state, message, previous, now });
    return this.behaviours.get(groupId)?.[name]?.(context, step);
  }

  /** The bodies that ran for a group id, in order. */
  of(groupId: string, step?: string): Call[] {
    return this.calls.filter((call) => call.groupId === groupId && (step === undefined || call.step === step));
  }

  names(groupId: string): string[] {
    return this.of(groupId).map(({ step }) => step);
  }
}

/** The step class of most workflows here: it is used under many names, and in many workflows. */
@Step()
export class Act {
  constructor(private readonly journal: Journal) {}
  run(context: any, step: StepRef): any {
    return this.journal.run(context, step);
  }
}

/** What undoes it: the journal writes it down under `undo <name>`. */
@Step()
export class Undo {
  constructor(private readonly journal: Journal) {}
  run(context: any, step: StepRef): any {
    return this.journal.run(context, step, `undo ${step.name}`);
  }
}

/** Lets bodies out one at a time, and knows how many are inside at once. */
export class Turnstile {
  inside = 0;
  most = 0;
  private readonly exits: (() => void)[] = [];

  pass = async (): Promise<void> => {
    this.most = Math.max(this.most, ++this.inside);
    await new Promise<void>((resolve) => this.exits.push(resolve));
    this.inside--;
  };

  async letOut(count = 1): Promise<void> {
    for (let i = 0; i < count; i++)
      await until(
        () => this.exits.shift(),
        (exit) => exit !== undefined,
      ).then((exit) => exit!());
  }

  isFull(count: number): Promise<number> {
    return until(
      () => this.inside,
      (inside) => inside === count,
    );
  }
}

/** A promise that a test keeps. */
export function signal<T = void>() {
  let give!: (value: T) => void;
  const happened = new Promise<T>((resolve) => (give = resolve));
  return { happened, give };
}

/** A clock that runs ahead as far as a test says. */
export class Ahead extends Clock {
  private ms = 0;
  now(): Date {
    return new Date(Date.now() + this.ms);
  }
  by(ms: number): void {
    this.ms += ms;
  }
}

/** An application on one database, and what tests ask of it. */
export class Bench {
  app!: TestApp;
  readonly journal = new Journal();

  constructor(
    readonly database: Database,
    private readonly setup: AppSetup,
  ) {}

  /** One more instance of the application: it has a journal of its own. */
  async instance(setup: AppSetup = {}, journal = new Journal()): Promise<TestApp & { journal: Journal }> {
    const { providers = this.setup.providers ?? [], queues = this.setup.queues ?? ['work'], options, ...rest } = setup;
    const app = await bootApp(this.database, 'database', {
      queues,
      ...rest,
      options: { worker: { sweepInterval: '50ms', heartbeat: '2s' }, ...this.setup.options, ...options },
      providers: [{ provide: Journal, useValue: journal }, Act, Undo, ...providers],
    });
    return Object.assign(app, { journal });
  }

  async open(): Promise<void> {
    this.app = await this.instance({}, this.journal);
  }

  async close(): Promise<void> {
    await this.app?.close();
    await this.database.drop();
  }

  get workflows() {
    return this.app.workflows;
  }

  /** Starts a process whose steps do this. */
  async start(workflow: any, values: object = {}, behaviours: Behaviours = {}, options: StartOptions = {}) {
    const { groupId = `g-${randomUUID()}` } = options;
    this.journal.tell(groupId, behaviours);
    const { id } = await this.workflows.start(workflow, values, { ...options, groupId });
    return { id, groupId, names: () => this.journal.names(groupId) };
  }

  /** The same, and waits until it waits, parks or ends. */
  async run(workflow: any, values: object = {}, behaviours: Behaviours = {}, options: StartOptions = {}) {
    const started = await this.start(workflow, values, behaviours, options);
    return { ...started, process: await this.settled(started.id) };
  }

  settled(id: string) {
    return this.workflows.settled(id, { timeout: '10s' });
  }

  reaches(id: string, status: ProcessStatus, deadlineMs?: number) {
    return until(
      () => this.workflows.get(id),
      (process) => process.status === status,
      deadlineMs,
    );
  }

  /** It waits in these steps, and in no others. */
  waitsIn(id: string, ...steps: string[]) {
    return until(
      () => this.waiting(id),
      (found) => JSON.stringify(found) === JSON.stringify(steps.toSorted()),
    );
  }

  async waiting(id: string): Promise<string[]> {
    return (await this.workflows.get(id)).waits.map(({ step }) => step).sort();
  }

  async context(id: string): Promise<any> {
    return (await this.workflows.get(id)).context;
  }

  async types(id: string): Promise<string[]> {
    return (await this.workflows.history(id)).map(({ type, step }) => (step === null ? type : `${type} ${step}`));
  }

  /** The steps that are recorded like this, in order. */
  async steps(id: string, type = 'step-completed'): Promise<string[]> {
    return (await this.workflows.history(id)).filter((record) => record.type === type).map(({ step }) => step!);
  }
}

/** The databases of the matrix, each once. */
export const DATABASES = matrix().filter(({ queue }) => queue === 'database');

/** These tests on each database, in an application with these providers. */
export async function onEachDatabase(setup: AppSetup, tests: (bench: Bench) => void, cells = DATABASES): Promise<void> {
  for (const cell of cells) {
    const database = await cell.database();
    describe.skipIf(!isThere(database))(titleOf(database), () => {
      const bench = new Bench(database, setup);
      beforeAll(() => bench.open());
      afterAll(() => bench.close());
      tests(bench);
    });
  }
}
