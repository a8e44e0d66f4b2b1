import 'reflect-metadata';
import { join } from 'node:path';
import type { Class } from 'nestjs-argonaut';
import { describe, expect, it } from 'vitest';
import { serving } from './served.js';
import { madeFrom } from './made.js';

/** The application of llms.txt and its test, as they stand there. */
const folder = madeFrom('llms.txt');

describe('llms.txt', async () => {
  await import(join(folder, 'order.spec.ts'));

  it('has an application that boots the first time, and serves', async () => {
    const { AppModule } = (await import(join(folder, 'app.module.ts'))) as { AppModule: Class };
    await serving(AppModule, async (call) => {
      expect(await call('POST', '/orders', { number: 'O-1', customer: 'c-1', amount: 20 })).toMatchObject({ groupId: 'O-1' });
      expect(await call('GET', '/orders/O-1')).toMatchObject({ context: { customer: 'c-1', amount: 20 } });
      expect(await call('POST', '/orders', { number: 'O-2', amount: 20 })).toMatchObject({ statusCode: 400, error: 'InvalidInputError' });
    });
  });
});
