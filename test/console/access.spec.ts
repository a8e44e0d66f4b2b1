/** Who may do what in the console, and what a page of another site can make a browser do. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WorkflowConsoleModule } from 'nestjs-argonaut/console';
import type { ApiRoute } from '../../lib/api/api-route.js';
import { CONSOLE_ROUTES } from '../../lib/console/workflow-console.module.js';
import { callOf, type Ids, idsIn, nodeEnvForBlock, storedIn } from '../api/route-calls.js';
import { ALL, bootApi, PLATFORMS, scoreIdOf } from '../api/support.js';
import { until } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';
import { browse, byTenant, consoleClient, consoleForBlock, guardedConsole, OURS } from './support.js';

const ROUTES = CONSOLE_ROUTES.map((route) => [route.id, route] as const);
const WRITES = ROUTES.filter(([, { method }]) => method === 'post');

/** A request as another site, or a page without the header, would have it sent. */
const FORGED: Readonly<Record<string, { headers: Record<string, string>; status: number }>> = {
  'from another site': { headers: { ...OURS, 'sec-fetch-site': 'cross-site' }, status: 403 },
  'from another host of the same site': { headers: { ...OURS, 'sec-fetch-site': 'same-site' }, status: 403 },
  'as a form': { headers: { ...OURS, 'content-type': 'application/x-www-form-urlencoded' }, status: 415 },
  'as plain text': { headers: { ...OURS, 'content-type': 'text/plain' }, status: 415 },
  'without the header of the console': { headers: { 'sec-fetch-site': 'same-origin' }, status: 403 },
  'with another value of the header': { headers: { ...OURS, 'x-workflow-console': 'yes' }, status: 403 },
};

