/** Requests that nobody should send, from a seed: each is answered by a problem, and none by an error of the application. */
import { request as send } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL_ROUTES } from '../../lib/api/all-routes.js';
import { type Database, isThere, libsqlFile, postgres, titleOf } from '../support/databases.js';
import { ALL, type ApiApp, bootApi, clientOf, PLATFORMS, refusedBy } from './support.js';

const SEED = Number(process.env.TEST_BAD_SEED ?? 20261129);
const REQUESTS = Number(process.env.TEST_BAD_REQUESTS ?? 250);

class Chance {
  constructor(private state: number) {}
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }
  below(most: number): number {
    return Math.floor(this.next() * most);
  }
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

const DEEP = '['.repeat(3000) + ']'.repeat(3000);
const deepObject = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
const CURSORS = ['[1e400,"a"]', '[1,"\\u0000"]', '[1,"\\ud800"]', '[-1]', '[9007199254740991]', '[99999999999999999999]', '[1,"p","k"]', '{"a":1}', 'x', '["x","y"]', "[0,\"' or 1=1\"]"].map((each) => Buffer.from(each).toString('base64url')); // prettier-ignore
const TEXTS = ['', ' ', '\0', 'a\0b', '\ud800', '\u202e', '💥', "' or 1=1 --", '"; drop table workflow_process; --', '../../etc/passwd', '%00', '__proto__', 'constructor', 'prototype', 'toString', 'null', '-1', '0', '1e400', '9223372036854775808', 'NaN', '{"$ne":1}', '<script>alert(1)</script>', '\r\nx: y', 'x'.repeat(300), 'x'.repeat(5000), 'ſ', 'loan', 'review', ...CURSORS]; // prettier-ignore
const VALUES: readonly unknown[] = [null, true, false, 0, -1, 1.5, 2 ** 31, 2 ** 53, 1e308, [], [[]], ['a'], {}, { $ne: 1 }, { toString: 'x' }, { toJSON: 1 }, { length: -1 }, { then: 1 }, ...TEXTS]; // prettier-ignore
const TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'application/json;charset=x',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  '',
  'x',
  'application/json\t',
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND'];
const RAW = ['', '{', '{"a":1,}', '\uFEFF{}', '[]', '"x"', 'null', '1', 'NaN', DEEP, deepObject(2000), '{"__proto__":{"x":1}}', '{"constructor":{"prototype":{"x":1}}}', '{"context":{"__proto__":{"x":1}}}', '{"context":{"constructor":1}}', '{"input":{"prototype":1}}', `{"context":${deepObject(500)}}`, `{"input":${DEEP}}`, '{"a":1,"a":2}', `{"context":{"amount":"${'y'.repeat(90_000)}"}}`, `{"x":"${'y'.repeat(2_000_000)}"}`, '{"\\u0000":1}', '{"context":{"\\ud800":1}}']; // prettier-ignore

interface BadRequest {
  readonly method: string;
  readonly path: string;
  readonly type: string | null;
  readonly body: string | null;
  readonly more: Record<string, string>;
}

function badRequest(chance: Chance, live: readonly string[], inbox: readonly string[]): BadRequest {
  const route = chance.of(ALL_ROUTES);
  const part = (name: string) => (name === 'process' && chance.below(2) === 0 ? chance.of(live) : name === 'message' && chance.below(2) === 0 ? chance.of(inbox) : name === 'workflow' && chance.below(2) === 0 ? 'loan' : name === 'step' && chance.below(2) === 0 ? 'review' : encoded(chance)); // prettier-ignore
  const path = route.path.replace(/:(\w+)/g, (_whole, name: string) => part(name));
  const method = chance.below(4) === 0 ? chance.of(METHODS) : route.method.toUpperCase();
  const fields = Object.keys(route.method === 'get' ? (route.query ?? {}) : (route.body ?? {}));
  const query = Array.from({ length: chance.below(4) }, () => `${chance.below(3) === 0 ? encoded(chance) : (fields[chance.below(fields.length || 1)] ?? 'x')}${chance.of(['=', '[]=', '[a]=', '[__proto__]=', ''])}${encoded(chance)}`); // prettier-ignore
  const hasBody = method !== 'GET' && method !== 'HEAD' && chance.below(10) > 0;
  const type = chance.below(4) === 0 ? chance.of(TYPES) : 'application/json';
  const more: Record<string, string> = chance.below(12) === 0 ? { 'content-encoding': chance.of(['gzip', 'br', 'x', 'identity']) } : {};
  return {
    method,
    path: `${path}${query.length > 0 ? `?${query.join('&')}` : ''}`,
    type: hasBody ? type : null,
    body: hasBody ? bodyOf(chance, fields) : null,
    more,
  };
}

