import { describe, expect, it } from 'vitest';
import { MemoryProcessStore } from '../../lib/store/memory/memory-process-store.js';
import { aMessage, anId, aStart, aWait, outgoing } from '../../lib/testing/builders.js';

/** Where a test moves its clock. */
describe('the next moment of the memory store', () => {
  const task = (readyAt: number | null, worker: string | null = null) => aWait({ key: `0/${readyAt}`, kind: 'task', readyAt, worker });

  it('is none where nothing waits for a time', async () => {
    const store = new MemoryProcessStore();
    await store.commits.commit([aStart({ waits: { put: [aWait(), task(null, 'w')] } })]);
    expect(store.nextMoment()).toBeNull();
  });

  it('is the first of a timer, a task, a scheduled event and a message of the outbox', async () => {
    const store = new MemoryProcessStore();
    const moments: (number | null)[] = [];
    const note = () => moments.push(store.nextMoment());
    await store.commits.commit([aStart({ waits: { put: [aWait({ kind: 'timer', dueAt: 90 })] } })]);
    note();
    await store.commits.commit([aStart({ waits: { put: [task(80), task(85)] } })]);
    note();
    await store.commits.keepMessages([aMessage({ disposition: 'scheduled', receivedAt: 70 }), aMessage({ disposition: 'stored', receivedAt: 1 }), aMessage({ disposition: 'discarded', receivedAt: 1 })]); // prettier-ignore
    note();
    const processId = anId();
    await store.commits.commit([
      aStart({ process: { id: processId }, outgoing: [outgoing({ processId, readyAt: 60 }), outgoing({ processId, readyAt: null })] }),
    ]);
    note();
    expect(moments).toEqual([90, 80, 70, 60]);
  });

  it('is not that of a task whose process stands still', async () => {
    const store = new MemoryProcessStore();
    await store.commits.commit([aStart({ process: { status: 'suspended' }, waits: { put: [task(80)] } })]);
    expect(store.nextMoment()).toBeNull();
  });
});
