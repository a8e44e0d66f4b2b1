/** Pages and assets: where they are, what leads from one to the other, and who gets them. */
import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type INestApplication, Logger, VersioningType } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { WorkflowConsoleModule } from 'nestjs-argonaut/console';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ApiSetup, guardedApi, PLATFORMS } from '../api/support.js';
import { baseHref, pageAt } from '../../lib/console/console-page.js';
import { browse, consoleClient, consoleForBlock, guardedConsole, OURS } from './support.js';

const LINKS = [
  '',
  '/',
  '/processes',
  '/processes/',
  '/processes/p-1',
  '/workflows',
  '/workflows/loan',
  '/queues',
  '/inbox',
  '/outbox',
  '/bulk',
  '/bulk/b-1',
  '/processes/p-1/',
  '/processes?status=failed',
];

/** What a browser would load for the page at this address. */
async function loaded(page: string): Promise<{ script: string; style: string; api: string }> {
  const response = await browse(page);
  expect([page, response.status, response.headers.get('content-type')]).toEqual([page, 200, 'text/html; charset=utf-8']);
  const html = await response.text();
  const base = new URL(/<base href="([^"]*)">/.exec(html)![1]!, page);
  const at = (pattern: RegExp) => new URL(pattern.exec(html)![1]!, base).href;
  return { script: at(/ src="([^"]*)"/), style: at(/ rel="stylesheet" crossorigin href="([^"]*)"/), api: new URL('api/session', base).href };
}

async function expectWhole(console: string): Promise<void> {
  for (const link of LINKS) {
    const { script, style, api } = await loaded(`${console}${link}`);
    expect([link, script, style, api]).toEqual([link, `${console}/assets/page-1a2b3c4d.js`, `${console}/assets/page-5e6f7a8b.css`, `${console}/api/session`]);
  }
  expect(await (await browse(`${console}/assets/page-1a2b3c4d.js`)).text()).toBe('document.title = "ran";\n');
  expect((await browse(`${console}/api/session`)).status).toBe(200);
}

/** How a console is mounted, and where it is then. */
const MOUNTS: Readonly<Record<string, { setup: ApiSetup; at: string }>> = {
  'as it is': { setup: {}, at: '/workflow-console' },
  'with a path of two parts': { setup: { api: guardedConsole({ path: 'ops/workflows' }) }, at: '/ops/workflows' },
  'with a global prefix': { setup: { setUp: (app: INestApplication) => app.setGlobalPrefix('v0/app') }, at: '/v0/app/workflow-console' },
  'with a global prefix from which it is excluded': {
    setup: { setUp: (app: INestApplication) => app.setGlobalPrefix('p', { exclude: ['workflow-console', 'workflow-console/{*rest}'] }) },
    at: '/workflow-console',
  },
  'in an application with versions in its paths': {
    setup: { setUp: (app: INestApplication) => app.enableVersioning({ type: VersioningType.URI, defaultVersion: '3' }) },
    at: '/workflow-console',
  },
  'in a module with a path': { setup: { imports: [RouterModule.register([{ path: 'admin', module: WorkflowConsoleModule }])] }, at: '/admin/workflow-console' },
};

describe.each(PLATFORMS.flatMap((platform) => Object.entries(MOUNTS).map(([name, mount]) => ({ platform, name, ...mount }))))(
  'the console $name, on $platform',
  ({ platform, setup, at }) => {
    const said: string[] = [];
    beforeAll(() => void vi.spyOn(Logger.prototype, 'log').mockImplementation((line) => void said.push(String(line))));
    const app = consoleForBlock({ platform, ...setup }, at);
    afterAll(() => void vi.restoreAllMocks());

    it('is told of in one line at boot, where it is', () => {
      expect(said.filter((line) => line.startsWith('The console'))).toEqual([`The console of workflows is at ${at}`]);
    });

    it('answers every link with its page, from which assets and routes are found', () => expectWhole(app.at));

    it('answers paths of its routes that are not there with problems, and others are left to the application', async () => {
      const missing = await consoleClient(app)('GET', 'nothing');
      expect([missing.status, missing.type.split(';')[0]]).toEqual([404, 'application/problem+json']);
      expect((await browse(`${app.at}/nothing`)).status).toBe(404);
      expect((await browse(`${app.at}/assets/nothing.js`)).status).toBe(404);
      expect((await browse(`${app.at}/assets/constructor`)).status).toBe(404);
    });
  },
);

