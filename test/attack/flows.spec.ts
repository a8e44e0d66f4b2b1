/** Flows, children, undoing: what would do something twice, never, or to the wrong visit. */
import 'reflect-metadata';
import { IsInt, IsString } from 'class-validator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Step, type StepRef, Workflow } from '../../lib/index.js';
import { bootApp, type TestApp, until } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';
import { nobodySweeps, quick, signal } from './support.js';

class Answer {
  @IsString() text!: string;
}

class Asked {
  items: string[] = [];
  answers: string[] = [];
}

@Workflow({ name: 'asks-for-each', context: Asked })
class AsksForEach {
  @Step({ forEach: 'items', input: Answer }) ask(_context: Asked, { text }: Answer, step: StepRef<unknown, string>) {
    return { answers: (all: string[]) => [...all, `${step.item}: ${text}`] };
  }
  @Step({ on: 'over' }) last(_context: Asked) {}
}

class Trip {
  cancelled: string[] = [];
}

const gates = new Map<string, () => Promise<void> | void>();
const undone: string[] = [];

@Workflow({ name: 'trip', context: Trip })
class BookTrip {
  @Step({ compensate: 'cancelHotel' }) hotel() {}
  async cancelHotel(_trip: Trip, step: StepRef) {
    undone.push(`hotel ${step.processId}`);
    await gates.get('hotel')?.();
  }
  @Step({ on: 'paid' }) pay(_trip: Trip) {}
}

class Count {
  @IsInt() count = 1;
}

class Nasty {
  @IsInt() count = 1;
  constructor() {
    if (gates.has('nasty')) throw new TypeError('nasty');
  }
}

@Workflow({ name: 'little', context: Count })
class Little {
  @Step() one() {}
}

@Workflow({ name: 'nasty', context: Nasty })
class NastyChild {
  @Step() one() {}
}

@Workflow({ name: 'parent', context: Count })
class ParentOf {
  @Step({ child: { workflow: Little, with: 'values' } }) child(_context: Count) {}
  values() {
    return { count: 2 };
  }
}

@Workflow({ name: 'parent-of-nasty', context: Count })
class ParentOfNasty {
  @Step({ child: { workflow: NastyChild, with: 'values' } }) child(_context: Count) {}
  values() {
    gates.set('nasty', () => {});
    return { count: 2 };
  }
}

const providers = [AsksForEach, BookTrip, Little, NastyChild, ParentOf, ParentOfNasty];

