import type { MessageState } from '../../core/change.js';
import { aMessage, anId, aWait } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { started } from './commit-contract.js';

/** What nothing has received: it is counted, listed, scheduled and set aside. */
export function inboxContract({ kit: { describe, it, expect }, store }: Bench): void {
  describe('the inbox', () => {
    it('keeps the addressee, the identity and the reason of a message', async () => {
      const message = aMessage({
        address: anId('r:'),
        identity: 'm:1',
        workflow: 'Order',
        step: 'pay',
        disposition: 'refused',
        processId: 'p',
        reason: 'total: \u00fc',
      });
      await store().commits.keepMessages([message]);
      expect(await store().commits.knownAt([message.address])).toEqual([message]);
    });

    it('keeps many at once, each once, and hands back those it knew', async () => {
      const all = Array.from({ length: 700 }, () => aMessage({ address: anId('e:') }));
      await store().commits.keepMessages(all.slice(100, 102));
      expect((await store().commits.keepMessages(all)).map(({ id }) => id).sort()).toEqual([all[100]!.id, all[101]!.id].sort());
      const other = await store().commits.keepMessages([{ ...all[100]!, body: 'another' }]);
      expect(other).toEqual([all[100]]);
      expect(await store().commits.keepMessages([all[100]!])).toEqual([all[100]]); // the first one stays
      expect(await store().commits.messagesAt(all.map(({ address }) => address))).toHaveLength(700);
    });

    it('is read by ids, whatever became of the messages and whichever process has them', async () => {
      const { id } = await started(store());
      const dispositions = ['delivered', 'stored', 'duplicate', 'late', 'conflict', 'refused', 'scheduled', 'discarded'] as const;
      const all = dispositions.map((disposition, i) => aMessage({ disposition, ...(i % 3 > 0 && { processId: i % 3 === 1 ? id : anId() }) }));
      await store().commits.keepMessages(all);
      const messages = [...all.map((message) => message.id), anId('none')];
      const [loaded] = await store().commits.load([{ id, waits: [], messages, context: false }]);
      const inOrder = loaded!.messages.toSorted((a, b) => messages.indexOf(a.id) - messages.indexOf(b.id));
      expect(inOrder).toEqual(all);
    });

    it('tells the workflow, its version and the attempt of a wait', async () => {
      const address = anId('r:');
      const { id } = await started(store(), {
        process: { workflow: 'Order', workflowVersion: 3 },
        waits: { put: [aWait({ kind: 'response', address, attempt: 2 })] },
      });
      expect(await store().commits.waitsAt([address])).toMatchObject([{ processId: id, workflow: 'Order', workflowVersion: 3, attempt: 2 }]);
    });

    it('keeps the secret of a process', async () => {
      const { id } = await started(store(), { process: { secret: 'aB-_9' } });
      expect((await store().commits.load([{ id, waits: [], messages: [], context: false }]))[0]!.process.secret).toBe('aB-_9');
    });

    it('hands out what was scheduled from its moment on, page by page, until it is marked', async () => {
      const [now, later] = [
        aMessage({ address: anId('e:'), receivedAt: -9000, disposition: 'scheduled' }),
        aMessage({ address: anId('e:'), receivedAt: -8000, disposition: 'scheduled' }),
      ];
      await store().commits.keepMessages([later, now]);
      const { maintenance, commits } = store();
      expect((await maintenance.workAt(-9001, [])).scheduled).toBe(false);
      expect((await maintenance.workAt(-9000, [])).scheduled).toBe(true);
      expect(await maintenance.scheduledMessages(-8500, 10)).toEqual([now]);
      expect(await maintenance.scheduledMessages(-8000, 10, now)).toEqual([later]);
      expect(await commits.messagesAt([now.address])).toEqual([]);
      expect(await maintenance.markMessage(now.id, ['scheduled'], 'stored', null)).toBe(true);
      expect(await maintenance.markMessage(now.id, ['scheduled'], 'stored', null)).toBe(false);
      expect(await commits.messagesAt([now.address])).toEqual([{ ...now, disposition: 'stored' }]);
      expect(await maintenance.markMessage(later.id, ['stored', 'scheduled'], 'discarded', 'why')).toBe(true);
      expect(await commits.knownAt([later.address])).toEqual([{ ...later, disposition: 'discarded', reason: 'why' }]);
      expect((await maintenance.workAt(-8000, [])).scheduled).toBe(false);
    });

    it('marks no message that a process has received', async () => {
      const message = aMessage({ address: anId('r:'), processId: 'p', disposition: 'refused' });
      await store().commits.keepMessages([message]);
      expect(await store().maintenance.markMessage(message.id, ['refused'], 'discarded', null)).toBe(false);
    });

    it('counts what waits, by workflow and at an address, and nothing else', async () => {
      const [workflow, address] = [anId('wf'), anId('r:')];
      const given = { workflow, address, body: 'four' };
      const dispositions = ['stored', 'stored', 'scheduled', 'delivered', 'late', 'refused', 'discarded'] as const;
      await store().commits.keepMessages(dispositions.map((disposition) => aMessage({ ...given, disposition })));
      await store().commits.keepMessages([aMessage({ ...given, address: anId('c:') })]);
      const counts = await store().maintenance.inboxCensus();
      expect(counts.find((each) => each.workflow === workflow)).toEqual({ workflow, messages: 3, size: 18 });
      expect(await store().maintenance.countAt([address])).toEqual(new Map([[address, 3]]));
    });

    it('is listed by everything a filter names, oldest first, page by page', async () => {
      const [workflow, address] = [anId('wf'), anId('r:')];
      const messages = [3, 1, 2].map((receivedAt) => aMessage({ workflow, step: 'pay', address, receivedAt }));
      const refused = aMessage({ workflow, step: 'other', address, receivedAt: 4, disposition: 'refused', processId: anId() });
      const ofTheEngine = aMessage({ workflow, address: anId('s:') });
      await store().commits.keepMessages([...messages, refused, ofTheEngine]);
      const list = async (query: object) =>
        (await store().queries.messagesLike({ dispositions: ['stored', 'refused'], limit: 10, ...query })).map(({ receivedAt }) => receivedAt);
      expect(await list({ workflow })).toEqual([1, 2, 3, 4]);
      expect(await list({ workflow, step: 'pay', limit: 2 })).toEqual([1, 2]);
      expect(await list({ workflow, after: messages[2] })).toEqual([3, 4]);
      expect(await list({ processId: refused.processId })).toEqual([4]);
      expect(await list({ id: messages[0]!.id })).toEqual([3]);
      expect(await list({ id: messages[0]!.id, dispositions: ['refused'] })).toEqual([]);
      expect(await list({ id: ofTheEngine.id })).toEqual([]);
      expect(await list({ address, dispositions: ['refused'] })).toEqual([4]);
    });

    it('is listed by each field of a filter alone', async () => {
      const [workflow, step, address, processId] = [anId('wf'), anId('s'), anId('r:'), anId()];
      const all = [{ workflow }, { step }, { address }, { processId }].map((given) => aMessage({ address: anId('r:'), ...given }));
      await store().commits.keepMessages(all);
      const list = async (query: object) => (await store().queries.messagesLike({ dispositions: ['stored'], limit: 10, ...query })).map(({ id }) => id);
      const found = [await list({ workflow }), await list({ step }), await list({ address }), await list({ processId })];
      expect(found).toEqual(all.map(({ id }) => [id]));
      expect(await list({ workflow, step })).toEqual([]);
    });

    it('is listed page by page, each once, also what arrived at one moment', async () => {
      const [workflow, id] = [anId('wf'), anId('m')];
      const places = [[-6000, 'b'], [-6000, 'a'], [-6000, 'c'], [-7000, 'z'], [-5000, '0']] as const; // prettier-ignore
      const given = (prefix: string) =>
        places.map(([receivedAt, last]) => aMessage({ workflow, id: `${id}${prefix}${last}`, receivedAt, address: `${prefix}${id}` }));
      const [messages, scheduled, children] = [given('e:'), given('r:').map((each) => ({ ...each, disposition: 'scheduled' as const })), given('s:')];
      await store().commits.keepMessages([...messages, ...scheduled, ...children]);
      const { queries, maintenance } = store();
      const lists = [
        (after: MessageState | undefined) => queries.messagesLike({ dispositions: ['stored'], workflow, limit: 2, ...(after && { after }) }),
        (after: MessageState | undefined) => maintenance.scheduledMessages(-5000, 2, after),
        (after: MessageState | undefined) => maintenance.childrenToStart(2, after),
      ];
      for (const list of lists) {
        const seen = (await allPages(list)).filter((each) => each.workflow === workflow);
        expect(seen.map((each) => each.id.slice(-1))).toEqual(['z', 'a', 'b', 'c', '0']);
      }
      for (const { id: each } of [...messages, ...scheduled, ...children]) await maintenance.markMessage(each, ['stored', 'scheduled'], 'discarded', null);
    });

    it('finds the live process of a group id, else the latest, and the live ones of many', async () => {
      const [groupId, other] = [anId('g'), anId('g')];
      const done = { status: 'completed' as const, finishedAt: 9 };
      const first = await started(store(), { process: { groupId, startedAt: 1, ...done } });
      const second = await started(store(), { process: { groupId, startedAt: 2, ...done } });
      const { queries } = store();
      expect((await queries.byGroup(['order'], groupId)).map(({ id }) => id)).toEqual([second.id]);
      expect(await queries.liveByGroup(['order'], [groupId])).toEqual([]);
      await started(store(), { process: { groupId, workflow: anId('wf') } });
      await started(store());
      const live = [await started(store(), { process: { groupId, startedAt: 0 } }), await started(store(), { process: { groupId: other } })];
      expect((await queries.byGroup(['order', 'none'], groupId)).map(({ id }) => id)).toEqual([live[0]!.id]);
      expect((await queries.liveByGroup(['order'], [groupId, other, 'none'])).map(({ id }) => id).sort()).toEqual(live.map(({ id }) => id).sort());
      expect(first.id).not.toBe(second.id);
    });
  });
}

/** All pages of a list. A page is the same again if the list does not go on. */
async function allPages(list: (after: MessageState | undefined) => Promise<readonly MessageState[]>): Promise<MessageState[]> {
  const all: MessageState[] = [];
  for (let page = await list(undefined); page.length > 0; page = await list(all.at(-1))) {
    if (page.length > 2) throw new Error('A page is too long.');
    if (all.some(({ id }) => id === page[0]!.id)) throw new Error('A page comes twice.');
    all.push(...page);
  }
  return all;
}
