import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as data from './fixture-data.js';

const DIST = join(import.meta.dirname, '../../console/dist');
/** As the server of the console sends it. */
export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";
const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css' };

export interface Sent {
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly headers: IncomingMessage['headers'];
}
type Answer = (query: URLSearchParams, parts: readonly string[]) => unknown;

/** A problem of the API. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly problems?: readonly string[],
  ) {}
}

/** Serves the built pages under a prefix, with canned answers. */
export class Fixture {
  readonly mount = '/some/prefix/console/';
  /** Every write. */
  readonly sent: Sent[] = [];
  /** Every read of the API: its path with its query. */
  readonly asked: string[] = [];
  /** `GET live`, as it came. */
  readonly streams: { readonly answer: ServerResponse; readonly lastEventId: string | undefined; readonly process: string | null }[] = [];
  /** What is answered instead, by `GET path` or `POST path`. */
  readonly answers = new Map<string, Answer>();
  streamsAre: 'open' | 'refused' = 'open';
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, answer) => void this.serve(request, answer));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${this.mount}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Forgets what a test has changed. */
  reset(): void {
    this.sent.length = 0;
    this.asked.length = 0;
    this.streams.length = 0;
    this.answers.clear();
    this.streamsAre = 'open';
  }

  /** Tells the pages that are open of a change. */
  tell(id: string, event: object): void {
    for (const { answer } of this.streams) answer.write(`id: ${id}\nevent: changed\ndata: ${JSON.stringify(event)}\n\n`);
  }

  private async serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://here');
    if (!url.pathname.startsWith(this.mount)) return void answer.writeHead(404).end();
    const below = url.pathname.slice(this.mount.length);
    if (below.startsWith('assets/')) return this.asset(below, answer);
    if (!below.startsWith('api/')) return this.page(below, answer);
    const path = below.slice('api/'.length);
    if (path === 'live') return this.live(request, url.searchParams.get('process'), answer);
    await this.api(request, path, url.searchParams, answer);
  }

  private asset(path: string, answer: ServerResponse): void {
    answer.writeHead(200, { 'content-type': TYPES[path.split('.').at(-1)!]!, 'cache-control': 'public, max-age=31536000, immutable' });
    answer.end(readFileSync(join(DIST, path)));
  }

  private page(below: string, answer: ServerResponse): void {
    const base = './' + '../'.repeat(below.split('/').length - 1);
    const page = readFileSync(join(DIST, 'index.html'), 'utf8').replace('<head>', `<head><base href="${base}" />`);
    answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': CSP });
    answer.end(page);
  }

  private live(request: IncomingMessage, process: string | null, answer: ServerResponse): void {
    if (this.streamsAre === 'refused') return void answer.writeHead(503).end();
    answer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' });
    answer.write('retry: 50\n\n');
    this.streams.push({ answer, process, lastEventId: request.headers['last-event-id'] as string | undefined });
  }

  private async api(request: IncomingMessage, path: string, query: URLSearchParams, answer: ServerResponse): Promise<void> {
    const parts = path.split('/').map(decodeURIComponent);
    if (request.method === 'POST') {
      const text = (await request.toArray()).join('');
      if (request.headers['x-workflow-console'] !== '1') return send(answer, new Refusal(403, 'A write needs the header x-workflow-console.'));
      this.sent.push({ path, body: JSON.parse(text) as Sent['body'], headers: request.headers });
    } else this.asked.push(`${path}${query.size > 0 ? `?${query.toString()}` : ''}`);
    const found = this.answers.get(`${request.method} ${path}`) ?? (request.method === 'GET' ? reading(parts) : () => data.aProcess('p-new'));
    send(answer, found?.(query, parts) ?? new Refusal(404, `There is no ${path}.`));
  }
}

function problemOf({ status, detail, problems }: Refusal): object {
  return { type: 'urn:nestjs-argonaut:X', title: 'X', code: 'X', status, detail, problems };
}

function send(answer: ServerResponse, what: unknown): void {
  const isProblem = what instanceof Refusal;
  const body = isProblem ? problemOf(what) : what;
  answer.writeHead(isProblem ? what.status : 200, { 'content-type': isProblem ? 'application/problem+json' : 'application/json' });
  answer.end(JSON.stringify(body));
}

const LISTS: Readonly<Record<string, unknown>> = {
  session: data.session,
  attention: data.attention,
  counts: data.counts,
  workflows: { items: [{ workflow: 'loan', version: 2, newest: true }, { workflow: 'loan', version: 1, newest: false }, { workflow: 'letter', version: 1, newest: true }] },
  sizes: { items: [{ workflow: 'loan', live: 529, finished: 4000, versions: 24_000, records: 60_000, bytes: null }] },
  queues: data.queues,
  workers: data.workers,
  pauses: data.pauses,
  inbox: data.inbox,
  outbox: data.outbox,
  bulk: { items: [data.bulkRun], next: null },
}; // prettier-ignore

function reading([list = '', id, part, more]: readonly string[]): Answer | undefined {
  if (id === undefined) return list === 'processes' ? processPage : () => LISTS[list];
  if (list === 'workflows') return () => (part === 'graph' ? data.graph : data.workflow);
  if (list === 'bulk') return () => (part === 'items' ? data.bulkItems : data.bulkRun);
  if (list !== 'processes') return undefined;
  if (part === undefined) return () => (/^p-\d+$/.test(id) ? data.waiting(id).process : undefined);
  if (part === 'situation') return () => (id === 'p-7' ? data.failed(id) : data.waiting(id));
  if (part === 'versions' && more === undefined) return () => data.versions;
  if (part === 'versions') return () => ({ version: Number(more), context: { reference: 'L-1', amount: '2500.00', ...(Number(more) > 2 && { score: 580 }), applicant: { name: Number(more) > 3 ? 'Ada Lovelace' : 'A. Lovelace' } } }); // prettier-ignore
  if (part === 'history') return (query) => numbered(query, 5000, data.aRecord);
  if (part === 'log') return () => ({ items: [{ at: '2026-11-30T11:58:00.000Z', step: 'score', attempt: 1, level: 'error', text: 'The credit bureau has answered 503' }], next: null }); // prettier-ignore
  return undefined;
}

const processPage: Answer = (query) => numbered(query, 10_000, (number) => data.aProcess(`p-${number}`, { status: query.get('status') ?? 'waiting', steps: ['review'] })); // prettier-ignore

/** A page of things with numbers, by a cursor that is the last number. */
function numbered<Item>(query: URLSearchParams, count: number, of: (number: number) => Item): { items: Item[]; next: string | null } {
  const from = Number(query.get('cursor') ?? 0);
  const until = Math.min(from + Number(query.get('limit') ?? 50), count);
  return { items: Array.from({ length: until - from }, (_, index) => of(from + index + 1)), next: until < count ? String(until) : null };
}
