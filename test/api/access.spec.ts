import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WorkflowApiModule } from 'nestjs-argonaut/api';
import { ALL_ROUTES } from '../../lib/api/all-routes.js';
import type { ApiRoute } from '../../lib/api/api-route.js';
import { until } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';
import { ALL, bootApi, clientOf, guardedApi, PLATFORMS, refusedBy, sentBy, SENDS, apiForBlock } from './support.js';

/** Bodies that a route takes. */
const BODIES: Readonly<Record<string, object>> = {
  startProcess: { context: { tenant: 'a', amount: 5 }, groupId: 'a:9' },
  provideInput: { input: { approved: true } },
  respond: { correlationId: 'c', response: { score: 1 } },
  emit: { keys: ['a:1'] },
  migrate: { from: 1, to: 2 },
  restart: { contextVersion: 1 },
  skip: { step: 'score' },
  pause: { workflow: 'loan' },
  endPause: { workflow: 'loan' },
  startBulk: { action: 'cancel', filter: { workflow: 'loan' } },
  readdressMessage: { workflow: 'loan', step: 'score', correlationId: 'c' },
};

describe.each(PLATFORMS)('who may do what, on %s', (platform) => {
  const api = apiForBlock({ platform });
  let process: string;
  let message: string;
  let outgoing: string;
  beforeAll(async () => {
    process = (await api.workflows.start('loan', { tenant: 'a', amount: 5 }, { groupId: 'a:1' })).id;
    message = (await refusedBy(api, process)).id;
    outgoing = (await sentBy(api, (await api.workflows.start('loan', { tenant: 'a', amount: SENDS }, { groupId: 'a:2' })).id)).id;
  });

  function pathOf(route: ApiRoute, id: string): string {
    const parts: Record<string, string> = {
      process: id,
      message: id === process ? (route.path.startsWith('outbox') ? outgoing : message) : id,
      workflow: 'loan',
      step: 'review',
      event: 'paid',
      version: '1',
      bulk: 'none',
    };
    return route.path.replace(/:(\w+)/g, (_whole, name: string) => parts[name]!) + (route.id === 'getDiff' ? '?from=1&to=1' : '');
  }
  const send = (token: string, route: ApiRoute, id = process) =>
    clientOf(api, token)(route.method.toUpperCase(), pathOf(route, id), route.method === 'post' ? (BODIES[route.id] ?? {}) : undefined);
  const stored = async () => [
    await api.workflows.history(process),
    (await api.workflows.find()).items.length,
    await api.workflows.inbox.list(),
    (await api.workflows.outbox.list()).items.map(({ id }) => id),
  ];

  it.each(ALL_ROUTES.map((route) => [route.id, route] as const))(
    '%s is closed to a request without credentials, right, or the right tenant',
    async (_id, route) => {
      const before = await stored();
      expect((await send('', route)).status).toBe(401);
      const others = ALL.filter((right) => right !== route.right).join(',');
      const refused = await send(`a ${others}`, route);
      expect([refused.status, refused.body.detail]).toEqual([403, `This needs the right "${route.right}".`]);
      if (route.whole && route.right !== 'administer') expect((await send(`a ${route.right}`, route)).body.detail).toBe('This needs the right "administer".');
      if (/:(process|message)/.test(route.path)) {
        const [hidden, missing] = [await send(`b ${ALL.join(',')}`, route), await send(`b ${ALL.join(',')}`, route, 'missing')];
        expect([hidden.status, hidden.text.replaceAll(process, 'missing').replaceAll(message, 'missing').replaceAll(outgoing, 'missing')]).toEqual([
          404,
          missing.text,
        ]);
      }
      expect(await stored()).toEqual(before);
    },
  );

  it('a request with read rights reads, and changes nothing', async () => {
    const before = await stored();
    const reading = ALL_ROUTES.filter(({ method, whole }) => method === 'get' && !whole);
    for (const route of reading) expect([route.id, (await send('a read', route)).status]).toEqual([route.id, 200]);
    for (const route of ALL_ROUTES.filter(({ method }) => method === 'post')) expect([route.id, (await send('a read', route)).status]).toEqual([route.id, 403]);
    expect(await stored()).toEqual(before);
  });

  it('lists show what the tenant may see, page by page', async () => {
    for (const tenant of ['b', 'a', 'b', 'a', 'b']) await api.workflows.start('loan', { tenant, amount: 5 }, { groupId: `${tenant}:${Math.random()}` });
    const client = clientOf(api, 'a read');
    const groups: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await client('GET', `processes?limit=2${cursor}`);
      expect(body.items.length).toBeLessThanOrEqual(2);
      groups.push(...body.items.map(({ groupId }: { groupId: string }) => groupId.split(':')[0]));
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(groups).toEqual(['a', 'a', 'a', 'a']);
    expect((await clientOf(api, 'c read')('GET', 'processes')).body).toEqual({ items: [], next: null });
    const [mine] = (await api.workflows.find({ groupId: 'a:1' })).items;
    await api.workflows.skip('loan', 'score', mine!.id, { score: 1 });
    await until(() => api.workflows.get(process), ({ waits }) => waits[0]?.kind === 'input'); // prettier-ignore
    expect((await client('GET', 'inputs')).body.items.length).toBe(1);
    expect((await clientOf(api, 'b read')('GET', 'inputs')).body.items).toEqual([]);
  });

  it('a tenant starts no process of another, and learns of none', async () => {
    const client = clientOf(api, 'b input');
    expect((await client('POST', 'workflows/loan/processes', { context: { tenant: 'a', amount: 5 }, groupId: 'a:77' })).status).toBe(403);
    const taken = await client('POST', 'workflows/loan/processes', { context: { tenant: 'a', amount: 5 }, groupId: 'a:1', ifLive: 'return' });
    expect([taken.status, taken.text.includes(process)]).toEqual([403, false]);
    expect((await api.workflows.find({ groupId: 'a:77' })).items).toEqual([]);
  });

  it('answers hold nothing of the engine', async () => {
    const detail = await clientOf(api, 'a read')('GET', `processes/${process}`);
    for (const name of ['tokens', 'claim', 'groupKey', 'worker', 'root', 'parentBond', 'revision', 'tokenKey']) expect(detail.text).not.toContain(`"${name}"`);
  });
});