describe.each(PLATFORMS)('every route of the console, on %s', (platform) => {
  const app = consoleForBlock({ platform, api: guardedConsole(byTenant) });
  let ids: Ids;
  beforeAll(async () => {
    ids = await idsIn(app);
  });

  const send = (token: string, route: ApiRoute, headers?: Record<string, string>) => consoleClient(app, token)(...callOf(route, ids), headers);
  const stored = () => storedIn(app, ids);

  it.each(ROUTES)('%s is closed to a request without credentials or right', async (_id, route) => {
    const before = await stored();
    expect((await send('', route)).status).toBe(401);
    const others = ALL.filter((right) => right !== route.right).join(',');
    const refused = await send(`a ${others}`, route);
    expect([refused.status, refused.body.detail]).toEqual([403, `This needs the right "${route.right}".`]);
    if (route.whole && route.right !== 'administer') expect((await send(`a ${route.right}`, route)).body.detail).toBe('This needs the right "administer".');
    expect(await stored()).toEqual(before);
  });

  it.each(ROUTES.filter(([, { path }]) => path.includes(':process')))(
    '%s answers for a process of another tenant as for one that is not there',
    async (_id, route) => {
      const before = await stored();
      const hidden = await send(`b ${ALL.join(',')}`, route);
      expect([hidden.status, hidden.body.code]).toEqual([404, 'ProcessNotFoundError']);
      expect(await stored()).toEqual(before);
    },
  );

  it.each(WRITES)('%s refuses what was forged, and changes nothing', async (_id, route) => {
    const before = await stored();
    for (const [name, { headers, status }] of Object.entries(FORGED)) {
      const refused = await send(`a ${ALL.join(',')}`, route, headers);
      expect([name, refused.status, refused.type.split(';')[0]]).toEqual([name, status, 'application/problem+json']);
    }
    expect(await stored()).toEqual(before);
  });

  it('a page of another site reads nothing, and a link from it leads to the console', async () => {
    expect((await consoleClient(app)('GET', 'processes', undefined, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await browse(`${app.at}/processes`, 'a read', { 'sec-fetch-site': 'cross-site' })).status).toBe(200);
  });

  it('a browser that says nothing of where a request comes from is let in with the header', async () => {
    const answer = await consoleClient(app)('POST', `processes/${ids.process}/suspend`, { reason: 'x' }, { 'x-workflow-console': '1' });
    expect([answer.status, answer.body.status]).toEqual([200, 'suspended']);
    expect((await app.workflows.history(ids.process)).at(-1)).toMatchObject({ actor: 'one of a', reason: 'x' });
    expect((await consoleClient(app)('POST', `processes/${ids.process}/resume`, {})).status).toBe(200);
  });

  it('the session says what the request may do', async () => {
    expect((await consoleClient(app, 'a read,mend')('GET', 'session')).body).toEqual({
      ...{ rights: ['read', 'mend'], actor: 'one of a', title: 'Workflows', environment: null, version: '0.0.0-test' },
    });
  });

  it('a step gets the response and the event that it waits for, without a correlation id or a key', async () => {
    const client = consoleClient(app, 'a read,input,administer');
    const { id } = await app.workflows.start('loan', { tenant: 'a', amount: 5 }, { groupId: 'a:3' });
    const secret = await scoreIdOf(app, id);
    const early = await client('POST', `processes/${id}/emit`, { step: 'paid' });
    expect([early.status, early.body.detail]).toEqual([409, `Process ${id} is waiting: its step "paid" does not wait for an event.`]);
    expect((await client('POST', `processes/${id}/respond`, { step: 'score', response: { score: 'x' } })).status).toBe(400);
    const answer = await client('POST', `processes/${id}/respond`, { step: 'score', response: { score: 700 }, reason: 'told by phone' });
    expect([answer.body, answer.text.includes(secret)]).toEqual([{ disposition: 'delivered' }, false]);
    await until(() => app.workflows.get(id), ({ waits }) => waits[0]?.kind === 'input'); // prettier-ignore
    await client('POST', `workflows/loan/processes/${id}/inputs/review`, { input: { approved: true } });
    await until(() => app.workflows.get(id), ({ waits }) => waits[0]?.kind === 'event'); // prettier-ignore
    expect((await client('POST', `processes/${id}/emit`, { step: 'paid' })).body).toEqual({
      disposition: 'delivered',
      items: [{ processId: id, disposition: 'delivered' }],
    });
    await until(() => app.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
    expect((await app.workflows.history(id)).filter(({ actor }) => actor === 'one of a').map(({ type }) => type)).toEqual([
      'message-delivered',
      'message-delivered',
      'message-delivered',
    ]);
  });
});

describe('mounting', () => {
  let db: Database;
  const setNodeEnv = nodeEnvForBlock();
  beforeAll(() => void (db = libsqlFile()));
  afterAll(() => db.drop());

  const boot = async (environment: string | undefined, options: object) => {
    setNodeEnv(environment);
    return bootApi(db, { api: WorkflowConsoleModule.forRoot(options) });
  };

  it.each([undefined, 'production', 'staging'])('without guards is refused where NODE_ENV is %s', async (environment) => {
    await expect(boot(environment, {})).rejects.toThrow('guards are missing');
    await expect(boot(environment, { guards: [] })).rejects.toThrow('allowAnonymous: true');
  });

  it('without guards is possible in development, and where the application says so; it reads then', async () => {
    for (const [environment, options] of [
      ['development', {}],
      ['production', { allowAnonymous: true }],
    ] as const) {
      const api = await boot(environment, options);
      const client = consoleClient({ at: `${api.url}/workflow-console` }, '');
      expect((await client('GET', 'session')).body).toMatchObject({ rights: ['read'], actor: null });
      expect((await client('POST', 'workflows/loan/processes', {})).status).toBe(403);
      await api.close();
    }
  });

  it('refuses options that are misspelt, or of a wrong kind', async () => {
    await expect(boot('test', { right: () => [] })).rejects.toThrow('there is no option "right". Did you mean "rights"?');
    await expect(boot('test', { version: '1' })).rejects.toThrow('there is no option "version"');
    await expect(boot('test', { mask: 'email', title: '', maxStreams: 0 })).rejects.toThrow(/mask.*must be a function[\s\S]*title[\s\S]*maxStreams/);
  });

  it('takes its options from a factory', async () => {
    setNodeEnv('test');
    const useFactory = async () => ({ title: 'Loans', environment: 'staging', rights: () => ['read', 'input'] as const });
    const api = await bootApi(db, { api: WorkflowConsoleModule.forRootAsync({ path: 'ops', useFactory }) });
    expect((await consoleClient({ at: `${api.url}/ops` }, '')('GET', 'session')).body).toMatchObject({ title: 'Loans', environment: 'staging', rights: ['read', 'input'] }); // prettier-ignore
    expect(await (await browse(`${api.url}/ops/`)).text()).toContain('<title>Loans</title>');
    await api.close();
  });
});
