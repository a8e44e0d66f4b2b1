/** What is sent to each route of the API and of the console, and what a call must not change. */
import { afterAll } from 'vitest';
import type { ApiRoute } from '../../lib/api/api-route.js';
import { type ApiApp, refusedBy, SENDS, sentBy } from './support.js';

/** Bodies that routes take. */
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
  answerRequest: { step: 'score', response: { score: 1 } },
  emitAwaited: { step: 'paid' },
};

/** Ids of a process of the tenant `a`, of a message that its step has refused, and of one that another has sent. */
export interface Ids {
  readonly process: string;
  readonly message: string;
  readonly outgoing: string;
}

export async function idsIn(app: ApiApp): Promise<Ids> {
  const process = (await app.workflows.start('loan', { tenant: 'a', amount: 5 }, { groupId: 'a:1' })).id;
  const message = (await refusedBy(app, process)).id;
  const sender = await app.workflows.start('loan', { tenant: 'a', amount: SENDS }, { groupId: 'a:2' });
  return { process, message, outgoing: (await sentBy(app, sender.id)).id };
}

/** Method, path and body of a call of a route. */
export function callOf(route: ApiRoute, { process, message, outgoing }: Ids): [method: string, path: string, body: object | undefined] {
  const ids = { process, message: route.path.startsWith('outbox') ? outgoing : message };
  const parts: Record<string, string> = { ...ids, workflow: 'loan', step: 'review', event: 'paid', version: '1', bulk: 'none' };
  const path = route.path.replace(/:(\w+)/g, (_whole, name: string) => parts[name]!) + (route.id === 'getDiff' ? '?from=1&to=1' : '');
  return [route.method.toUpperCase(), path, route.method === 'post' ? (BODIES[route.id] ?? {}) : undefined];
}

/** All that a call could change. */
export async function storedIn({ workflows }: ApiApp, { process }: Ids): Promise<unknown[]> {
  return [
    await workflows.history(process),
    (await workflows.find()).items.length,
    await workflows.inbox.list(),
    (await workflows.outbox.list()).items.map(({ id }) => id),
  ];
}

/** Sets NODE_ENV; after the block it is what it was. */
export function nodeEnvForBlock(): (environment: string | undefined) => void {
  const before = process.env.NODE_ENV;
  const set = (environment: string | undefined) => {
    if (environment === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = environment;
  };
  afterAll(() => set(before));
  return set;
}
