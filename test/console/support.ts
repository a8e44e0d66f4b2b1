import type { DynamicModule } from '@nestjs/common';
import { WorkflowConsoleModule } from 'nestjs-argonaut/console';
import { afterAll, beforeAll } from 'vitest';
import { ALL, type Answer, type ApiApp, type ApiSetup, bootApi, TokenGuard, type User } from '../api/support.js';
import { libsqlFile } from '../support/databases.js';

/** A console whose guard reads `authorization: <tenant> <right>,<right>`. */
export function guardedConsole(more: object = {}): DynamicModule {
  return WorkflowConsoleModule.forRoot({
    guards: [TokenGuard],
    rights: ({ user }: { user: User }) => user.rights,
    actor: ({ user }: { user: User }) => user.name,
    ...more,
  });
}

/** Of one tenant: its group ids begin with its name. */
export const byTenant = { maySee: ({ user }: { user: User }, { groupId }: { groupId: string }) => groupId.startsWith(`${user.tenant}:`) };

export interface ConsoleApp extends ApiApp {
  /** Where the console is. */
  readonly at: string;
}

/** A console on SQLite for all tests of a block: made before them, and closed after them. It can be used once they run. */
export function consoleForBlock(setup: ApiSetup = {}, path = '/workflow-console'): ConsoleApp {
  const app = {} as { -readonly [K in keyof ConsoleApp]: ConsoleApp[K] };
  const database = libsqlFile();
  beforeAll(async () => {
    Object.assign(app, await bootApi(database, { api: guardedConsole(), ...setup }));
    app.at = `${app.url}${path}`;
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });
  return app;
}

/** As the page of the console sends it. */
export const OURS = { 'x-workflow-console': '1', 'sec-fetch-site': 'same-origin' };

/** Sends to `<console>/api/<path>`. `token`: `tenant right,right`. */
export function consoleClient({ at }: Pick<ConsoleApp, 'at'>, token = `a ${ALL.join(',')}`) {
  return async (method: string, path: string, body?: unknown, headers: Record<string, string> = OURS): Promise<Answer> => {
    const response = await fetch(`${at}/api/${path}`, {
      method,
      headers: { ...(token && { authorization: token }), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, headers: response.headers, text, body: /json/.test(type) && text !== '' ? JSON.parse(text) : undefined };
  };
}

/** A page or an asset, as a browser asks for it. */
export function browse(url: string, token = 'a read', headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { redirect: 'manual', headers: { ...(token && { authorization: token }), accept: 'text/html', ...headers } });
}
