/** Changes of processes as server-sent events, over real servers. */
import { once } from 'node:events';
import { type ClientRequest, get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ChangeFeed, STREAM_TIMES } from '../../lib/console/change-feed.js';
import { type ApiApp, bootApi, PLATFORMS } from '../api/support.js';
import { until } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';
import { byTenant, consoleClient, consoleForBlock, guardedConsole, OURS } from './support.js';

interface Heard {
  readonly id: string;
  readonly event: string;
  readonly data: any;
}

/** A client that reads a stream to its end, on a connection of its own: `fetch` would leave further ones open, which hold up the end of a server. */
class Listener {
  readonly heard: Heard[] = [];
  text = '';
  status = 0;
  headers: IncomingHttpHeaders = {};
  isOver = false;
  private request: ClientRequest | undefined;

  async open(url: string, headers: Record<string, string> = {}): Promise<this> {
    this.request = get(url, { agent: false, headers: { authorization: 'a read', ...OURS, ...headers } });
    const [response] = (await once(this.request, 'response')) as [IncomingMessage];
    Object.assign(this, { status: response.statusCode, headers: response.headers });
    response.setEncoding('utf8').on('data', (chunk: string) => this.take(chunk)).on('error', () => {}); // prettier-ignore
    response.on('close', () => (this.isOver = true));
    return this;
  }

  private take(chunk: string): void {
    this.text += chunk;
    const blocks = this.text.split('\n\n').slice(0, -1);
    const events = blocks.map((block) =>
      Object.fromEntries(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])),
    );
    this.heard.splice(0, Infinity, ...events.filter(({ data }) => data).map(({ id, event, data }) => ({ id: id!, event: event!, data: JSON.parse(data!) })));
  }

  /** Resolves when it has heard such an event. */
  async hears(fits: (heard: Heard) => boolean): Promise<Heard> {
    return (await until(async () => this.heard.find(fits), (found) => found !== undefined))!; // prettier-ignore
  }

  leave(): void {
    this.request?.destroy();
  }
}

const of = (id: string) => (heard: Heard) => heard.event === 'changed' && heard.data.id === id;
const isReady = ({ event }: Heard) => event === 'ready';
const loan = (groupId: string) => [{ tenant: 'a', amount: 5 }, { groupId }] as const;
const listeners: Listener[] = [];
const listen = async (url: string, headers?: Record<string, string>) => {
  const listener = new Listener();
  listeners.push(listener);
  return listener.open(url, headers);
};
afterEach(() => {
  for (const listener of listeners.splice(0)) listener.leave();
});

describe.each(PLATFORMS)('a stream of changes, on %s', (platform) => {
  const app = consoleForBlock({ platform, api: guardedConsole({ ...byTenant, maxStreams: 3 }) });
  const feed = () => app.app.get(ChangeFeed, { strict: false });

  it('tells what this instance commits, and nothing else than what the shape says', async () => {
    const listener = await listen(`${app.at}/api/live`);
    expect([listener.status, listener.headers['content-type'], listener.headers['cache-control']]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      'no-store, no-transform',
    ]);
    expect((await listener.hears(isReady)).data).toEqual({ complete: false });
    const { id } = await app.workflows.start('loan', ...loan('a:1'));
    const { data } = await listener.hears(of(id));
    expect(data).toEqual({ id, workflow: 'loan', status: expect.stringMatching(/running|waiting/), revision: expect.any(Number) });
    await app.workflows.cancel(id);
    await listener.hears((heard) => of(id)(heard) && heard.data.status === 'cancelled');
    expect(listener.text).toMatch(/^retry: 3000\n\n/);
  });

  it('never names a process out of sight', async () => {
    const all = await listen(`${app.at}/api/live`);
    const hidden = await app.workflows.start('loan', { tenant: 'b', amount: 5 }, { groupId: 'b:1' });
    const named = await listen(`${app.at}/api/live?process=${hidden.id}`);
    await Promise.all([all.hears(isReady), named.hears(isReady)]);
    await app.workflows.cancel(hidden.id);
    const seen = await app.workflows.start('loan', ...loan('a:2'));
    await all.hears(of(seen.id)); // it was committed after the other one
    expect(all.text + named.text).not.toContain(hidden.id);
    expect(named.heard.filter((heard) => !isReady(heard))).toEqual([]);
  });

  it('of some processes tells of these alone', async () => {
    const [one, two] = [await app.workflows.start('loan', ...loan('a:3')), await app.workflows.start('loan', ...loan('a:4'))];
    await app.workflows.settled(one.id);
    await app.workflows.settled(two.id);
    const listener = await listen(`${app.at}/api/live?process=${one.id}`);
    await listener.hears(isReady);
    await app.workflows.cancel(two.id);
    await app.workflows.cancel(one.id);
    await listener.hears(of(one.id));
    expect(listener.text).not.toContain(two.id);
  });

  it('goes on where the client was: by the header, and by `after`', async () => {
    const { id } = await app.workflows.start('loan', ...loan('a:5'));
    const first = await listen(`${app.at}/api/live?process=${id}`);
    const { id: cursor } = await first.hears(isReady);
    first.leave();
    await until(async () => feed().size, (size) => size === 0); // prettier-ignore
    await app.workflows.cancel(id);
    const [byHeader, byQuery, fresh] = [
      await listen(`${app.at}/api/live?process=${id}`, { 'last-event-id': cursor }),
      await listen(`${app.at}/api/live?process=${id}&after=${cursor}`),
      await listen(`${app.at}/api/live?process=${id}`),
    ];
    for (const listener of [byHeader, byQuery]) {
      expect((await listener.hears(of(id))).data.status).toBe('cancelled');
      expect((await listener.hears(isReady)).data).toEqual({ complete: true });
    }
    expect((await fresh.hears(isReady)).data).toEqual({ complete: false });
  });

  it('is refused where as many are open as may, and has room again when one has left', async () => {
    for (let i = 0; i < 3; i++) await listen(`${app.at}/api/live`);
    const refused = await consoleClient(app)('GET', 'live');
    expect([refused.status, refused.type.split(';')[0], refused.body.code]).toEqual([429, 'application/problem+json', 'TooManyRequests']);
    expect(refused.body.detail).toContain('3 streams');
    listeners[0]!.leave();
    await until(() => consoleClient(app)('GET', 'openapi.json').then(() => feed().size), (size) => size < 3); // prettier-ignore
    expect((await listen(`${app.at}/api/live`)).status).toBe(200);
  });

  it('refuses a place that is none, more processes than a page shows, and a request without the right', async () => {
    await until(async () => feed().size, (size) => size === 0); // prettier-ignore
    const client = consoleClient(app);
    expect((await client('GET', 'live?after=x')).body.detail).toContain('it must be the id of an event of this stream');
    expect((await client('GET', `live?${'process=p&'.repeat(101)}`)).status).toBe(400);
    expect((await consoleClient(app, 'a input')('GET', 'live')).status).toBe(403);
    expect((await consoleClient(app, '')('GET', 'live')).status).toBe(401);
    await until(async () => feed().size, (size) => size === 0); // prettier-ignore
  });

  it('costs nothing while none is open', async () => {
    await until(async () => feed().size, (size) => size === 0); // prettier-ignore
    const { observers } = (feed() as unknown as { engine: { parts: { observers: { all: unknown[] } } } }).engine.parts;
    expect(observers.all).toEqual([]);
    await listen(`${app.at}/api/live`);
    expect(observers.all).toEqual([feed()]);
  });
});

