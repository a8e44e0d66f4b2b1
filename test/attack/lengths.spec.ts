/** What databases that count characters would refuse. */
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Flow, Step, type StepRef, Workflow } from '../../lib/index.js';
import { bootApp, type TestApp, until } from '../support/app.js';
import { type Database, isThere, mysql, postgres, titleOf } from '../support/databases.js';
import { quick } from './support.js';

class Values {
  depth = 0;
  items?: number[];
}

const LONG = 'x'.repeat(93); // with " (each)" it is the longest

@Step({ name: LONG, forEach: 'items' })
class Long {
  run() {}
}

@Workflow({ name: 'long-names', context: Values })
class LongNames {
  flow(flow: Flow<Values>) {
    return flow.startWith(this.one).then(Long as any);
  }
  @Step() one() {}
}

@Workflow({ name: 'long-stage', context: Values })
class LongStage {
  flow(flow: Flow<Values>) {
    return flow.stage('s'.repeat(100), (stage) => stage.then(this.never), { within: '100ms', required: false });
  }
  @Step({ on: 'never' }) never() {}
}

@Step({ name: 'x'.repeat(100), forEach: 'items' })
class LongStep {
  run() {}
}

@Workflow({ name: 'too-long', context: Values })
class TooLong {
  flow(flow: Flow<Values>) {
    return flow.startWith(LongStep as any);
  }
}

@Workflow({ name: 'too-long-stage', context: Values })
class TooLongStage {
  flow(flow: Flow<Values>) {
    return flow.stage('s'.repeat(101), (stage) => stage.then(this.one), { within: '100ms' });
  }
  @Step() one() {}
}

@Workflow({ name: 'deeper', context: Values })
class Deeper {
  @Step({ child: { workflow: 'deeper', with: 'values' }, if: ({ depth }: Values) => depth > 0 }) child(_values: Values, _child: Values) {}
  values({ depth }: Values, _step: StepRef) {
    return { depth: depth - 1 };
  }
}

for (const database of [await postgres(), await mysql()]) describe.skipIf(!isThere(database))(titleOf(database), () => attacks(database));

function attacks(database: Database): void {
  let app: TestApp;
  beforeAll(async () => {
    app = await bootApp(database, 'database', { providers: [LongNames, Long, LongStage, Deeper], options: quick });
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it('a container whose step has the longest name may fail', async () => {
    const { id } = await app.workflows.start(LongNames);
    const { status, cause } = await app.workflows.settled(id);
    expect([status, cause]).toEqual(['failed', expect.stringContaining('goes over a list')]);
  });

  it.each([
    ['of a step with forEach', TooLong],
    ['of a stage', TooLongStage],
  ])('a longer name %s is told at boot', async (_what, provider) => {
    const booted = bootApp(database, 'database', { providers: [provider, LongStep], options: quick });
    await expect(booted).rejects.toThrow('characters; at most 100 are kept');
  });

  it('a stage with a long name may end', async () => {
    const { id } = await app.workflows.start(LongStage);
    await until(
      () => app.workflows.get(id),
      ({ status }) => status === 'completed',
      4000,
    );
  });

  it('children of children of a process with the longest id are started', async () => {
    const id = `p-${'x'.repeat(78)}`;
    await app.workflows.start(Deeper, { depth: 15 }, { id });
    await until(
      () => app.workflows.get(id),
      ({ status }) => status === 'completed',
      15_000,
    );
  }, 20_000);
}
