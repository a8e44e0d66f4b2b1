/** Children: what is left behind, in the way, or cut off. */
import 'reflect-metadata';
import { IsInt } from 'class-validator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Step, type StepRef, Workflow } from '../../lib/index.js';
import { bootApp, type TestApp, until } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';
import { nobodySweeps, signal } from './support.js';

class Count {
  @IsInt() count = 1;
}

let gate: (() => Promise<void> | void) | undefined;
const undone: string[] = [];

@Workflow({ name: 'little', context: Count })
class Little {
  @Step({ compensate: 'undo' }) one() {}
  async undo(_count: Count, step: StepRef) {
    undone.push(step.processId);
    await gate?.();
  }
  @Step({ on: 'never' }) never() {}
}

@Workflow({ name: 'parent', context: Count })
class ParentOf {
  @Step({ child: { workflow: 'little', with: 'values' } }) child(_count: Count, _little: Count) {}
  values() {
    return { count: 2 };
  }
}

class Strict {
  '~standard' = {
    version: 1,
    vendor: 'test',
    validate: (value: any) => {
      if (value.count === 2) throw new TypeError('the rules are broken');
      return { value };
    },
  };
}

@Workflow({ name: 'little', context: new Strict() as any })
class Broken {
  @Step() one() {}
}

describe('SQLite', () => {
  let database: Database;
  const apps: TestApp[] = [];
  beforeEach(() => {
    database = libsqlFile();
    gate = undefined;
    undone.length = 0;
  });
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await database.drop();
  });
  async function boot(providers: any[], options: object = nobodySweeps): Promise<TestApp> {
    const app = await bootApp(database, 'database', { providers, options });
    apps.push(app);
    return app;
  }
  async function childOf({ workflows }: TestApp, id: string): Promise<string> {
    const { items } = await until(() => workflows.find({ workflow: 'little' }), (page) => page.items.some(({ parentId, status }) => parentId === id && status === 'waiting')); // prettier-ignore
    return items.find(({ parentId }) => parentId === id)!.id;
  }

  it('P11 children that nobody here can start are not in the way of others', async () => {
    const blind = await boot([ParentOf, Little]);
    blind.engine.registry.remove('little', 1);
    for (let i = 0; i < 205; i++) await blind.workflows.start(ParentOf);
    const { store } = blind.engine;
    await until(() => store.maintenance.childrenToStart(1000), (orders) => orders.length === 205); // prettier-ignore
    @Workflow({ name: 'other', context: Count })
    class Other {
      @Step() one() {}
    }
    @Workflow({ name: 'parent-of-other', context: Count })
    class ParentOfOther {
      @Step({ child: { workflow: Other, with: 'values' } }) child() {}
      values() {
        return { count: 2 };
      }
    }
    const late = await boot([ParentOfOther, Other]);
    late.engine.children.committed = () => {}; // the one who asked dies before it starts its child
    const { id } = await late.workflows.start(ParentOfOther);
    await until(() => late.workflows.get(id), ({ status }) => status === 'waiting'); // prettier-ignore
    for (let i = 0; i < 3; i++) await late.engine.sweeper.sweep();
    await until(() => late.workflows.get(id), ({ status }) => status === 'completed', 3000); // prettier-ignore
  }, 30_000);

  it('a child that is being undone is undone to its end, though its parent is cancelled', async () => {
    const app = await boot([ParentOf, Little]);
    const { id } = await app.workflows.start(ParentOf);
    const child = await childOf(app, id);
    const [begun, open] = [signal(), signal()];
    gate = () => (begun.happen(), open.happened);
    await app.workflows.cancel(child, { compensate: true, reason: 'mine' });
    await begun.happened;
    await app.workflows.cancel(id);
    await app.engine.orphans.cancelOf(null);
    open.happen();
    await app.workflows.settled(child);
    const records = (await app.workflows.history(child)).map(({ type }) => type);
    expect(records).toContain('step-compensated');
    expect(undone).toEqual([child]);
  });

  it('a child whose workflow nobody here knows is cancelled with its parent', async () => {
    const app = await boot([ParentOf, Little]);
    const { id } = await app.workflows.start(ParentOf);
    const child = await childOf(app, id);
    await app.close();
    const blind = await boot([ParentOf, Little]);
    blind.engine.registry.remove('little', 1);
    await blind.workflows.cancel(id);
    await until(() => blind.workflows.get(child), ({ status }) => status === 'cancelled'); // prettier-ignore
  });

  it('the end of a child that nobody waits for is not kept for ever', async () => {
    const app = await boot([ParentOf, Little]);
    const { id } = await app.workflows.start(ParentOf);
    const child = await childOf(app, id);
    await app.workflows.cancel(id);
    await until(() => app.workflows.get(child), ({ status }) => status === 'cancelled'); // prettier-ignore
    expect(await app.engine.store.commits.messagesAt([`c:${child}`])).toHaveLength(1);
    await app.engine.store.maintenance.forgetMessages(Date.now() + 60_000);
    expect(await app.engine.store.commits.messagesAt([`c:${child}`])).toEqual([]);
  });

  it('but that of one that somebody waits for is', async () => {
    const app = await boot([ParentOf, Little]);
    const { id } = await app.workflows.start(ParentOf);
    const child = await childOf(app, id);
    const blind = await boot([Little]);
    await app.close();
    await blind.workflows.cancel(child);
    await blind.engine.store.maintenance.forgetMessages(Date.now() + 60_000);
    expect(await blind.engine.store.commits.messagesAt([`c:${child}`])).toHaveLength(1);
  });

  it('P11 a child whose rules throw fails the step that asked', async () => {
    const app = await boot([ParentOf, Broken]);
    const { id } = await app.workflows.start(ParentOf);
    const { cause } = await until(() => app.workflows.get(id), ({ status }) => status === 'failed', 3000); // prettier-ignore
    expect(cause).toContain('the rules are broken');
  });
});
