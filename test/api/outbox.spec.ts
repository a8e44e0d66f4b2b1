/** The outbox over HTTP: who sees a message, and who may do something about it. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { OutboxMessage } from 'nestjs-argonaut';
import { ALL, clientOf, PLATFORMS, SENDS, sentBy, apiForBlock } from './support.js';

describe.each(PLATFORMS)('the outbox, on %s', (platform) => {
  const api = apiForBlock({ platform });
  const sent: Record<string, OutboxMessage> = {};

  beforeAll(async () => {
    for (const tenant of ['a', 'b']) {
      const { id } = await api.workflows.start('loan', { tenant, amount: SENDS }, { groupId: `${tenant}:1` });
      sent[tenant] = await sentBy(api, id);
    }
  });

  it('shows a tenant the messages of his own processes, and nothing else', async () => {
    const client = clientOf(api, 'a read');
    expect((await client('GET', 'outbox')).body.items.map(({ id }: OutboxMessage) => id)).toEqual([sent.a!.id]);
    expect((await client('GET', `outbox?process=${sent.b!.processId}`)).body.items).toEqual([]);
    const [hidden, missing] = await Promise.all([sent.b!.id, 'missing'].map((id) => client('GET', `outbox/${id}`)));
    expect([hidden!.status, hidden!.text.replaceAll(sent.b!.id, 'missing')]).toEqual([404, missing!.text]);
  });

  it('shows no data, which may hold correlation ids', async () => {
    const client = clientOf(api, `all ${ALL.join(',')}`);
    for (const path of ['outbox', `outbox/${sent.a!.id}`]) expect((await client('GET', path)).text).not.toContain(sent.a!.data.under);
  });

  it('lets only those mend who may, and only what they see', async () => {
    for (const what of ['replay', 'discard']) {
      expect((await clientOf(api, 'a read,input,administer')('POST', `outbox/${sent.a!.id}/${what}`, {})).status).toBe(403);
      expect((await clientOf(api, 'a read,mend')('POST', `outbox/${sent.b!.id}/${what}`, {})).status).toBe(404);
    }
    expect((await api.workflows.outbox.list()).items).toHaveLength(2);
    expect((await clientOf(api, 'b mend')('POST', `outbox/${sent.b!.id}/discard`, {})).status).toBe(200);
    expect((await api.workflows.outbox.list()).items.map(({ id }) => id)).toEqual([sent.a!.id]);
  });
});