describe('mounting', () => {
  let db: Database;
  const environment = globalThis.process.env.NODE_ENV;
  beforeAll(() => void (db = libsqlFile()));
  afterAll(async () => {
    globalThis.process.env.NODE_ENV = environment;
    await db.drop();
  });

  const boot = async (environment: string | undefined, options: object) => {
    if (environment === undefined) delete globalThis.process.env.NODE_ENV;
    else globalThis.process.env.NODE_ENV = environment;
    return bootApi(db, { api: WorkflowApiModule.forRoot(options) });
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
      const client = clientOf(api, '');
      expect((await client('GET', 'processes')).status).toBe(200);
      const refused = await client('POST', 'workflows/loan/processes', {});
      expect([refused.status, refused.body.detail]).toEqual([403, 'This needs the right "input". Without the option `rights`, the API only reads.']);
      await api.close();
    }
  });

  it('refuses an option that is misspelt', async () => {
    await expect(boot('test', { guard: [] })).rejects.toThrow('there is no option "guard". Did you mean "guards"?');
  });

  it('takes its options from a factory', async () => {
    globalThis.process.env.NODE_ENV = 'test';
    const api = await bootApi(db, { api: WorkflowApiModule.forRootAsync({ path: 'ops', useFactory: async () => ({ rights: () => ['input'] as const }) }) });
    const client = clientOf({ base: `${api.url}/ops` }, '');
    expect((await client('GET', 'processes')).status).toBe(403);
    expect((await client('POST', 'workflows/loan/processes', { context: { tenant: 'a', amount: 5 } })).status).toBe(201);
    await api.close();
  });

  it('a right that there is not is an error of the application, and told to nobody', async () => {
    const api = await bootApi(db, { api: guardedApi({ rights: () => ['write'] }) });
    const answer = await clientOf(api, 'a')('GET', 'processes');
    expect([answer.status, answer.body.code, answer.text.includes('write')]).toEqual([500, 'InternalServerError', false]);
    await api.close();
  });
});
