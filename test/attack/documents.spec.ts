/** Definitions: going back, racing, growing, and names that mean something to JavaScript. */
import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Step, type StepRef, Workflow, WorkflowError } from '../../lib/index.js';
import { bootApp, type TestApp } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';
import { nobodySweeps } from './support.js';

const ran: string[] = [];

@Step()
class A {
  run(_context: unknown, step: StepRef) {
    ran.push(step.name);
  }
}
@Step()
class B {
  run(_context: unknown, step: StepRef) {
    ran.push(step.name);
  }
}

class Values {
  list: number[] = [];
}
@Workflow({ name: 'versioned', version: 1, context: Values })
class V1 {
  @Step({ compensate: 'undo' }) pick() {}
  undo(_values: Values, step: StepRef) {
    ran.push(`undone ${step.name} v1`);
  }
  @Step({ on: 'picked' }) wait() {}
}
@Workflow({ name: 'versioned', version: 2, context: Values })
class V2 {
  @Step({ compensate: 'undo' }) collect() {}
  undo(_values: Values, step: StepRef) {
    ran.push(`undone ${step.name} v2`);
  }
  @Step({ on: 'picked' }) wait() {}
}

describe('SQLite', () => {
  let database: Database;
  const apps: TestApp[] = [];
  beforeEach(() => {
    database = libsqlFile();
    ran.length = 0;
  });
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await database.drop();
  });
  async function boot(providers: any[] = [A, B], options: object = nobodySweeps): Promise<TestApp> {
    const app = await bootApp(database, 'database', { providers, options });
    apps.push(app);
    return app;
  }

  it('a document that is as it was before is what new processes start with', async () => {
    const { workflows } = await boot();
    const [first, second] = [
      { name: 'doc', steps: [{ name: 'A' }] },
      { name: 'doc', steps: [{ name: 'B' }] },
    ];
    for (const document of [first, second, first]) await workflows.define(document);
    await workflows.settled((await workflows.start('doc')).id);
    expect(ran).toEqual(['A']);
    const other = await boot();
    await other.workflows.settled((await other.workflows.start('doc')).id);
    expect(ran).toEqual(['A', 'A']);
  });

  it('two instances define two documents of one name at once: both are there, on both', async () => {
    const [a, b] = [await boot(), await boot()];
    await Promise.all([a.workflows.define({ name: 'doc', steps: [{ name: 'A' }] }), b.workflows.define({ name: 'doc', steps: [{ name: 'B' }] })]);
    for (const { engine } of [a, b]) await engine.definitions.learn();
    const drawn = [a, b].map(({ workflows }) => workflows.draw('doc'));
    expect(drawn[0]).toBe(drawn[1]);
    for (const { engine } of [a, b]) expect([1, 2].map((version) => engine.registry.find('doc', version) !== undefined)).toEqual([true, true]);
  });

  it('withdrawn on one, defined again on another, it is back on both', async () => {
    const [a, b] = [await boot(), await boot()];
    const document = { name: 'doc', steps: [{ name: 'A' }] };
    await a.workflows.define(document);
    await b.engine.definitions.learn();
    await a.workflows.withdraw('doc');
    await b.engine.definitions.learn();
    await expect(b.workflows.start('doc')).rejects.toThrow('withdrawn');
    await b.workflows.define(document);
    await a.engine.definitions.learn();
    expect((await a.workflows.settled((await a.workflows.start('doc')).id)).status).toBe('completed');
  });

  it('what was done before a migration is undone under the new names', async () => {
    const { workflows } = await boot([V1, V2]);
    const { id } = await workflows.start('versioned', {}, { version: 1 });
    await workflows.settled(id);
    const plan = await workflows.plan('versioned', { from: 1, to: 2, steps: { pick: 'collect' } });
    expect(await workflows.migrate(plan)).toBe(1);
    await workflows.cancel(id, { compensate: true });
    const { status } = await workflows.settled(id);
    expect([status, ran]).toEqual(['cancelled', ['undone collect v2']]);
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])('"%s" is no key, no method, no step class', async (name) => {
    const { workflows } = await boot();
    const poor = (json: string) => JSON.parse(json.replaceAll('NAME', name)) as any;
    const documents = [
      '{ "name": "doc", "steps": [{ "name": "A", "use": "NAME" }] }',
      '{ "name": "doc", "steps": [{ "name": "NAME" }] }',
      '{ "name": "doc", "context": "NAME", "steps": [{ "name": "A" }] }',
      '{ "name": "doc", "steps": [{ "name": "A", "overdue": { "after": "1s", "do": "NAME" } }] }',
      '{ "name": "doc", "steps": [{ "name": "A", "child": { "workflow": "NAME", "with": ["NAME"] } }] }',
      '{ "name": "doc", "steps": [{ "name": "A", "onError": { "next": "NAME" } }] }',
      '{ "name": "doc", "steps": [{ "name": "A", "NAME": 1 }] }',
      '{ "name": "doc", "steps": [{ "name": "A" }], "flow": { "start": ["A"], "A": ["NAME"] } }',
      '{ "name": "doc", "steps": [{ "name": "A" }], "flow": { "start": ["A"], "NAME": ["A"] } }',
    ];
    for (const document of documents) await expect(workflows.define(poor(document)), document).rejects.toBeInstanceOf(WorkflowError);
    const polluting = workflows.define(poor('{ "name": "doc", "config": { "NAME": { "polluted": true } }, "steps": [{ "name": "A" }] }'));
    await polluting.catch((error: unknown) => expect(error).toBeInstanceOf(WorkflowError));
    await workflows.define(poor('{ "name": "doc", "steps": [{ "name": "x", "use": "A", "if": "NAME" }] }'));
    const { id } = await workflows.start('doc');
    expect((await workflows.settled(id)).status).toBe('completed');
    expect(ran).toEqual([]);
    expect(({} as any).polluted).toBeUndefined();
  });

  it('10,000 steps are verified in seconds, where they are allowed', async () => {
    const { workflows } = await boot([A, B], { ...nobodySweeps, documents: { steps: 10_000, bytes: 2 ** 20 } });
    await workflows.define({ name: 'large', steps: Array.from({ length: 10_000 }, (_, i) => ({ name: `s${i}`, use: 'A' })) });
    await expect(workflows.define({ name: 'wrong', steps: Array.from({ length: 10_000 }, (_, i) => ({ name: `s${i}`, use: 'C' })) })).rejects.toBeInstanceOf(
      WorkflowError,
    );
  }, 60_000);

  it('what is nested without end is a typed error', async () => {
    const { workflows } = await boot();
    let deep: any = { type: 'string' };
    for (let i = 0; i < 20_000; i++) deep = { type: 'object', properties: { a: deep } };
    await expect(workflows.define({ name: 'deep', context: deep, steps: [{ name: 'A' }] })).rejects.toBeInstanceOf(WorkflowError);
    await expect(workflows.define({ name: 'deep', config: { deep }, steps: [{ name: 'A' }] })).rejects.toBeInstanceOf(WorkflowError);
    const circle: any = { name: 'circle', steps: [{ name: 'A' }], config: {} };
    circle.config.self = circle.config;
    await expect(workflows.define(circle)).rejects.toBeInstanceOf(WorkflowError);
    await expect(workflows.define({ name: 'huge', steps: [{ name: 'A' }], config: { n: 1n } } as any)).rejects.toBeInstanceOf(WorkflowError);
  });
});
