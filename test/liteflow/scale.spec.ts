/** Large flows: what they cost is printed; what must not grow is bounded generously. */
import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { filter, firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AuditRecord, type Flow, Process, Step, type StepRef, Wait, Workflow } from 'nestjs-argonaut';
import { onEachDatabase } from './support.js';

const MANY = 10_000;
const MB = 1024 * 1024;

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

class Tally {
  count = 0;
}

/** How often each item was at it, and the join; and who looks at a process of many passes, every now and then. */
const seen = new Map<string, Uint8Array>();
const joins = new Map<string, number>();
let each1000: (id: string) => Promise<void>;

@Step()
class Count {
  run(_tally: Tally, step: StepRef<unknown, number>) {
    seen.get(step.groupId)![step.item]!++;
  }
}

@Step()
class Join {
  run(_tally: Tally, { groupId }: StepRef) {
    joins.set(groupId, (joins.get(groupId) ?? 0) + 1);
  }
}

@Step()
class Increment {
  async run(tally: Tally, step: StepRef) {
    if (tally.count % 1000 === 0) await each1000(step.groupId);
    return { count: tally.count + 1 };
  }
}

const items = () => Array.from({ length: MANY }, (_, i) => i);

@Workflow({ name: 'many-in-place', context: Tally })
class ManyInPlace {
  flow(flow: Flow<Tally>) {
    return flow.forEach(items).do(Count).then(Join);
  }
}

@Workflow({ name: 'many-on-a-queue', context: Tally })
class ManyOnAQueue {
  flow(flow: Flow<Tally>) {
    return flow
      .forEach(items)
      .do((each) => each.then(Count, { queue: 'work' }))
      .then(Join);
  }
}

@Workflow({ name: 'many-passes', context: Tally })
class ManyPasses {
  flow(flow: Flow<Tally>) {
    return flow
      .while((tally) => tally.count < MANY)
      .do(Increment)
      .then(Join);
  }
}

const providers = [Count, Join, Increment, ManyInPlace, ManyOnAQueue, ManyPasses];
const setup = { providers, queues: { work: { concurrency: 200 } }, options: { worker: { sweepInterval: '200ms' } } } as const;

await onEachDatabase({ ...setup, providers }, (bench) => {
  /** What the machine does besides shows in the seconds, not in those of the processor. */
  async function run(workflow: unknown, id: string): Promise<string> {
    const [at, cpu] = [performance.now(), process.cpuUsage()];
    const completed = firstValueFrom(bench.workflows.records.pipe(filter(({ processId, type }) => processId === id && type === 'process-completed')));
    joins.delete(id);
    await bench.start(workflow, {}, {}, { id, groupId: id });
    await completed;
    const seconds = (performance.now() - at) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    return `${seconds.toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of processor), ${Math.round(MANY / seconds)} steps/s`;
  }

  const tell = (what: string, took: string, more: string) => console.log(`${bench.database.name}: ${what}: ${took}, ${more}`);
  const rows = (entity: typeof Wait | typeof AuditRecord, where: object) => bench.app.dataSource.getRepository(entity).countBy(where as never);

  describe(`${MANY} items`, () => {
    it.each([
      ['in place', ManyInPlace],
      ['on the database queue', ManyOnAQueue],
    ])(
      '%s: each runs once, and what follows runs once, after all',
      async (how, workflow) => {
        const id = `many ${how}`;
        seen.set(id, new Uint8Array(MANY));
        const took = await run(workflow, id);
        const { contextVersion, status, tokens, waits } = await bench.workflows.get(id, { internals: true });
        expect(seen.get(id)!.every((times) => times === 1)).toBe(true);
        expect(joins.get(id)).toBe(1);
        expect({ contextVersion, status, tokens, waits }).toEqual({ contextVersion: 1 + MANY + 1, status: 'completed', tokens: [], waits: [] });
        expect(await rows(AuditRecord, { processId: id, type: 'step-completed' })).toBe(MANY + 1);
        tell(`forEach of ${MANY} ${how}`, took, `${await rows(Wait, { processId: id })} wait rows left`);
      },
      300_000,
    );
  });

  describe(`${MANY} passes`, () => {
    it('of a loop complete, and neither the process nor the memory grows with them', async () => {
      const [sizes, waits, heap] = [[] as number[], [] as number[], [] as number[]];
      each1000 = async (id) => {
        const { tokens } = await bench.app.dataSource.getRepository(Process).findOneByOrFail({ id });
        sizes.push(JSON.stringify(tokens).length);
        waits.push(await rows(Wait, { processId: id }));
        collectGarbage();
        heap.push(process.memoryUsage().heapUsed);
      };
      const took = await run(ManyPasses, 'passes');
      expect(await bench.workflows.get('passes')).toMatchObject({ status: 'completed', contextVersion: 1 + MANY + 1, context: { count: MANY } });
      expect(joins.get('passes')).toBe(1);
      expect(sizes).toHaveLength(MANY / 1000);
      expect(Math.max(...sizes)).toBeLessThan(300); // one token, whatever the pass
      expect(Math.max(...waits)).toBe(0);
      const grown = (heap.at(-1)! - heap[1]!) / MB;
      expect(grown).toBeLessThan(16);
      const row = `tokens ${Math.min(...sizes)}-${Math.max(...sizes)} bytes`;
      tell(`while of ${MANY} passes`, took, `${row}, heap ${grown.toFixed(1)} MB more after ${MANY - 1000} passes than after 1000`);
    }, 300_000);
  });
});
