/** Events that were kept, or come at once: each wait that is there for one has one. */
import 'reflect-metadata';
import { expect, it } from 'vitest';
import { Step, Workflow } from '../../lib/index.js';
import { type TestApp, until } from '../support/app.js';
import { onTwoDatabases } from '../support/two-databases.js';

class Heard {
  heard: string[] = [];
}
const add = (what: string) => ({ heard: (all: string[]) => [...all, what] });

@Workflow({ name: 'in-turn', context: Heard })
class InTurn {
  @Step({ on: 'go' }) go() {}
  @Step({ on: 'tick' }) first(_: Heard, tick: unknown) {
    return add(`first ${tick}`);
  }
  @Step({ on: 'tick' }) second(_: Heard, tick: unknown) {
    return add(`second ${tick}`);
  }
}

const one = { on: { event: 'token', matchOne: true }, parallel: 'both' } as const;
@Workflow({ name: 'beside', context: Heard })
class Beside {
  @Step({ on: 'go' }) go() {}
  @Step(one) x(_: Heard, token: unknown) {
    return add(`x ${token}`);
  }
  @Step(one) y(_: Heard, token: unknown) {
    return add(`y ${token}`);
  }
}

const sweeps = { options: { worker: { heartbeat: '300ms', sweepInterval: '50ms' } } } as const;
const heard = async ({ workflows }: TestApp, id: string) => {
  const process = await until(() => workflows.get(id), ({ status }) => status === 'completed', 2000).catch(() => workflows.get(id)); // prettier-ignore
  return (process.context as Heard).heard;
};

onTwoDatabases('two events of one name', { providers: [InTurn, Beside] }, ({ boot }) => {
  it('kept, are for two steps that follow each other', async () => {
    const app = await boot(sweeps);
    const { id } = await app.workflows.start(InTurn, {}, { groupId: 'g' });
    for (const tick of ['a', 'b']) await app.workflows.emit('tick', 'g', tick);
    await app.workflows.emit('go', 'g', null);
    expect(await heard(app, id)).toEqual(['first a', 'second b']);
  });

  it('kept, are for two steps side by side that want one each', async () => {
    const app = await boot(sweeps);
    const { id } = await app.workflows.start(Beside, {}, { groupId: 'g' });
    for (const token of ['a', 'b']) await app.workflows.emit('token', 'g', token);
    await app.workflows.emit('go', 'g', null);
    expect((await heard(app, id)).sort()).toEqual(['x a', 'y b']);
  });

  it.for([
    { workflow: InTurn, event: 'tick' },
    { workflow: Beside, event: 'token' },
  ])('told at once, $event', async ({ workflow, event }) => {
    const app = await boot(sweeps);
    const { id } = await app.workflows.start(workflow, {}, { groupId: 'g' });
    await app.workflows.emit('go', 'g', null);
    await until(() => app.workflows.get(id), ({ waits }) => waits.some(({ step }) => step !== 'go')); // prettier-ignore
    await Promise.all(['a', 'b'].map((what) => app.workflows.emit(event, 'g', what)));
    expect(await heard(app, id)).toHaveLength(2);
  });
});
