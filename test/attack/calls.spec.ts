/** Calls nobody should make: each is a typed error that says what to do, and changes nothing. */
import 'reflect-metadata';
import { IsString } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Step, Workflow, WorkflowError } from '../../lib/index.js';
import { bootApp, type TestApp } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';
import { nobodySweeps } from './support.js';

class Answer {
  @IsString() text!: string;
}
class Values {
  text = '';
}

@Workflow({ name: 'asks', context: Values })
class Asks {
  @Step({ input: Answer }) ask(_values: Values, { text }: Answer) {
    return { text };
  }
}

@Step()
class Work {
  run() {}
}

const nothings = [
  undefined,
  null,
  0,
  '',
  'nobody',
  {},
  [],
  Number.NaN,
  { groupId: 1 },
  { groupId: null },
  { workflow: 'nobody', groupId: 'x' },
  () => {},
  'x'.repeat(1_000_000),
];

describe('SQLite', () => {
  let database: Database;
  let app: TestApp;
  let id: string;
  beforeAll(async () => {
    database = libsqlFile();
    app = await bootApp(database, 'database', { providers: [Asks, Work], options: nobodySweeps });
    ({ id } = await app.workflows.start(Asks));
    await app.workflows.settled(id);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const w = () => app.workflows as any;
  const calls: Record<string, (nothing: any) => unknown> = {
    'provideInput: workflow': (no) => w().provideInput(no, 'ask', id, { text: '' }),
    'provideInput: step': (no) => w().provideInput(Asks, no, id, { text: '' }),
    'provideInput: process': (no) => w().provideInput(Asks, 'ask', no, { text: '' }),
    'provideInput: input': (no) => w().provideInput(Asks, 'ask', id, no),
    'skip: workflow': (no) => w().skip(no, 'ask', id),
    'skip: step': (no) => w().skip(Asks, no, id),
    'skip: process': (no) => w().skip(Asks, 'ask', no),
    'get': (no) => w().get(no),
    'get: process': (no) => w().get(Asks, no),
    'explain': (no) => w().explain(no),
    'log': (no) => w().log(no),
    'cancel': (no) => w().cancel(no, { compensate: true }),
    'define': (no) => w().define(no),
    'define: steps': (no) => w().define({ name: 'x', steps: no }),
    'define: a step': (no) => w().define({ name: 'x', steps: [no] }),
    'define: context': (no) => w().define({ name: 'x', steps: [{ name: 'Work' }, { name: 'Work' }], context: no }),
    'define: flow': (no) => w().define({ name: 'x', steps: [{ name: 'Work' }], flow: { start: no } }),
    'withdraw': (no) => w().withdraw(no),
    'plan: workflow': (no) => w().plan(no, { from: 1, to: 2 }).then((plan: any) => w().migrate(plan)),
    'plan: change': (no) => w().plan(Asks, no).then((plan: any) => w().migrate(plan)),
    'plan: from': (no) => w().plan(Asks, { from: no, to: 2 }).then((plan: any) => w().migrate(plan)),
    'plan: steps': (no) => w().plan(Asks, { from: 1, to: 2, steps: no }).then((plan: any) => w().migrate(plan)),
    'migrate': (no) => w().migrate(no),
    'draw: process': (no) => w().draw(Asks, no ?? null),
    'contextAt': (no) => w().contextAt(id, no),
    'restartFrom': (no) => w().restartFrom(id, no),
    'waitingForInput: workflow': (no) => w().waitingForInput({ workflow: no, cursor: 'x' }),
    'waitingForInput: cursor': (no) => w().waitingForInput({ cursor: no ?? null }),
  }; // prettier-ignore

  for (const [name, call] of Object.entries(calls)) {
    it(name, async () => {
      const before = await app.workflows.history(id);
      const wrong: string[] = [];
      for (const no of nothings) {
        const error: unknown = await Promise.resolve().then(() => call(no)).then((value: unknown) => value, (thrown: unknown) => thrown); // prettier-ignore
        if (!(error instanceof WorkflowError)) wrong.push(`${typeof no === 'symbol' ? 'symbol' : String(JSON.stringify(no))}: ${String((error as Error)?.stack ?? JSON.stringify(error)).slice(0, 300)}`); // prettier-ignore
      }
      expect(wrong).toEqual([]);
      expect(await app.workflows.history(id)).toEqual(before);
    });
  }

  it.each([1, 'x'])('options %s', async (no) => {
    const wrong: string[] = [];
    const options: Record<string, () => unknown> = {
      provideInput: () => w().provideInput(Asks, 'ask', id, { text: 1 }, no),
      skip: () => w().skip(Asks, 'nothing', id, {}, no),
      patch: () => w().skip(Asks, 'nothing', id, no),
      migrate: () => w().migrate({ workflow: Asks, from: 1, to: 2, steps: {} }, no),
      withdraw: () => w().withdraw('nobody', no),
      cancel: () => w().cancel('nobody', no),
    };
    for (const [name, call] of Object.entries(options)) {
      const error: unknown = await Promise.resolve().then(call).then((value: unknown) => value, (thrown: unknown) => thrown); // prettier-ignore
      if (!(error instanceof WorkflowError)) wrong.push(`${name}: ${String((error as Error)?.stack ?? JSON.stringify(error)).slice(0, 300)}`);
    }
    expect(wrong).toEqual([]);
  });
});
