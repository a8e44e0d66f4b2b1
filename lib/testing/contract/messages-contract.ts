import { aChange, aMessage, anId, aWait, knownAs } from '../builders.js';
import type { Match } from '../../store/port.js';
import type { Bench } from '../process-store.contract.js';
import { started } from './commit-contract.js';

export function messagesContract({ kit: { describe, it, expect }, store }: Bench): void {
  describe('messages', () => {
    it('are kept once, and a known one is handed back as it is', async () => {
      const [one, two] = [aMessage({ body: 'first' }), aMessage({ body: null })];
      expect(await store().commits.keepMessages([one])).toEqual([]);
      expect(await store().commits.keepMessages([{ ...one, body: 'second', digest: 'other' }, two])).toEqual([one]);
      expect(await store().commits.keepMessages([])).toEqual([]);
    });

    it('are kept once by many at the same time', async () => {
      const message = aMessage();
      const known = await Promise.all([1, 2, 3, 4].map(() => store().commits.keepMessages([message])));
      expect(known.map(({ length }) => length).sort()).toEqual([0, 1, 1, 1]);
    });

    it('are found by address, oldest first', async () => {
      const address = anId('r:');
      const [late, early] = [aMessage({ address, receivedAt: 20 }), aMessage({ address, receivedAt: 10 })];
      await store().commits.keepMessages([late, early, aMessage({ address: `${address} ` }), aMessage({ address: address.toUpperCase() })]);
      expect(await store().commits.messagesAt([address])).toEqual([early, late]);
    });

    it('are found by address for a process only until one has received them; the newest are found then, too', async () => {
      const address = anId('r:');
      const all = Array.from({ length: 25 }, (_, i) =>
        aMessage({ address, receivedAt: i, disposition: i === 3 ? 'stored' : 'late', processId: i === 3 ? null : 'p' }),
      );
      await store().commits.keepMessages(all);
      expect(await store().commits.messagesAt([address])).toEqual([all[3]]);
      const known = await store().commits.knownAt([address, anId('r:')]);
      expect(known.length).toBeGreaterThanOrEqual(21);
      expect(known.slice(0, 20)).toEqual(all.slice(5).reverse());
      expect(known).toContainEqual(all[3]);
    });

    it('change with the process they went to, the last word counts', async () => {
      const address = anId('r:');
      const message = aMessage({ address });
      await store().commits.keepMessages([message]);
      const process = await started(store());
      const delivered = { ...message, processId: process.id, disposition: 'delivered' as const };
      await store().commits.commit([aChange(process, { messages: [{ ...message, disposition: 'late' }, delivered] })]);
      expect(await store().commits.messagesAt([address])).toEqual([]);
      expect(await store().commits.knownAt([address])).toEqual([delivered]);
    });

    it('and waits that missed each other are found', async () => {
      const addresses = [anId('r:'), anId('r:'), anId('r:')];
      const messages = addresses.map((address) => aMessage({ address, receivedAt: -1000 }));
      const [stored, , taken] = messages;
      await store().commits.keepMessages([stored!, messages[1]!, { ...taken!, disposition: 'delivered' }]);
      const put = [aWait({ key: '0/0', kind: 'response', address: addresses[0]! }), aWait({ key: '0/2', address: addresses[2]! })];
      const process = await started(store(), { waits: { put } });
      const mine = async () => (await store().maintenance.unmatched(knownAs('order'), 1000)).filter(({ message }) => addresses.includes(message.address));
      const at = { processId: process.id, workflow: 'order', workflowVersion: 1, key: '0/0', run: 1, attempt: 1, step: 'approve' };
      const wait = { ...at, address: addresses[0]!, closed: false };
      expect(await mine()).toEqual([{ message: stored, wait }]);
      await store().commits.commit([aChange(process, { waits: { clear: true } })]);
      expect(await mine()).toEqual([]);
    });

    it('are told apart by the date they count from, where they are events', async () => {
      const [event, response] = [anId('e:'), anId('r:')];
      const early = aMessage({ address: event, receivedAt: -900, effectiveAt: 499 });
      const late = aMessage({ address: event, receivedAt: -901, effectiveAt: 500 });
      const answer = aMessage({ address: response, receivedAt: -902, effectiveAt: -5000 });
      await store().commits.keepMessages([early, late, answer]);
      expect(await store().commits.messagesAt([event])).toEqual([late, early]);
      const wait = (key: string, address: string, from?: number) => aWait({ key, address, ...(from !== undefined && { from }) });
      const put = [wait('0/0', event), wait('0/1', event, 499), wait('0/2', event, 501), { ...wait('0/3', response, 999), kind: 'response' as const }];
      await started(store(), { process: { startedAt: 500 }, waits: { put } });
      const mine = (await store().maintenance.unmatched(knownAs('order'), 1000)).filter(({ message }) => [event, response].includes(message.address));
      expect(mine.map(({ message, wait: { key } }) => `${message.effectiveAt} ${key}`).sort()).toEqual(['-5000 0/3', '499 0/1', '500 0/0', '500 0/1']);
    });

    it('that match are found page by page, each once', async () => {
      const addresses = [anId('r:'), anId('r:')] as const;
      const messages = [0, 0, 1].map((at) => aMessage({ address: addresses[at]!, receivedAt: -700 }));
      await store().commits.keepMessages(messages);
      const workflow = anId('wf');
      const waits = { put: ['0/10', '0/9', '0/0'].map((key, i) => aWait({ key, address: addresses[i === 2 ? 1 : 0] })) };
      for (let i = 0; i < 2; i++) await started(store(), { process: { workflow }, waits });
      const pairs: Match[] = [];
      for (
        let page = await store().maintenance.unmatched(knownAs(workflow), 3);
        page.length > 0;
        page = await store().maintenance.unmatched(knownAs(workflow), 3, page.at(-1))
      )
        pairs.push(...page);
      const nameOf = ({ message, wait }: Match) => `${message.id} ${wait.processId} ${wait.key}`;
      expect(pairs.map(nameOf)).toEqual([...new Set(pairs.map(nameOf))].sort());
      expect(pairs).toHaveLength(2 * 2 * 2 + 2);
    });

    it('match only waits that a message can end', async () => {
      const address = anId('x:');
      const message = aMessage({ address, receivedAt: -800 });
      await store().commits.keepMessages([message]);
      const kinds = ['response', 'event', 'input', 'child', 'task', 'timer', 'condition', 'turn', 'branches', 'overdue', 'listener', 'pause'] as const;
      await started(store(), { waits: { put: kinds.map((kind) => aWait({ key: kind, kind, address })) } });
      const mine = (await store().maintenance.unmatched(knownAs('order'), 1000)).filter((each) => each.message.address === address);
      expect(mine.map(({ wait }) => wait.key).sort()).toEqual(['child', 'event', 'input', 'listener', 'response']);
    });

    it('nobody came for are forgotten after a while, and no others', async () => {
      const address = anId('r:');
      const messages = [
        aMessage({ address, receivedAt: -50 }),
        aMessage({ address, receivedAt: 50 }),
        aMessage({ address, receivedAt: -50, disposition: 'delivered', processId: 'p' }),
        aMessage({ address, receivedAt: -50, disposition: 'scheduled' }),
        aMessage({ address, receivedAt: -50, disposition: 'discarded' }),
      ];
      await store().commits.keepMessages(messages);
      await store().maintenance.forgetMessages(0);
      expect((await store().commits.knownAt([address])).map(({ id }) => id).sort()).toEqual([messages[1]!.id, messages[2]!.id].sort());
    });
  });
}
