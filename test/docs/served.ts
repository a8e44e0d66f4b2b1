import type { AddressInfo } from 'node:net';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Class } from 'nestjs-argonaut';

/** A request, and its answer: what its JSON says, or its text. */
export type Call = (method: string, path: string, body?: object, headers?: Record<string, string>) => Promise<any>;

/** Boots an application of a document, as `main.ts` would, on SQLite in memory and a free port, for as long as `use` takes. */
export async function serving(module: Class, use: (call: Call) => Promise<void>, options: NestApplicationOptions = {}): Promise<void> {
  process.env['DATABASE_FILE'] = ':memory:';
  const app = await NestFactory.create(module, { logger: ['error'], abortOnError: false, ...options });
  try {
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    await use(async (method, path, body, headers = {}) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body && { body: JSON.stringify(body) }),
      });
      const answer = await response.text();
      return response.headers.get('content-type')?.includes('json') ? JSON.parse(answer) : answer;
    });
  } finally {
    await app.close();
  }
}
