/** Where the routes are in an application, and what is said of paths and methods that are not there. */
import { type INestApplication, Logger, RequestMethod, VersioningType } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WorkflowApi, WorkflowApiModule } from 'nestjs-argonaut/api';
import { type Database, libsqlFile } from '../support/databases.js';
import { type ApiApp, type ApiSetup, bootApi, clientOf, guardedApi, PLATFORMS } from './support.js';

/** An application, how its API is reached, and a place where the API is not. */
const MOUNTS: Readonly<Record<string, { setup: ApiSetup; at: string; notAt?: string }>> = {
  'with a global prefix from which it is excluded': {
    setup: { setUp: (app: INestApplication) => app.setGlobalPrefix('p', { exclude: ['workflow-api/{*rest}'] }) },
    at: '/workflow-api',
    notAt: '/p/workflow-api',
  },
  'with a global prefix from which it is excluded, and a version in the path': {
    setup: {
      api: guardedApi({ version: '2' }),
      setUp: (app: INestApplication) =>
        app.setGlobalPrefix('p', { exclude: ['workflow-api/{*rest}'] }).enableVersioning({ type: VersioningType.URI, prefix: 'ver-' }),
    },
    at: '/ver-2/workflow-api',
    notAt: '/p/ver-2/workflow-api',
  },
  'with a global prefix from which other routes are excluded': {
    setup: {
      setUp: (app: INestApplication) => app.setGlobalPrefix('p', { exclude: ['other', { path: 'workflow-api/processes', method: RequestMethod.DELETE }] }),
    },
    at: '/p/workflow-api',
    notAt: '/workflow-api',
  },
  'in a module with a path': {
    setup: { imports: [RouterModule.register([{ path: 'admin', module: WorkflowApiModule }])], setUp: (app: INestApplication) => app.setGlobalPrefix('p') },
    at: '/p/admin/workflow-api',
    notAt: '/p/workflow-api',
  },
};

describe.each(PLATFORMS.flatMap((platform) => Object.entries(MOUNTS).map(([name, mount]) => ({ platform, name, ...mount }))))(
  'the API $name, on $platform',
  ({ platform, setup, at, notAt = '' }) => {
    let db: Database;
    let api: ApiApp;
    beforeAll(async () => {
      db = libsqlFile();
      api = await bootApi(db, { platform, ...setup });
    });
    afterAll(async () => {
      await api.close();
      await db.drop();
    });

    it('answers with problems, and the document names its paths', async () => {
      const client = clientOf({ base: `${api.url}${at}` });
      expect((await client('GET', 'processes')).status).toBe(200);
      for (const [method, path, body, status] of [
        ['GET', 'nothing', undefined, 404],
        ['DELETE', 'processes', undefined, 405],
        ['POST', 'events/x', '{', 400],
        ['GET', 'processes?limit=x', undefined, 400],
      ] as const) {
        const answer = await client(method, path, body);
        expect([path, answer.status, answer.type.split(';')[0]]).toEqual([path, status, 'application/problem+json']);
      }
      const elsewhere = await clientOf({ base: `${api.url}${notAt}` })('GET', 'processes');
      expect([elsewhere.status, elsewhere.type.split(';')[0]]).toEqual([404, 'application/json']);
      const { paths } = api.app.get(WorkflowApi).openApi();
      for (const path of Object.keys(paths)) expect(path.startsWith(`${at}/`)).toBe(true);
    });
  },
);

describe.each(PLATFORMS)('one route excluded from the global prefix, on %s', (platform) => {
  it('is where it is, and the others are where they are', async () => {
    const db = libsqlFile();
    const api = await bootApi(db, { platform, setUp: (app) => app.setGlobalPrefix('p', { exclude: ['workflow-api/service/ready'] }) });
    const client = clientOf({ base: api.url });
    const answers = await Promise.all(['workflow-api/service/ready', 'p/workflow-api/processes', 'p/workflow-api/service/ready', 'workflow-api/processes'].map((path) => client('GET', path))); // prettier-ignore
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 404]);
    for (const { type } of answers.slice(2)) expect(type).toContain('application/problem+json');
    expect((await client('PUT', 'workflow-api/processes')).status).toBe(404);
    const paths = Object.keys(api.app.get(WorkflowApi).openApi().paths);
    expect(paths.filter((path) => !path.startsWith('/p/workflow-api/'))).toEqual(['/workflow-api/service/ready']);
    await api.close();
    await db.drop();
  });
});

describe.each(PLATFORMS)('a method that a path does not answer to, on %s', (platform) => {
  let db: Database;
  const opened: ApiApp[] = [];
  beforeAll(() => void (db = libsqlFile()));
  afterEach(async () => void (await Promise.all(opened.splice(0).map((api) => api.close()))));
  afterAll(() => db.drop());
  const boot = async (setup: ApiSetup = {}) => {
    opened.push(await bootApi(db, { platform, ...setup }));
    return clientOf(opened[0]!);
  };

  it('is 405, and the header Allow says which it answers to', async () => {
    const client = await boot();
    for (const [method, path, allow] of [['PUT', 'processes', 'GET, HEAD'], ['DELETE', 'processes/p/cancel', 'POST'], ['POST', 'inbox', 'GET, HEAD']] as const) {
      const answer = await client(method, path, method === 'POST' ? {} : undefined);
      expect([answer.status, answer.headers.get('allow'), answer.body.allow]).toEqual([405, allow, allow.split(', ')]);
    } // prettier-ignore
    expect((await client('GET', 'nothing')).headers.get('allow')).toBeNull();
  });

  it('is 404 where the path is not there, though it is under another version', async () => {
    const client = await boot({
      api: guardedApi({ version: '2' }),
      setUp: (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'x-v', defaultVersion: '1' }),
    });
    const answer = await client('GET', 'processes');
    expect([answer.status, answer.body.detail, answer.headers.get('allow')]).toEqual([404, 'There is no such route.', null]);
    expect((await client('GET', 'processes', undefined, { 'x-v': '2' })).status).toBe(200);
  });

  it('with a slash at its end, a path is there or not, and never answers to the method that it refuses', async () => {
    const client = await boot();
    const [read, put] = [await client('GET', 'processes/'), await client('PUT', 'processes/')];
    expect([read.status, put.status]).toEqual(platform === 'express' ? [200, 405] : [404, 404]);
  });
});

describe.each(PLATFORMS)('a fault of the application, on %s', (platform) => {
  it.each([
    ['actor is a number', { actor: () => 7 }],
    ['actor is too long', { actor: () => 'x'.repeat(1000) }],
    ['actor is empty', { actor: () => '' }],
    ['actor holds a zero', { actor: () => 'a\0b' }],
    ['actor is null', { actor: () => null }],
    ['actor is a promise', { actor: async () => 'ada' }],
    ['rights are a text', { rights: () => 'read' }],
  ])('is 500 with a line in the log, and nothing is changed: %s', async (_what, more) => {
    const db = libsqlFile();
    const api = await bootApi(db, { platform, api: guardedApi(more) });
    const log = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    const answer = await clientOf(api)('POST', 'workflows/loan/processes', { context: { tenant: 'a', amount: 5 }, groupId: 'a:1' });
    expect([answer.status, answer.body.code, answer.type.split(';')[0]]).toEqual([500, 'InternalServerError', 'application/problem+json']);
    expect(log.mock.calls.flat().join()).toMatch(/The option `actor`|rights/);
    expect((await api.workflows.find()).items).toEqual([]);
    log.mockRestore();
    await api.close();
    await db.drop();
  });
});
