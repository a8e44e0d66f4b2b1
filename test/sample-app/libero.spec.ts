import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Instance, until } from '../../sample-app/src/story/instance.js';
import type { HistoryRow } from '../../sample-app/src/story/loan-by-http.js';
import { built, completions, Place, ROOT } from './app.js';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

interface View {
  readonly id: string;
  readonly status: string;
  readonly cause: string | null;
  readonly context: { uris: string[]; articles: { file: string }[]; assets: { url: string; file: string }[] };
}

let place: Place;
let app: Instance;
beforeAll(async () => {
  await built();
  place = new Place();
  for (const server of servers) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  [publisher, secret] = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`) as [string, string];
  app = await place.start({ ARTICLE_ORIGINS: publisher });
});
afterAll(async () => {
  await place.leave();
  for (const server of servers) server.close();
});

const XML = '<article xmlns:xlink="x"><graphic xlink:href="/a/fig.tif"/><graphic xlink:href="../b/fig.tif"/><p xlink:href="c.pdf"/></article>';
/** A publisher whose articles may be had, and a server that only the application can reach. */
let [publisher, secret] = ['', ''];
const asked: string[] = [];
const servers = [
  createServer(({ url }, response) => {
    if (url === '/moved.xml') response.writeHead(302, { location: `${secret}/secret.tif` }).end();
    else if (url === '/articles/foreign.xml') response.end(`<article><graphic xlink:href="${secret}/secret.tif"/></article>`);
    else response.end(url === '/articles/7.xml' ? XML : url);
  }),
  createServer(({ url }, response) => {
    asked.push(url!);
    response.end('secret');
  }),
];

const start = (name: string, input_data: object = {}) => app.post<View>('/libero/start-workflow', { name, input_data });
const events = (id: string) => app.get<HistoryRow[]>(`/libero/workflows/${id}/events`);
const said = async (id: string) => (await app.get<{ text: string }[]>(`/libero/workflows/${id}/log`)).map(({ text }) => text);

async function ended(id: string): Promise<View> {
  await until('at its end', async () => ['completed', 'failed'].includes((await app.get<View>(`/libero/workflows/${id}`)).status));
  return app.get(`/libero/workflows/${id}`);
}

const fixture = (file: string) => readFile(join(ROOT, 'sample-app/fixtures', file));

describe('DummyWorkflow', () => {
  it("runs as Libero's README has it", async () => {
    const { id } = await start('DummyWorkflow');
    expect((await ended(id)).status).toBe('completed');
    expect(completions(await events(id))).toEqual(['DoSomethingActivity', 'DoAnotherThingActivity']);
  });

  it('is started by a name there is', async () => {
    await expect(start('NoWorkflow')).rejects.toThrow('400');
  });
});

describe('IngestArticleXMLWorkflow', () => {
  let first: View; // the publisher is too busy when it is first asked for the second image
  beforeAll(async () => {
    first = await ended((await start('IngestArticleXMLWorkflow')).id);
  });

  it('brings an article and its images here, and makes it point to them', async () => {
    const { status, cause, context } = first;
    expect(status, cause ?? '').toBe('completed');
    expect(context.uris.map((uri) => new URL(uri).pathname)).toEqual(['/libero/articles/fig1.tif', '/libero/articles/fig2.tif']);

    const file = context.articles[0]!.file;
    for (const image of ['fig1.tif', 'fig2.tif']) expect(await readFile(join(dirname(file), image))).toEqual(await fixture(image));
    const original = (await fixture('article.xml')).toString();
    expect(await readFile(file, 'utf8')).toBe(original.replace('"./fig2.tif"', '"fig2.tif"'));
  });

  it('waits for nobody with what is independent, and tries again what is not there yet', async () => {
    const history = await events(first.id);
    const ofAssets = history.filter(({ step }) => step === 'DownloadAsset').map(({ type }) => type);
    expect(ofAssets.filter((type) => type === 'step-failed')).toHaveLength(1);
    expect(ofAssets.filter((type) => type === 'step-completed')).toHaveLength(2);
    const steps = completions(history);
    expect(steps).toHaveLength(6);
    expect(steps.filter((step) => step !== 'NotifyArchive')).toEqual(['DownloadXml', 'ExtractAssetUris', 'DownloadAsset', 'DownloadAsset', 'RewriteUris']);
    expect(history.find(({ type }) => type === 'note')).toMatchObject({ step: 'NotifyArchive', detail: '1 to be archived in articles' });
  });

  it('keeps images apart that have one name, and leaves alone what is none', async () => {
    const { context } = await ended((await start('IngestArticleXMLWorkflow', { urls: [`${publisher}/articles/7.xml`] })).id);
    const contents = await Promise.all(context.assets.map(async (asset) => [asset.url, await readFile(asset.file, 'utf8')] as const));
    expect(Object.fromEntries(contents)).toEqual({ [`${publisher}/a/fig.tif`]: '/a/fig.tif', [`${publisher}/b/fig.tif`]: '/b/fig.tif' });
    expect(await readFile(context.articles[0]!.file, 'utf8')).toBe(XML.replace('"/a/', '"../a/'));
  });

  it('downloads from nowhere else: an article that names a foreign image fails, and so does one that leads elsewhere', async () => {
    for (const [path, why] of [
      ['/articles/foreign.xml', 'is not at a place that articles come from'],
      ['/moved.xml', 'fetch failed'],
    ] as const) {
      const { status, cause } = await ended((await start('IngestArticleXMLWorkflow', { urls: [publisher + path] })).id);
      expect({ status, cause }).toMatchObject({ status: 'failed', cause: expect.stringContaining(why) });
    }
    expect(asked).not.toContain('/secret.tif');
  });

  it('fails when an article is nowhere to be found; the archive was told all the same', async () => {
    const { id } = await start('IngestArticleXMLWorkflow', { urls: [`http://127.0.0.1:${new URL(app.url).port}/libero/articles/none.xml`] });
    const { status, cause } = await ended(id);
    expect({ status, cause }).toMatchObject({ status: 'failed', cause: expect.stringContaining('none.xml: 404') });
    expect(await said(id)).toContain('1 to be archived in articles');
  });

  it('refuses what is no input of it', async () => {
    await expect(start('IngestArticleXMLWorkflow', { urls: ['not a url'] })).rejects.toThrow('400');
    await expect(start('IngestArticleXMLWorkflow', { urls: [] })).rejects.toThrow('400');
    await expect(start('IngestArticleXMLWorkflow', { urls: [`${secret}/secret.tif`] })).rejects.toThrow('400');
    await expect(start('IngestArticleXMLWorkflow', { urls: ['http://169.254.169.254/latest'] })).rejects.toThrow('400');
    await expect(start('IngestArticleXMLWorkflow', { data_dir: '/etc' })).rejects.toThrow('400');
    await expect(start('IngestArticleXMLWorkflow', { articles: [{ url: 'x', file: '/etc/passwd' }] })).rejects.toThrow('400');
    expect(asked).toEqual([]);
  });
});
