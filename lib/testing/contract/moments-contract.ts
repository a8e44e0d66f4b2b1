import { aMessage, anId, aWait, knownAs, outgoing } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { started } from './commit-contract.js';

/** Times of no other case. */
const FAR = 4_000_000_000_000_000;

/** What a test that moves its clock asks. */
export function momentsContract({ kit: { describe, it, expect }, store }: Bench): void {
  describe('the next moment', () => {
    it('is the first of a wait, a task, a scheduled message and a message of the outbox', async () => {
      const from = FAR + Math.floor(Math.random() * FAR);
      const id = anId();
      await started(store(), {
        process: { id },
        waits: { put: [aWait({ key: '0/0', kind: 'timer', dueAt: from + 30 }), aWait({ key: '0/1', kind: 'task', readyAt: from + 10 })] },
        outgoing: [outgoing({ processId: id, readyAt: from + 20 })],
      });
      await store().commits.keepMessages([aMessage({ disposition: 'scheduled', receivedAt: from + 40 })]);
      const moments = [from];
      for (let i = 0; i < 4; i++) moments.push((await store().maintenance.nextMoment(moments.at(-1)!))!);
      expect(moments.map((moment) => moment - from)).toEqual([0, 10, 20, 30, 40]);
      expect(await store().maintenance.nextMoment(Number.MAX_SAFE_INTEGER)).toBe(null);
    });
  });

  describe('what is due', () => {
    it('comes with what was due first, whatever was written first', async () => {
      const workflow = anId('wf');
      const put = [30, 10, 20].map((dueAt) => aWait({ key: `0/${dueAt}`, kind: 'timer', dueAt }));
      await started(store(), { process: { workflow }, waits: { put } });
      const due = async (limit: number) => (await store().maintenance.dueWaits(knownAs(workflow), 100, limit)).map(({ key }) => key);
      expect(await due(10)).toEqual(['0/10', '0/20', '0/30']);
      expect(await due(2)).toEqual(['0/10', '0/20']);
    });
  });
}