function encoded(chance: Chance): string {
  const text = chance.of(TEXTS);
  return chance.below(8) === 0
    ? chance.of(['%', '%zz', '%E0%A4%A', '%c0%80', '%ff', '..', '//', ';a=b', '%2e%2e%2f'])
    : encodeURIComponent(text.toWellFormed()).slice(0, 4000);
}

function bodyOf(chance: Chance, fields: readonly string[]): string {
  if (chance.below(3) === 0) return chance.of(RAW);
  const names = [...fields, ...(chance.below(3) === 0 ? [chance.of(TEXTS)] : [])];
  const chosen = names.filter(() => chance.below(4) > 0);
  const value = (): unknown =>
    chance.below(6) === 0
      ? { [chance.of(TEXTS)]: chance.of(VALUES), amount: chance.of(VALUES), tenant: chance.of(VALUES), approved: chance.of(VALUES) }
      : chance.of(VALUES);
  return JSON.stringify(Object.fromEntries(chosen.map((name) => [name, value()])));
}

interface BadAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

function answerTo({ url }: ApiApp, base: string, bad: BadRequest): Promise<BadAnswer> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `a ${ALL.join(',')}`,
      ...(bad.type !== null && { 'content-type': bad.type }),
      ...bad.more,
      ...(bad.body !== null && { 'content-length': String(Buffer.byteLength(bad.body)) }),
      connection: 'close',
    };
    const sent = send(url, { method: bad.method, path: `${new URL(base).pathname}/${bad.path}`, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text: Buffer.concat(parts).toString() }),
      );
    });
    sent.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EPIPE' || error.code === 'ECONNRESET' ? resolve({ status: 413, type: 'application/problem+json', text: '{}' }) : reject(error),
    );
    sent.end(bad.body ?? undefined);
  });
}

/** What must be in no answer: stacks, SQL, paths of files. */
const LEAKS = /\n\s+at |node_modules|\/lib\/|\.ts:\d|SQLITE|sqlite3|select \*|insert into|QueryFailed|syntax error at/i;

describe.each(
  PLATFORMS.flatMap((platform) =>
    [
      ['sqlite', libsqlFile],
      ['postgres', postgres],
    ].map(([name, make]) => ({ platform, name: name as string, make: make as () => Database | Promise<Database> })),
  ),
)('bad requests on $platform and $name', async ({ platform, make }) => {
  // prettier-ignore
  const database = await make();

  describe.skipIf(!isThere(database))(titleOf(database), () => {
    let api: ApiApp;
    const live: string[] = [];
    const inbox: string[] = [];
    beforeAll(async () => {
      api = await bootApi(database, { platform });
      for (let i = 0; i < 3; i++) live.push((await api.workflows.start('loan', { tenant: 'a', amount: 5 }, { groupId: `a:${i}` })).id);
      for (const process of live) inbox.push((await refusedBy(api, process)).id);
      await api.workflows.emit('paid', ['x', 'y'], null);
      await api.workflows.respond('loan', 'score', 'x', { score: 1 });
      inbox.push(...(await api.workflows.inbox.list({ disposition: 'stored' })).items.map(({ id }) => id));
    });
    afterAll(async () => {
      await api.close();
      await database.drop();
    });

    it('are answered by problems', async () => {
      const chance = new Chance(SEED);
      const statuses = new Map<number, number>();
      for (let i = 0; i < REQUESTS; i++) {
        const bad = badRequest(chance, live, inbox);
        const answer = await answerTo(api, api.base, bad);
        const told = `${i}: ${bad.method} ${bad.path.slice(0, 200)} ${bad.type} ${JSON.stringify(bad.more)} ${bad.body?.slice(0, 300)} → ${answer.status} ${answer.type} ${answer.text.slice(0, 300)}`;
        expect(answer.status, told).toBeLessThan(500);
        if (answer.status >= 400) expect(answer.type, told).toMatch(/^application\/problem\+json/);
        if (answer.status >= 400 && bad.method !== 'HEAD' && answer.text !== '{}')
          expect(JSON.parse(answer.text), told).toMatchObject({ status: answer.status, type: expect.stringMatching(/^urn:nestjs-argonaut:/) });
        if (answer.status >= 400) expect(answer.text, told).not.toMatch(LEAKS);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        if (i % 50 === 0) expect((await clientOf(api)('GET', `processes/${live[0]}`)).status).toBe(200);
      }
      expect(({} as Record<string, unknown>).x).toBeUndefined();
      expect(statuses.get(400)).toBeGreaterThan(0);
      if (process.env.TEST_LOG) console.log(platform, Object.fromEntries(statuses));
    }, 600_000);
  });
});
