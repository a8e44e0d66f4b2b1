import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { beforeAll, describe, expect, it } from 'vitest';
import { WorkflowApi } from 'nestjs-argonaut/api';
import { ALL_ROUTES } from '../../lib/api/all-routes.js';
import { ANSWERS } from '../../lib/api/answers.js';
import { called, underNames } from '../../lib/api/json-shape.js';
import { until } from '../support/app.js';
import { ALL, type Answer, clientOf, PLATFORMS, refusedBy, scoreIdOf, sentBy, SENDS, apiForBlock } from './support.js';

const ajv = new Ajv2020({ strict: false });
formats.default(ajv);
const document = { $id: 'api', components: { schemas: underNames(ANSWERS) } };
ajv.addSchema(document);

/** An answer is as the document says. */
function expectShape(name: string, body: unknown): void {
  const check = ajv.compile({ $ref: `api${called(name).$ref}` });
  check(body);
  expect(check.errors ?? []).toEqual([]);
}

it('every route is called by a test of this file', () => {
  const calls = readFileSync(import.meta.filename, 'utf8').matchAll(/\bcall\('(\w+)'/g);
  expect([...new Set([...calls].map(([, id]) => id))].sort()).toEqual(ALL_ROUTES.map(({ id }) => id).sort());
});

describe.each(PLATFORMS.flatMap((platform) => [false, true].map((prefixed) => ({ platform, prefixed }))))(
  'the routes on $platform (global prefix and version: $prefixed)',
  ({ platform, prefixed }) => {
    const api = apiForBlock({ platform, prefixed });
    let send: ReturnType<typeof clientOf>;

    beforeAll(async () => {
      send = clientOf(api, `all ${ALL.join(',')}`);
    });

    /** Calls a route by its name, and checks the answer against its shape. */
    async function call(id: string, parts: Record<string, string | number> = {}, given: { query?: string; body?: object } = {}): Promise<any> {
      const route = ALL_ROUTES.find((each) => each.id === id)!;
      const path = route.path.replace(/:(\w+)/g, (_whole, name: string) => String(parts[name]));
      const answer = await send(route.method.toUpperCase(), `${path}${given.query ?? ''}`, route.method === 'post' ? (given.body ?? {}) : undefined);
      expect([answer.status, answer.text]).toEqual([route.status ?? 200, answer.text]);
      expectShape(route.answer, answer.body);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      return answer.body;
    }

    it('put right what the inbox holds', async () => {
      const left = new Set((await call('listMessages')).items.map((each: any) => each.id)); // by other tests
      const { id } = await call('startProcess', { workflow: 'loan' }, { body: { context: { tenant: 'a', amount: 5 }, groupId: 'a:3' } });
      const correlationId = await scoreIdOf(api, id);
      await call('respond', { workflow: 'loan', step: 'score' }, { body: { correlationId: 'mistyped', response: { score: 4 } } });
      await call('emit', { event: 'paid' }, { body: { keys: ['b:3', { loan: '3' }] } });
      const refused = await refusedBy(api, id);
      const { items: all } = await call('listMessages');
      const items = all.filter((each: any) => !left.has(each.id));
      const [early, paid, named] = [items.find(({ step }: any) => step === 'score'), ...items.filter(({ kind }: any) => kind === 'event')];
      const shown = items.find((each: any) => each.id === refused.id);
      expect(items).toHaveLength(4);
      for (const each of [early, paid, named]) expect(each).toMatchObject({ disposition: 'stored', processId: null, reason: null });
      expect(shown).toMatchObject({ disposition: 'refused', workflow: 'appraisal', body: { value: 1 }, reason: expect.stringContaining('"appraisal"') });
      expect((await call('listMessages', {}, { query: `?disposition=refused&disposition=scheduled&process=${id}` })).items).toEqual([shown]);
      expect((await call('listMessages', {}, { query: '?workflow=loan&step=score' })).items).toContainEqual(early);
      const page = await call('listMessages', {}, { query: '?limit=3' });
      expect([...page.items, ...(await call('listMessages', {}, { query: `?limit=20&cursor=${page.next}` })).items]).toEqual(all);
      expect(await call('getMessage', { message: refused.id })).toEqual(shown);
      expect(await call('replayMessage', { message: refused.id })).toEqual({ disposition: 'refused' });
      expect(await call('discardMessage', { message: refused.id }, { body: { reason: 'a mistake' } })).toEqual({ disposition: 'discarded' });
      expect((await api.workflows.history(id)).at(-1)).toMatchObject({ type: 'message-discarded', actor: 'one of all', reason: 'a mistake' });
      const to = { workflow: 'loan', step: 'score', correlationId };
      expect(await call('readdressMessage', { message: early.id }, { body: to })).toEqual({ disposition: 'delivered' });
      await until(() => call('getProcess', { process: id }), ({ waits }) => waits[0]?.step === 'review'); // prettier-ignore
      await call('provideInput', { process: id, workflow: 'loan', step: 'review' }, { body: { input: { approved: true } } });
      await until(() => call('getProcess', { process: id }), ({ waits }) => waits[0]?.step === 'paid'); // prettier-ignore
      const sent = await call('readdressMessage', { message: paid.id }, { body: { key: 'a:3', reason: 'the wrong loan' } });
      expect(sent).toEqual({ items: [{ processId: id, disposition: 'delivered' }] });
      expect(await call('readdressMessage', { message: named.id }, { body: { key: { loan: '4' } } })).toEqual({ items: [] });
    });

    it('put right what the outbox holds', async () => {
      const { id } = await call('startProcess', { workflow: 'loan' }, { body: { context: { tenant: 'a', amount: SENDS }, groupId: 'a:4' } });
      const { data: _data, ...sent } = await sentBy(api, id);
      const shown = JSON.parse(JSON.stringify(sent)) as object;
      expect(shown).toMatchObject({ sender: 'Away', pattern: 'score.asked', error: 'Error: nobody is there', attempts: 1, parked: false });
      expect((await call('listOutgoing', {}, { query: `?process=${id}&workflow=loan&sender=Away&parked=false` })).items).toEqual([shown]);
      expect((await call('listOutgoing', {}, { query: '?parked=true' })).items).toEqual([]);
      expect(await call('getOutgoing', { message: sent.id })).toEqual(shown);
      await call('replayOutgoing', { message: sent.id }, { body: { reason: 'now' } });
      await sentBy(api, id);
      expect(await call('discardOutgoing', { message: sent.id }, { body: { reason: 'too late' } })).toMatchObject({ id: sent.id });
      const acts = (await api.workflows.history(id)).filter(({ type }) => /^send-(replayed|discarded)$/.test(type));
      expect(acts).toMatchObject([{ type: 'send-replayed', actor: 'one of all', reason: 'now' }, { type: 'send-discarded', reason: 'too late' }]); // prettier-ignore
      expect((await send('GET', `outbox/${sent.id}`)).status).toBe(404);
    });

    it('tell the story of a loan, and answer in the shapes of the document', async () => {
      const started = await call('startProcess', { workflow: 'loan' }, { body: { context: { tenant: 'a', amount: 5 }, groupId: 'a:1', reason: 'asked for' } });
      const at = { process: started.id as string, workflow: 'loan' };
      const detail = async (isSo: (process: any) => boolean) => until(() => call('getProcess', at), isSo); // prettier-ignore
      await detail(({ waits }) => waits[0]?.kind === 'response');
      const correlationId = (await api.workflows.get(at.process, { internals: true })).waits[0]!.key; // nobody learns it by HTTP
      expect(await call('respond', { ...at, step: 'score' }, { body: { correlationId, response: { score: 7 } } })).toEqual({
        disposition: 'delivered',
      });
      await detail(({ waits }) => waits[0]?.kind === 'input');
      const { items } = await call('listInputs', {}, { query: '?workflow=loan' });
      expect(items[0]).toMatchObject({ processId: at.process, step: 'review', schema: { title: 'Review' } });
      await call('provideInput', { ...at, step: 'review' }, { body: { input: { approved: true } } });
      await detail(({ waits }) => waits[0]?.kind === 'event');
      expect(await call('emit', { event: 'paid' }, { body: { keys: ['a:1'] } })).toEqual({
        disposition: 'delivered',
        items: [{ processId: at.process, disposition: 'delivered' }],
      });
      await detail(({ status }) => status === 'completed');
      const { items: history } = await call('getHistory', at, { query: '?limit=200' });
      expect(history.find(({ type }: any) => type === 'process-started')).toMatchObject({ actor: 'one of all', reason: 'asked for' });
      const page = await call('getHistory', at, { query: '?limit=3' });
      expect((await call('getHistory', at, { query: `?limit=200&cursor=${page.next}` })).items).toEqual(history.slice(3));
      await call('getLog', at);
      expect((await call('listVersions', at)).items.map(({ step }: any) => step)).toEqual(['', 'score', 'review', 'paid', 'close']);
      expect((await call('getVersion', { ...at, version: 2 })).context).toMatchObject({ score: 7 });
      expect(await call('getDiff', at, { query: '?from=1&to=2' })).toEqual({ items: [{ key: 'score', before: 0, after: 7, step: 'score' }] });
      expect((await call('explainProcess', at)).sentence).toContain('completed');
      expect((await call('drawProcess', at)).drawing).toContain('flowchart');
      const all = await call('exportProcess', at);
      expect(all).toEqual(JSON.parse(JSON.stringify(await api.workflows.export(at.process)))); // nothing is lost on the way
      expect(JSON.stringify(all)).not.toContain(correlationId);
      expect((await call('findProcesses', {}, { query: '?workflow=loan&status=completed&status=failed&limit=1' })).items.length).toBe(1);
      const byAll = `?workflow=loan&version=1&groupIdPrefix=a:&step=none&updatedAfter=2020-01-01T00:00:00Z&order=oldest`;
      expect((await call('findProcesses', {}, { query: byAll })).items).toEqual([]);
      const refused = await send('GET', 'processes?workflow=loan&values=%7B%22none%22%3A1%7D');
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringContaining('values.none: it is no searchable key')]);
      expect((await send('GET', 'processes?workflow=loan&values=x')).status).toBe(400);
    });

    it('mend a process', async () => {
      const started = await call('startProcess', { workflow: 'loan' }, { body: { context: { tenant: 'a', amount: 13 }, groupId: 'a:2' } });
      const at = { process: started.id as string };
      expect((await call('suspend', at, { body: { reason: 'wait' } })).status).toBe('suspended');
      expect((await call('resume', at)).status).not.toBe('suspended');
      await until(() => call('listWaits', at), ({ items }) => items[0]?.kind === 'response'); // prettier-ignore
      for (const step of ['score', 'review', 'paid']) await until(async () => send('POST', `processes/${at.process}/skip`, { step, patch: {} }), ({ status }) => status === 200); // prettier-ignore
      await until(() => call('getProcess', at), ({ status }) => status === 'failed'); // prettier-ignore
      await call('retry', at, { body: { step: 'close' } });
      await until(() => call('getProcess', at), ({ status }) => status === 'failed'); // prettier-ignore
      await call('restart', at, { body: { contextVersion: 1 } });
      await until(() => call('getProcess', at), ({ status }) => status === 'waiting'); // prettier-ignore
      await call('skip', at, { body: { step: 'score', patch: { score: 3 } } });
      expect((await call('cancel', at, { body: { compensate: false, reason: 'no more' } })).status).toBe('cancelled');
    });

    it('pause, and resume', async () => {
      const reason = 'the partner is down';
      const pause = await call('pause', {}, { body: { workflow: 'loan', step: 'close', reason } });
      expect(pause).toMatchObject({ workflow: 'loan', step: 'close', queue: null, actor: 'one of all', reason, resumedAt: null, resumingPerMinute: null });
      expect(await call('listPauses')).toEqual({ items: [pause] });
      expect(await call('endPause', {}, { body: { workflow: 'loan', step: 'close', perMinute: 5 } })).toMatchObject({ resumingPerMinute: 5 });
      await until(() => call('listPauses'), ({ items }) => items.length === 0); // prettier-ignore
      expect((await send('POST', 'pauses/resume', { workflow: 'loan' })).status).toBe(409);
      expect((await send('POST', 'pauses', { queue: 'none' })).status).toBe(400);
    });

    it('do one action to many processes', async () => {
      const start = async (groupId: string) => (await call('startProcess', { workflow: 'loan' }, { body: { context: { tenant: 'a', amount: 5 }, groupId } })).id as string; // prettier-ignore
      const ids = [await start('a:71'), await start('a:72')];
      const body = { action: 'cancel', filter: { groupIdPrefix: 'a:7', startedAfter: '2020-01-01T00:00:00Z' }, reason: 'they are a test' };
      const plan = await call('startBulk', {}, { body });
      expect(plan).toMatchObject({ dryRun: true, count: 2, isMore: false, examples: [{ id: ids[1], workflow: 'loan', groupId: 'a:72' }, { id: ids[0] }] });
      const { run } = await call('startBulk', {}, { body: { ...body, dryRun: false } });
      const ended = await until(() => call('getBulk', { bulk: run.id }), ({ state }) => state !== 'running'); // prettier-ignore
      expect(ended).toMatchObject({ state: 'done', done: 2, actor: 'one of all', filter: { groupIdPrefix: 'a:7' }, finishedAt: expect.any(String) });
      expect((await call('listBulk')).items[0]).toEqual(ended);
      expect((await call('listBulkItems', { bulk: run.id })).items).toMatchObject(ids.toSorted().map((id) => ({ id, outcome: 'done', error: null })));
      expect(await call('stopBulk', { bulk: run.id })).toEqual(ended);
      expect((await send('GET', 'bulk/none')).status).toBe(404);
      expect((await send('POST', 'bulk', { action: 'cancel', filter: { startedAfter: 'soon' } })).status).toBe(400);
    });

    it('erase what is there of somebody', async () => {
      const { id } = await call('startProcess', { workflow: 'loan' }, { body: { context: { tenant: 'eve', amount: 5 }, groupId: 'a:9' } });
      expect(await call('erase', {}, { body: { groupId: 'a:9', dryRun: true } })).toEqual({
        processes: [id],
        live: [id],
        messages: 0,
        bulkRuns: [],
      });
      const refused = await send('POST', 'erasures', { keys: ['tenant'], value: 'eve', workflow: 'loan' });
      expect([refused.status, refused.body]).toMatchObject([409, { code: 'ProcessLiveError', processIds: [id] }]);
      for (const wrong of [{}, { process: id, groupId: 'a:9' }]) expect((await send('POST', 'erasures', wrong)).status).toBe(400);
      const body = { keys: ['tenant'], value: 'eve', cancel: true, reason: 'asked for' };
      expect(await call('erase', {}, { body })).toEqual({ processes: [id], live: [id], messages: 0, bulkRuns: [] });
      expect((await send('POST', 'erasures', { process: id })).status).toBe(404);
    });

    it('say how much there is', async () => {
      await call('startProcess', { workflow: 'loan' }, { body: { context: { tenant: 'a', amount: 5 }, groupId: 'a:10' } });
      const { items } = await call('getSizes');
      expect(items.find(({ workflow }: any) => workflow === 'loan')).toMatchObject({ live: expect.any(Number), bytes: null });
      expect((await call('getSizes', {}, { query: '?bytes=true' })).items.find(({ workflow }: any) => workflow === 'loan').bytes).toBeGreaterThan(100);
    });

    it('show the application', async () => {
      expect((await call('listWorkflows')).items).toEqual(['appraisal', 'loan'].map((workflow) => ({ workflow, version: 1, newest: true })));
      const loan = await call('getWorkflow', { workflow: 'loan' });
      expect(loan.start.required).toEqual(['tenant', 'amount']);
      expect(loan.steps.find(({ name }: any) => name === 'review').input).toMatchObject({ title: 'Review', required: ['approved'] });
      expect(await call('migrate', { workflow: 'loan' }, { body: { from: 1, to: 2 } })).toMatchObject({
        migrated: null,
        problems: [expect.stringContaining('does not know version 2')],
      });
      await call('listQueues');
      const counts = (await call('countProcesses', {}, { query: '?upTo=1' })).items as { workflow: string; status: string }[];
      expect(counts).toContainEqual({ workflow: 'loan', status: 'completed', step: null, error: null, count: 1, isMore: expect.any(Boolean) });
      expect((await call('listAttention')).items).toEqual(expect.any(Array));
      expect((await call('listWorkers')).items).toEqual([expect.objectContaining({ here: true })]);
      expect(await call('isReady')).toEqual({ ready: true });
      const { paths } = await call('getDocument');
      expect(paths).toEqual((api.app.get(WorkflowApi).openApi() as { paths: object }).paths);
      for (const path of Object.keys(paths)) expect(path.startsWith(new URL(api.base).pathname)).toBe(true);
    });

    it('answer with problems, also before a route is reached', async () => {
      const wrong = async (...request: Parameters<typeof send>): Promise<Answer> => {
        const answer = await send(...request);
        expect(answer.type).toMatch(/^application\/problem\+json/);
        expectShape('Problem', answer.body);
        expect(answer.body.status).toBe(answer.status);
        return answer;
      };
      expect((await wrong('GET', 'nothing')).status).toBe(404);
      expect((await wrong('GET', '')).status).toBe(404);
      expect((await wrong('DELETE', 'processes/p')).status).toBe(405);
      expect((await wrong('PUT', 'processes')).body.detail).toBe('This route answers to GET, HEAD.');
      expect((await wrong('GET', 'processes/p')).body).toMatchObject({
        status: 404,
        code: 'ProcessNotFoundError',
        type: 'urn:nestjs-argonaut:ProcessNotFoundError',
        process: 'p',
      });
      expect((await wrong('GET', 'processes?statu=failed')).body.problems).toEqual(['there is no "statu". Did you mean "status"?']);
      expect((await wrong('GET', 'processes?limit=1&limit=2')).status).toBe(400);
      expect((await wrong('GET', 'processes/%00')).status).toBe(400);
      expect([400, 404]).toContain((await wrong('GET', 'processes/%E0%A4%A')).status);
      expect((await wrong('POST', 'workflows/loan/processes', '{"context":')).status).toBe(400);
      expect((await wrong('POST', 'workflows/loan/processes', '"text"')).status).toBe(400);
      expect((await wrong('POST', 'workflows/loan/processes', {}, { 'content-type': 'text/plain' })).status).toBe(415);
      expect((await wrong('POST', 'workflows/loan/processes', 'context=1', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
      expect((await wrong('POST', 'workflows/loan/processes')).status).toBe(415);
      expect((await wrong('POST', 'workflows/loan/processes', { context: { amount: 'x'.repeat(2_000_000) } })).status).toBe(413);
      expect((await wrong('POST', 'workflows/lone/processes', {})).body).toMatchObject({ status: 404, code: 'UnknownWorkflowError' });
      expect((await wrong('POST', 'workflows/loan/processes', { context: { amount: 0 } })).body).toMatchObject({ status: 400, code: 'InvalidInputError' });
      expect((await wrong('POST', 'workflows/loan/processes', { actor: 'another' })).body.detail).toContain('there is no "actor"');
    });
  },
);