describe('SQLite', () => {
  let database: Database;
  const apps: TestApp[] = [];
  beforeEach(() => {
    database = libsqlFile();
    undone.length = 0;
    gates.clear();
  });
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await database.drop();
  });
  async function boot(options: object = nobodySweeps): Promise<TestApp> {
    const app = await bootApp(database, 'database', { providers, options });
    apps.push(app);
    return app;
  }

  it('an input whose reply of the commit is lost is given to one item, not to the next as well', async () => {
    const { workflows, engine } = await boot();
    const { id } = await workflows.start(AsksForEach, { items: ['a', 'b'] });
    await workflows.settled(id);
    const commit = engine.store.commits.commit.bind(engine.store.commits);
    let losses = 1;
    engine.store.commits.commit = async (changes) => {
      const result = await commit(changes);
      if (losses > 0 && changes.some(({ messages }) => messages.length > 0)) {
        losses--;
        throw new Error('connection lost');
      }
      return result;
    };
    await workflows.provideInput(AsksForEach, 'ask', id, { text: 'yes' });
    const { waits } = await until(
      () => workflows.get(AsksForEach, id),
      ({ context }) => context.answers.length > 0,
    );
    expect((await workflows.contextAt(id, 2)) as Asked).toBeDefined();
    expect(waits.map(({ step }) => step)).toEqual(['ask']);
  });

  it('cancelled with compensation twice, what undoes a step runs once', async () => {
    const { workflows } = await boot();
    const { id } = await workflows.start(BookTrip);
    await workflows.settled(id);
    const [begun, open] = [signal(), signal()];
    gates.set('hotel', () => (begun.happen(), open.happened));
    await workflows.cancel(id, { compensate: true });
    await begun.happened;
    await workflows.cancel(id, { compensate: true }).catch(() => null);
    await new Promise((resolve) => setTimeout(resolve, 50));
    open.happen();
    await workflows.settled(id);
    expect(undone).toHaveLength(1);
    expect((await workflows.history(id)).filter(({ type }) => type === 'step-compensated')).toHaveLength(1);
  });

  it('a process may have the longest id, and children', async () => {
    const { workflows } = await boot();
    const id = 'x'.repeat(80);
    await workflows.start(ParentOf, {}, { id });
    await until(
      () => workflows.get(id),
      ({ status }) => status === 'completed',
      3000,
    );
    const found = await workflows.find({ workflow: Little });
    expect(((await workflows.contextAt(found.items[0]!.id, 1)) as Count).count).toBe(2);
  });

  it('P11 a child whose class cannot be made fails the step that asked, once', async () => {
    const { workflows } = await boot(quick);
    const { id } = await workflows.start(ParentOfNasty);
    const { cause } = await until(
      () => workflows.get(id),
      ({ status }) => status === 'failed',
      3000,
    );
    expect(cause).toContain('nasty');
  });

  describe('in a transaction of the application', () => {
    it('skip lets every item pass', async () => {
      const { workflows, dataSource } = await boot(quick);
      const { id } = await workflows.start(AsksForEach, { items: ['a', 'b', 'c'] });
      await workflows.settled(id);
      await dataSource.transaction((manager) => workflows.skip(AsksForEach, 'ask', id, {}, { manager }));
      const { waits } = await workflows.get(AsksForEach, id);
      expect(waits.map(({ step }) => step)).toEqual(['last']);
    });

    it('two things may be done to one process', async () => {
      const { workflows, dataSource } = await boot(quick);
      const { id } = await workflows.start(AsksForEach, { items: ['a', 'b', 'c'] });
      await workflows.settled(id);
      await dataSource.transaction(async (manager) => {
        await workflows.provideInput(AsksForEach, 'ask', id, { text: '1' }, { manager });
        await workflows.suspend(id, { manager });
      });
      expect((await workflows.get(id)).status).toBe('suspended');
    });

    it('two items may each be given an input', async () => {
      const { workflows, dataSource } = await boot(quick);
      const { id } = await workflows.start(AsksForEach, { items: ['a', 'b'] });
      await workflows.settled(id);
      await dataSource.transaction(async (manager) => {
        await workflows.provideInput(AsksForEach, 'ask', id, { text: '1' }, { manager });
        await workflows.provideInput(AsksForEach, 'ask', id, { text: '2' }, { manager });
      });
      const { context } = await until(() => workflows.get(AsksForEach, id), ({ waits }) => waits.some(({ step }) => step === 'last')); // prettier-ignore
      expect(context.answers.sort()).toEqual(['a: 1', 'b: 2']);
    });

    it('what a savepoint took back is not there for the next call', async () => {
      const { workflows, dataSource } = await boot(quick);
      const { id } = await workflows.start(AsksForEach, { items: ['a', 'b'] });
      await workflows.settled(id);
      await dataSource.transaction(async (manager) => {
        await manager
          .transaction(async (inner) => {
            await workflows.suspend(id, { manager: inner });
            throw new Error('no');
          })
          .catch(() => {});
        await workflows.provideInput(AsksForEach, 'ask', id, { text: '1' }, { manager });
      });
      const { status, context } = await until(
        () => workflows.get(AsksForEach, id),
        ({ context }) => context.answers.length > 0,
      );
      expect([status, context.answers]).toEqual(['waiting', ['a: 1']]);
    });

    it('rolled back, nothing has happened', async () => {
      const { workflows, dataSource } = await boot(quick);
      const { id } = await workflows.start(AsksForEach, { items: ['a'] });
      await workflows.settled(id);
      const before = await workflows.history(id);
      await dataSource
        .transaction(async (manager) => {
          await workflows.provideInput(AsksForEach, 'ask', id, { text: '1' }, { manager });
          throw new Error('no');
        })
        .catch(() => {});
      await dataSource
        .transaction(async (manager) => {
          await workflows.skip(AsksForEach, 'ask', id, {}, { manager });
          throw new Error('no');
        })
        .catch(() => {});
      await dataSource
        .transaction(async (manager) => {
          await workflows.cancel(id, { compensate: true, manager });
          throw new Error('no');
        })
        .catch(() => {});
      expect(await workflows.history(id)).toEqual(before);
      await workflows.provideInput(AsksForEach, 'ask', id, { text: '1' });
      expect((await workflows.settled(id)).status).toBe('waiting');
    });
  });
});