/** A proxy that gives the paths of the application another beginning, as those of many companies do. */
function proxyTo(origin: () => string, rewrite: (path: string) => string): { url: string } {
  const proxy = { url: '' };
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const { method, headers } = request;
      const onward = forward(`${origin()}${rewrite(request.url!)}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  return proxy;
}

describe.each(PLATFORMS)('behind a proxy, on %s', (platform) => {
  const app = consoleForBlock({ platform, setUp: (nest: INestApplication) => nest.setGlobalPrefix('inner') }, '/inner/workflow-console');
  const stripping = proxyTo(() => app.url, (path) => path.replace(/^\/tools\/a/, '/inner')); // prettier-ignore
  const renaming = proxyTo(() => app.url, (path) => path.replace(/^\/ops\//, '/inner/workflow-console/')); // prettier-ignore

  it('that puts a prefix before the path, all is found', () => expectWhole(`${stripping.url}/tools/a/workflow-console`));

  it('that gives it another name, all is found from the slash on', async () => {
    for (const link of LINKS.slice(1)) {
      const { script, api } = await loaded(`${renaming.url}/ops${link}`);
      expect([script, api]).toEqual([`${renaming.url}/ops/assets/page-1a2b3c4d.js`, `${renaming.url}/ops/api/session`]);
    }
  });
});

describe.each(PLATFORMS)('headers, on %s', (platform) => {
  const app = consoleForBlock({ platform });

  it('of a page: no other host, no frame, no script inside it, and it is not kept', async () => {
    const { headers } = await browse(`${app.at}/processes`);
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(['x-content-type-options', 'referrer-policy', 'x-frame-options', 'cache-control'].map((name) => headers.get(name))).toEqual(['nosniff', 'no-referrer', 'DENY', 'no-store']); // prettier-ignore
  });

  it('of an asset: the browser alone keeps it, for good; it comes compressed where that is asked for', async () => {
    const plain = await browse(`${app.at}/assets/page-1a2b3c4d.js`, 'a read', { 'accept-encoding': 'identity' });
    const packed = await browse(`${app.at}/assets/page-1a2b3c4d.js`, 'a read', { 'accept-encoding': 'br, gzip' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(await packed.text()).toBe(await plain.text());
    const wanted = { 'cache-control': 'private, max-age=31536000, immutable', vary: 'accept-encoding', 'content-type': 'text/javascript; charset=utf-8', 'x-content-type-options': 'nosniff' }; // prettier-ignore
    for (const [name, value] of Object.entries(wanted)) expect([name, packed.headers.get(name)?.toLowerCase()]).toEqual([name, value]);
    expect((await browse(`${app.at}/assets/page-5e6f7a8b.css`)).headers.get('content-type')).toBe('text/css; charset=utf-8');
  });

  it('of a route: its answer is not kept', async () => {
    const { headers } = await consoleClient(app)('GET', 'session');
    expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual(['no-store', 'nosniff']);
  });

  it('pages and assets stand behind the guards', async () => {
    for (const link of [...LINKS, '/assets/page-1a2b3c4d.js', '/assets/nothing.js'])
      expect([link, (await browse(`${app.at}${link}`, '')).status]).toEqual([link, 401]);
  });
});

describe.each(PLATFORMS)('beside the API, on %s', (platform) => {
  const app = consoleForBlock({ platform, api: guardedApi(), imports: [guardedConsole()] });

  it('both work, each at its place and by its rules', async () => {
    expect((await browse(`${app.at}/`)).status).toBe(200);
    expect((await consoleClient(app)('GET', 'processes')).status).toBe(200);
    expect((await browse(`${app.url}/workflow-api/processes`)).status).toBe(200);
    expect((await browse(`${app.url}/workflow-api/session`)).status).toBe(404);
    const headers = { authorization: 'a input', 'content-type': 'application/json' };
    const start = (base: string) => fetch(`${base}/workflows/loan/processes`, { method: 'POST', headers, body: JSON.stringify({ context: { tenant: 'a', amount: 5 }, groupId: `a:${base}` }) }); // prettier-ignore
    expect((await start(`${app.url}/workflow-api`)).status).toBe(201); // no header of the console
    expect((await start(`${app.at}/api`)).status).toBe(403);
    expect(Object.keys((await consoleClient(app)('GET', 'openapi.json')).body.paths)[0]).toMatch(/^\/workflow-console\/api\//);
    expect((await consoleClient(app)('DELETE', 'processes', undefined, OURS)).headers.get('allow')).toBe('GET, HEAD');
  });
});

describe('the base of a page', () => {
  it.each([
    ['/c', 0, './c/'],
    ['/a/c', 0, './c/'],
    ['/a/c/', 0, './'],
    ['/c/processes', 1, './'],
    ['/c/processes/', 1, '../'],
    ['/c/processes/p', 2, '../'],
    ['/c/processes/p/', 2, '../../'],
    ['/javascript:x', 0, './javascript:x/'],
  ])('of %s, %i steps below the console, is %s', (path, steps, base) => expect(baseHref(path, steps)).toBe(base));

  it('and its title cannot break out of their place', () => {
    const page = pageAt('<html><head><title>x</title></head></html>', './"><script>/', '</title><script>$&');
    expect(page).toBe('<html><head><base href="./&#34;&#62;&#60;script&#62;/"><title>&#60;/title&#62;&#60;script&#62;$&#38;</title></head></html>');
  });
});
