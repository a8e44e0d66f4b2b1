import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WorkflowApiModule } from 'nestjs-argonaut/api';
import { ALL_ROUTES } from '../../lib/api/all-routes.js';
import type { ApiRoute } from '../../lib/api/api-route.js';
import { until } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';
import { callOf, type Ids, idsIn, nodeEnvForBlock, storedIn } from './route-calls.js';
import { ALL, bootApi, clientOf, guardedApi, PLATFORMS, apiForBlock } from './support.js';

const MISSING: Ids = { process: 'missing', message: 'missing', outgoing: 'missing' };

describe.each(PLATFORMS)('who may do what, on %s', (platform) => {
  const api = apiForBlock({ platform });
  let ids: Ids;
  beforeAll(async () => {
    ids = await idsIn(api);
  });

  const send = (token: string, route: ApiRoute, of = ids) => clientOf(api, token)(...callOf(route, of));
  const stored = () => storedIn(api, ids);

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
        const [hidden, missing] = [await send(`b ${ALL.join(',')}`, route), await send(`b ${ALL.join(',')}`, route, MISSING)];
        const shown = Object.values(ids).reduce<string>((text, id) => text.replaceAll(id, 'missing'), hidden.text);
        expect([hidden.status, shown]).toEqual([404, missing.text]);
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
    await until(() => api.workflows.get(ids.process), ({ waits }) => waits[0]?.kind === 'input'); // prettier-ignore
    expect((await client('GET', 'inputs')).body.items.length).toBe(1);
    expect((await clientOf(api, 'b read')('GET', 'inputs')).body.items).toEqual([]);
  });

  it('a tenant starts no process of another, and learns of none', async () => {
    const client = clientOf(api, 'b input');
    expect((await client('POST', 'workflows/loan/processes', { context: { tenant: 'a', amount: 5 }, groupId: 'a:77' })).status).toBe(403);
    const taken = await client('POST', 'workflows/loan/processes', { context: { tenant: 'a', amount: 5 }, groupId: 'a:1', ifLive: 'return' });
    expect([taken.status, taken.text.includes(ids.process)]).toEqual([403, false]);
    expect((await api.workflows.find({ groupId: 'a:77' })).items).toEqual([]);
  });

  it('answers hold nothing of the engine', async () => {
    const detail = await clientOf(api, 'a read')('GET', `processes/${ids.process}`);
    for (const name of ['tokens', 'claim', 'groupKey', 'worker', 'root', 'parentBond', 'revision', 'tokenKey']) expect(detail.text).not.toContain(`"${name}"`);
  });
});

describe('mounting', () => {
  let db: Database;
  const setNodeEnv = nodeEnvForBlock();
  beforeAll(() => void (db = libsqlFile()));
  afterAll(() => db.drop());

  const boot = async (environment: string | undefined, options: object) => {
    setNodeEnv(environment);
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
    setNodeEnv('test');
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
