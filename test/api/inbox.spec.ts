/** The inbox over HTTP: whose a message is, who may do something about it, and what is said of wrong requests. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InboxMessage } from 'nestjs-argonaut';
import { until } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';
import { ALL, type Answer, type ApiApp, bootApi, clientOf, guardedApi, PLATFORMS, refusedBy, scoreIdOf } from './support.js';

describe.each(PLATFORMS)('the inbox, on %s', (platform) => {
  let db: Database;
  let api: ApiApp;
  /** Loans of two tenants, and a message that each has refused. */
  const [loans, refused]: [Record<string, string>, Record<string, InboxMessage>] = [{}, {}];
  /** Those that no process has received. */
  let unreceived: readonly InboxMessage[];

  beforeAll(async () => {
    db = libsqlFile();
    api = await bootApi(db, { platform });
    for (const tenant of ['a', 'b']) {
      loans[tenant] = (await api.workflows.start('loan', { tenant, amount: 5 }, { groupId: `${tenant}:1` })).id;
      refused[tenant] = await refusedBy(api, loans[tenant]);
    }
    await api.workflows.respond('loan', 'score', 'mistyped', { score: 1 });
    await api.workflows.emit('paid', ['a:9', { loan: 'a:9' }], { by: 'a' });
    unreceived = (await api.workflows.inbox.list({ disposition: 'stored' })).items;
  });
  afterAll(async () => {
    await api.close();
    await db.drop();
  });

  const idsFor = async (token: string, query = '') => (await clientOf(api, token)('GET', `inbox${query}`)).body.items.map(({ id }: InboxMessage) => id);
  const stored = async () => JSON.stringify([await api.workflows.inbox.list(), await api.workflows.history(loans.a!), await api.workflows.history(loans.b!)]);

  it('shows a tenant what his own processes have refused, and nothing else', async () => {
    expect(unreceived).toHaveLength(3);
    expect(await idsFor('a read')).toEqual([refused.a!.id]);
    expect(await idsFor('b read,input,mend', '?disposition=refused&disposition=stored')).toEqual([refused.b!.id]);
    expect(await idsFor('a read', `?process=${loans.b}`)).toEqual([]);
    expect(await idsFor('a read', '?limit=1')).toEqual([refused.a!.id]);
    expect(await idsFor('c read')).toEqual([]);
    for (const { id } of [refused.b!, ...unreceived]) {
      const [hidden, missing] = await Promise.all([id, 'missing'].map((each) => clientOf(api, 'a read')('GET', `inbox/${each}`)));
      expect([hidden!.status, hidden!.text.replaceAll(id, 'missing')]).toEqual([404, missing!.text]);
    }
  });

  it('shows what no process has received to those who administer, and still no process that is hidden', async () => {
    expect(await idsFor('a read,administer')).toEqual(expect.arrayContaining([refused.a!.id, ...unreceived.map(({ id }) => id)]));
    expect(await idsFor('a read,administer')).not.toContain(refused.b!.id);
    expect((await clientOf(api, 'a read,administer')('GET', `inbox/${refused.b!.id}`)).status).toBe(404);
  });

  it('a tenant changes no message of another, and brings none to a place that he cannot see', async () => {
    const before = await stored();
    const to = { workflow: 'loan', step: 'score', correlationId: await scoreIdOf(api, loans.b!) };
    const send = (token: string, { id }: InboxMessage, what: string) => clientOf(api, token)('POST', `inbox/${id}/${what}`, what === 'readdress' ? to : {});
    for (const message of [refused.b!, ...unreceived]) expect((await send('a read,input,mend', message, 'discard')).status).toBe(404);
    for (const what of ['replay', 'readdress']) {
      const answer = await send('a read,input,mend', refused.a!, what);
      expect([answer.status, answer.body.detail]).toEqual([403, 'This needs the right "administer".']);
      expect((await send('a mend,administer', refused.b!, what)).status).toBe(404);
    }
    for (const what of ['replay', 'readdress', 'discard']) expect((await send('a read,input,administer', refused.a!, what)).status).toBe(403);
    expect(await stored()).toBe(before);
  });

  it('needs no more than the right to mend where there are no tenants', async () => {
    const open = await bootApi(db, { platform, api: guardedApi({ maySee: undefined }) });
    const client = clientOf(open, 'a read,mend');
    expect((await client('GET', 'inbox')).body.items).toHaveLength(5);
    expect((await client('POST', `inbox/${refused.b!.id}/replay`, {})).body).toEqual({ disposition: 'refused' });
    await open.close();
  });

  it('shows no correlation id', async () => {
    const ids = [...(await Promise.all(Object.values(loans).map((loan) => scoreIdOf(api, loan)))), 'mistyped'];
    const client = clientOf(api, `all ${ALL.join(',')}`);
    const texts = [(await client('GET', 'inbox')).text, (await client('GET', `inbox/${refused.a!.id}`)).text];
    for (const id of ids) for (const text of texts) expect(text).not.toContain(id);
    expect((await client('GET', 'inbox?internals=true')).status).toBe(400);
  });

  it('refuses an address that is none, and changes nothing', async () => {
    const before = await stored();
    const client = clientOf(api, `all ${ALL.join(',')}`);
    const [response, event] = [unreceived.find(({ kind }) => kind === 'response')!, unreceived.find(({ kind }) => kind === 'event')!];
    const wrong = async (status: number, { id }: { readonly id: string }, to: object): Promise<Answer> => {
      const answer = await client('POST', `inbox/${id}/readdress`, to);
      expect([answer.status, answer.type.split(';')[0], answer.text]).toEqual([status, 'application/problem+json', answer.text]);
      return answer;
    };
    const whole = { workflow: 'loan', step: 'score', correlationId: 'other' };
    expect((await wrong(400, response, {})).body.detail).toBe('The address: say workflow, step and correlationId for a response, or key for an event');
    for (const to of [{ workflow: 'loan', step: 'score' }, { ...whole, key: 'a:1' }, { key: '' }, { key: [] }, { key: 1 }, { key: null }]) await wrong(400, response, to); // prettier-ignore
    expect((await wrong(400, response, { key: 'a:1' })).body.detail).toContain('a response has no key');
    expect((await wrong(400, event, whole)).body.detail).toContain('an event has no correlation id');
    for (const key of [{}, { 'no name': 'x' }, { loan: 4 }, { loan: 'x'.repeat(300) }]) await wrong(400, event, { key });
    expect((await wrong(404, response, { ...whole, workflow: 'lone' })).body.code).toBe('UnknownWorkflowError');
    expect((await wrong(404, response, { ...whole, step: 'close' })).body.code).toBe('UnknownStepError');
    expect((await wrong(400, response, { ...whole, workflow: 'appraisal', step: 'value', actor: 'ada' })).body.detail).toContain('there is no "actor"');
    expect((await wrong(400, refused.a!, whole)).body.problems).toEqual(expect.arrayContaining([expect.stringContaining('score')]));
    expect((await wrong(404, { id: 'missing' }, whole)).body).toMatchObject({ code: 'MessageNotFoundError', messageId: 'missing' });
    for (const query of ['disposition=delivered', 'cursor=x', 'limit=0', 'internals=true', 'step='])
      expect((await client('GET', `inbox?${query}`)).status).toBe(400);
    expect(await stored()).toBe(before);
  });

  it('a message is dealt with once', async () => {
    const client = clientOf(api, 'b mend,read');
    const { id } = await api.workflows.start('loan', { tenant: 'b', amount: 5 }, { groupId: 'b:2' });
    const message = await refusedBy(api, id);
    expect((await client('POST', `inbox/${message.id}/discard`, { reason: 'of no use' })).body).toEqual({ disposition: 'discarded' });
    for (const what of ['', '/replay', '/discard'])
      expect(
        (await clientOf(api, 'b read,mend,administer')(what === '' ? 'GET' : 'POST', `inbox/${message.id}${what}`, what === '' ? undefined : {})).status,
      ).toBe(404);
    const last = await until(() => api.workflows.history(id), (all) => all.at(-1)?.type === 'message-discarded'); // prettier-ignore
    expect(last.at(-1)).toMatchObject({ actor: 'one of b', reason: 'of no use' });
  });
});