describe('a stream keeps time', () => {
  it('by comments where nothing happens, and by its end after a while, so that the guards are asked again', async () => {
    const db = libsqlFile();
    const api = await bootApi(db, {
      api: guardedConsole(),
      setUp: (app) => Object.assign(app.get(STREAM_TIMES, { strict: false }), { heartbeatMs: 5, lifeMs: 200 }),
    });
    const listener = await listen(`${api.url}/workflow-console/api/live`);
    await until(async () => listener.text, (text) => text.includes('\n:\n\n')); // prettier-ignore
    await until(async () => listener.isOver, (isOver) => isOver); // prettier-ignore
    expect(api.app.get(ChangeFeed, { strict: false }).size).toBe(0);
    await api.close();
    await db.drop();
  });
});

describe.each(PLATFORMS)('a shutdown, on %s', (platform) => {
  it('ends the streams that are open, and is not held up by them', async () => {
    const db = libsqlFile();
    const api = await bootApi(db, { platform, api: guardedConsole(), setUp: (app) => app.enableShutdownHooks() });
    const open = [await listen(`${api.url}/workflow-console/api/live`), await listen(`${api.url}/workflow-console/api/live`)];
    await Promise.all(open.map((each) => each.hears(isReady)));
    await api.close(); // longer than the test may take, if it waits for a connection
    await until(async () => open.every(({ isOver }) => isOver), (isOver) => isOver); // prettier-ignore
    await db.drop();
  }, 4000);
});

describe('two instances over one database', () => {
  let db: Database;
  let one: ApiApp;
  let two: ApiApp;
  beforeAll(async () => {
    db = libsqlFile();
    const setup = { api: guardedConsole(), setUp: (app: ApiApp['app']) => Object.assign(app.get(STREAM_TIMES, { strict: false }), { pollMs: 20 }) };
    one = await bootApi(db, setup);
    two = await bootApi(db, setup);
    Logger.overrideLogger(false);
  });
  afterAll(async () => {
    await Promise.all([one.close(), two.close()]);
    await db.drop();
  });
  const console = '/workflow-console/api/live';

  it('a stream of some processes hears what the other commits, once', async () => {
    const { id } = await two.workflows.start('loan', ...loan('a:1'));
    await two.workflows.settled(id);
    const listener = await listen(`${one.url}${console}?process=${id}`);
    await listener.hears(isReady);
    await two.workflows.cancel(id);
    await listener.hears((heard) => of(id)(heard) && heard.data.status === 'cancelled');
    const { id: other } = await two.workflows.start('loan', ...loan('a:2'));
    const marker = await listen(`${one.url}${console}?process=${other}`, { 'last-event-id': '1' });
    await marker.hears(of(other)); // a look at the database has come after the cancellation
    expect(listener.heard.filter((heard) => of(id)(heard) && heard.data.status === 'cancelled')).toHaveLength(1);
  });

  it('a stream of all hears of what the other starts', async () => {
    const listener = await listen(`${one.url}${console}`);
    await listener.hears(isReady);
    const { id } = await two.workflows.start('loan', ...loan('a:3'));
    await listener.hears(of(id));
  });

  it('many pages that follow one process cost one look', async () => {
    const { id } = await two.workflows.start('loan', ...loan('a:4'));
    for (let i = 0; i < 5; i++) await listen(`${one.url}${console}?process=${id}`);
    await Promise.all(listeners.map((each) => each.hears(isReady)));
    const feed = one.app.get(ChangeFeed, { strict: false });
    const { queries } = (feed as unknown as { engine: { parts: { store: { queries: { find(query: object): Promise<unknown[]> } } } } }).engine.parts.store;
    const asked: object[] = [];
    const find = queries.find.bind(queries);
    queries.find = (query) => {
      asked.push(query);
      return find(query);
    };
    await until(async () => asked.length, (count) => count >= 2); // prettier-ignore
    expect(asked[0]).toEqual({ ids: [id], limit: 1 });
    queries.find = find;
  });
});
