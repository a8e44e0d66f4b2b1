/** A message that comes again under its `messageId`: the answer says so. */
import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { ALL, clientOf, PLATFORMS, scoreIdOf, apiForBlock } from './support.js';

describe.each(PLATFORMS)('a repeat by its messageId, on %s', (platform) => {
  const api = apiForBlock({ platform });

  const send = async (path: string, body: object) => (await clientOf(api, `all ${ALL.join(',')}`)('POST', path, body)).body;
  const waitsFor = (process: string, kind: string) => until(() => api.workflows.get(process), ({ waits }) => waits[0]?.kind === kind); // prettier-ignore

  it('tells the disposition of a response, an input and an event', async () => {
    const { id } = await api.workflows.start('loan', { tenant: 'a', amount: 5 }, { groupId: 'a:1' });
    const response = { correlationId: await scoreIdOf(api, id), response: { score: 7 }, messageId: 'm1' };
    expect(await send('workflows/loan/responses/score', response)).toEqual({ disposition: 'delivered' });
    expect(await send('workflows/loan/responses/score', response)).toEqual({ disposition: 'duplicate' });
    expect(await send('workflows/loan/responses/score', { ...response, messageId: 'm2' })).toEqual({ disposition: 'late' });

    await waitsFor(id, 'input');
    const input = { input: { approved: true }, messageId: 'm1' };
    expect(await send(`workflows/loan/processes/${id}/inputs/review`, input)).toMatchObject({ id, disposition: 'delivered' });
    expect(await send(`workflows/loan/processes/${id}/inputs/review`, input)).toMatchObject({ id, disposition: 'duplicate' });

    await waitsFor(id, 'event');
    const event = { keys: ['a:1'], messageId: 'm1' };
    expect(await send('events/paid', event)).toEqual({ disposition: 'delivered', items: [{ processId: id, disposition: 'delivered' }] });
    expect(await send('events/paid', event)).toEqual({ disposition: 'duplicate', items: [{ processId: id, disposition: 'duplicate' }] });
    expect(await send('events/paid', { ...event, data: 'other' })).toMatchObject({ disposition: 'conflict' });
  });

  it('tells of an event that no process has received whether it is kept', async () => {
    const early = { keys: ['a:2', 'a:3'], messageId: 'm2' };
    expect(await send('events/paid', early)).toEqual({ disposition: 'stored', items: [] });
    expect(await send('events/paid', early)).toEqual({ disposition: 'duplicate', items: [] });
    expect(await send('events/paid', { ...early, data: 'other' })).toEqual({ disposition: 'conflict', items: [] });
    expect(await send('events/paid', { ...early, keys: ['a:3', 'a:4'] })).toEqual({ disposition: 'stored', items: [] });
    const later = { keys: ['a:5'], messageId: 'm3', effectiveAt: '2999-01-01T00:00:00Z' };
    expect(await send('events/paid', later)).toEqual({ disposition: 'scheduled', items: [] });
    expect(await send('events/paid', later)).toEqual({ disposition: 'duplicate', items: [] });
    expect(await send('events/unheard', { keys: ['a:2'] })).toEqual({ disposition: 'discarded', items: [] });
  });
});
