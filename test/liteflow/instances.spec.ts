/** Several instances over one database, deploys, and versions side by side. */
import 'reflect-metadata';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import { again, type Flow, type StepRef, Workflow } from 'nestjs-argonaut';
import { until } from '../support/app.js';
import { instancesOf } from '../support/instances.js';
import type { Word } from './instance.js';
import { SharedWork } from './shared-work.js';
import { Act, type Behaviours, Journal, onEachDatabase } from './support.js';

const newInstance = await instancesOf(new URL('./instance.ts', import.meta.url));

class Data {
  seen: string[] = [];
}

@Workflow({ name: 'deployed', context: Data })
class DeployedOne {
  flow(flow: Flow<Data>) {
    return flow.startWith(Act, { name: 'old' }).waitFor('deployed').then(Act, { name: 'old end' });
  }
}

@Workflow({ name: 'deployed', version: 2, context: Data })
class DeployedTwo {
  flow(flow: Flow<Data>) {
    return flow.startWith(Act, { name: 'new' }).waitFor('deployed').then(Act, { name: 'new end' });
  }
}

@Workflow({ name: 'deployed', context: Data })
class DeployedChanged {
  flow(flow: Flow<Data>) {
    return flow.startWith(Act, { name: 'old' }).then(Act, { name: 'something else' });
  }
}

@Workflow({ name: 'collects', context: Data })
class Collects {
  flow(flow: Flow<Data>) {
    return flow.startWith(Act, { name: 'collect', on: 'piece' } as object).then(Act, { name: 'after' });
  }
}

await onEachDatabase({ providers: [SharedWork, DeployedOne, DeployedTwo, Collects] }, (bench) => {
  const opened: { close(): Promise<void> }[] = [];
  async function instance(providers: any[], journal = new Journal()) {
    const app = await bench.instance({ providers }, journal);
    opened.push(app);
    return app;
  }
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((app) => app.close()));
  });
  const optionsOf = ({ options }: DataSource) => {
    const { entities: _entities, ...rest } = { ...options } as Record<string, unknown>;
    return rest.type === 'better-sqlite3' ? { ...rest, driver: undefined, driverName: 'libsql' } : rest;
  };

  describe('instances', () => {
    it('L-25 two instances over one database: each body runs once, wherever it runs', async () => {
      const journal = bench.journal; // both write into it
      const other = await instance([SharedWork], journal);
      const all = await Promise.all(
        Array.from({ length: 30 }, async (_, i) => {
          const items = ['a', 'b', 'c'].slice(0, i % 4);
          const { id } = await (i % 2 === 0 ? bench.app : other).workflows.start(SharedWork, { items }, { groupId: `shared ${i}` });
          return { id, groupId: `shared ${i}`, items };
        }),
      );
      for (const { id, groupId, items } of all) {
        await bench.reaches(id, 'completed', 20_000);
        const ran = journal.of(groupId).map(({ step, item }) => `${step} ${item ?? ''}`.trim());
        expect(ran.toSorted()).toEqual(['first', 'last', 'second', ...items.flatMap((item) => [`here ${item}`, `there ${item}`])].toSorted());
        expect(await bench.steps(id)).toHaveLength(ran.length);
      }
    });

    it('L-26 an instance dies in a step: another takes the process over, and runs that step again', async () => {
      const killed = newInstance(optionsOf(bench.app.dataSource));
      try {
        expect((await once(killed, 'message'))[0]).toEqual({ ready: true });
        killed.send('start');
        const [word] = (await once(killed, 'message')) as [Extract<Word, { begun: string }>];
        expect(word.begun).toBe('second');
        killed.kill('SIGKILL');
        await bench.reaches(word.processId, 'completed', 40_000);
        expect(bench.journal.names('killed').toSorted()).toEqual(['here', 'here', 'last', 'second', 'there', 'there']);
        expect(bench.journal.of('killed', 'second')[0]!.attempt).toBe(2);
        expect((await bench.steps(word.processId)).toSorted()).toEqual(['first', 'here', 'here', 'last', 'second', 'there', 'there']);
        expect(await bench.types(word.processId)).toContain('process-recovered');
      } finally {
        killed.kill('SIGKILL');
      }
    }, 60_000);
  });

  describe('restarts', () => {
    it('L-3 what a step left for its next run outlives the application', async () => {
      const behaviours: Behaviours = {
        collect: (_data, { state = [], message }: StepRef<string[], unknown, string>) =>
          message === 'last' ? { seen: [...state, message] } : again({ state: [...state, message] }),
      };
      const { id, groupId } = await bench.start(Collects, {}, behaviours);
      await bench.waitsIn(id, 'collect');
      await bench.workflows.emit('piece', groupId, 'one');
      await until(() => bench.steps(id, 'step-deferred'), (deferred) => deferred.length === 1); // prettier-ignore
      await bench.app.close();
      await bench.open();
      await bench.waitsIn(id, 'collect');
      await bench.workflows.emit('piece', groupId, 'two');
      await until(() => bench.steps(id, 'step-deferred'), (deferred) => deferred.length === 2); // prettier-ignore
      await bench.workflows.emit('piece', groupId, 'last');
      await bench.reaches(id, 'completed');
      expect(bench.journal.of(groupId, 'collect').map(({ state }) => state)).toEqual([undefined, ['one'], ['one', 'two']]);
      expect((await bench.context(id)).seen).toEqual(['one', 'two', 'last']);
    });
  });

  describe('versions', () => {
    it('L-24 a process whose version no instance knows is left alone, and goes on when it is back', async () => {
      const { id, groupId } = await bench.start(DeployedOne);
      await bench.waitsIn(id, 'deployed');
      await bench.app.close();
      const without = await instance([SharedWork, DeployedTwo, Collects], bench.journal);
      expect(await without.workflows.get(id)).toMatchObject({ workflow: 'deployed', workflowVersion: 1, status: 'waiting' });
      expect(bench.journal.names(groupId)).toEqual(['old']);
      await bench.open();
      await bench.workflows.emit('deployed', groupId, 2);
      await bench.reaches(id, 'completed');
      expect(bench.journal.names(groupId)).toEqual(['old', 'old end']);
    });

    it('L-24 the same version with another definition refuses to boot as long as live processes need the old one', async () => {
      const { id, groupId } = await bench.start(DeployedOne);
      await bench.waitsIn(id, 'deployed');
      await expect(instance([SharedWork, DeployedChanged, DeployedTwo, Collects])).rejects.toThrow(
        /DeployedChanged: 1 live process was started with another graph of version 1/,
      );
      await bench.workflows.emit('deployed', groupId, 1);
      await bench.reaches(id, 'completed');
    });

    it('L-23 two versions side by side: each process goes on with the one it was started with', async () => {
      const old = await bench.run('deployed', {}, {}, { version: 1 });
      const young = await bench.run('deployed');
      for (const { groupId } of [old, young]) await bench.workflows.emit('deployed', groupId, 1);
      await bench.reaches(old.id, 'completed');
      await bench.reaches(young.id, 'completed');
      expect([old.names(), young.names()]).toEqual([['old', 'old end'], ['new', 'new end']]); // prettier-ignore
    });
  });
});
