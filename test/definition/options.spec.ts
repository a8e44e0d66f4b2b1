/** Options of the module, of the API, of handlers and of the interceptor: exactly these names, and these kinds of values. */
import 'reflect-metadata';
import { Injectable, Scope } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it, vi } from 'vitest';
import { WorkflowApiModule } from '../../lib/api.js';
import { HandlesEvent, HandlesInput, HandlesResponse, InvalidInputError, Step, Workflow, WorkflowAckInterceptor, WorkflowModule } from '../../lib/index.js';
import { WorkflowTestingModule } from '../../lib/testing.js';
import { MemoryProcessStore } from '../../lib/store/memory/memory-process-store.js';
import { MemoryTaskQueue } from '../../lib/queue/memory/memory-task-queue.js';

const adapters = {
  store: { use: MemoryProcessStore, providers: [{ provide: MemoryProcessStore, useFactory: () => new MemoryProcessStore() }] },
  taskQueue: { use: MemoryTaskQueue, providers: [{ provide: MemoryTaskQueue, useFactory: () => new MemoryTaskQueue() }] },
};
const boot = (imports: object[], providers: any[] = []) => Test.createTestingModule({ imports: imports as never, providers }).compile().then((module) => module.init()); // prettier-ignore

describe('an option that there is not, or a value that it cannot have, is told at boot', () => {
  it.each<[object, string | RegExp]>([
    [{ workers: {} }, 'there is no option "workers". Did you mean "worker"?'],
    [{ worker: { enabled: 'no' } }, 'worker.enabled: it must be true or false.'],
    [{ worker: 3 }, 'worker: it must be an object.'],
    [{ inbox: [] }, 'inbox: it must be an object.'],
    [{ documents: null }, 'documents: it must be an object.'],
    [{ limits: 'few' }, 'limits: it must be an object.'],
    [{ redact: /x/ }, 'redact: it must be a function.'],
    [{ archive: './archive' }, 'archive: it must be an object.'],
    [{ archive: {} }, "archive is a ProcessArchive, such as ndjsonArchive('./archive')."],
    [{ development: 'yes' }, 'development: it must be true or false.'],
    [{ workflows: './x.json' }, 'workflows: it must be a list.'],
    [{ contexts: {} }, 'contexts: it must be a list.'],
    [{ isGlobal: 'yes' }, 'isGlobal: it must be true or false.'],
    [{ dataSource: 3 }, /dataSource: it must be a string/],
  ])('forRoot: %j', async (options, why) => {
    await expect(boot([WorkflowModule.forRoot({ ...adapters, ...options } as never)])).rejects.toThrow(why);
  });

  it('development, in production', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const booted = boot([WorkflowModule.forRoot({ ...adapters, development: true })]).finally(() => vi.unstubAllEnvs());
    await expect(booted).rejects.toThrow('WorkflowModule: development is on, and NODE_ENV is production');
  });

  it('forRootAsync: beside the factory and from it', async () => {
    const async = (more: object, made: unknown = {}) => boot([WorkflowModule.forRootAsync({ ...adapters, useFactory: () => made as never, ...more })]);
    await expect(async({ isGlobl: true })).rejects.toThrow('there is no option "isGlobl". Did you mean "isGlobal"?');
    await expect(async({ worker: {} })).rejects.toThrow('there is no option "worker".');
    await expect(async({}, { keepUnmatchd: '1d' })).rejects.toThrow('there is no option "keepUnmatchd". Did you mean "keepUnmatched"?');
    await expect(async({}, null)).rejects.toThrow('the options must be an object, not null.');
    await async({});
  });

  it('WorkflowTestingModule', async () => {
    await expect(boot([WorkflowTestingModule.forRoot({ keepUnmatchd: '1d' } as never)])).rejects.toThrow('Did you mean "keepUnmatched"?');
  });

  it.each<[object, string]>([
    [{ maysee: () => true }, 'there is no option "maysee". Did you mean "maySee"?'],
    [{ rights: ['read'] }, 'rights: it must be a function.'],
    [{ allowAnonymous: 'yes' }, 'allowAnonymous: it must be true or false.'],
  ])('WorkflowApiModule.forRoot: %j', async (options, why) => {
    await expect(boot([WorkflowModule.forRoot(adapters), WorkflowApiModule.forRoot(options)])).rejects.toThrow(why);
  });
});

describe('an option of a handler is told as its class is loaded', () => {
  const decorators: [string, (options: object) => unknown][] = [
    ['@HandlesResponse', (options) => HandlesResponse('order' as never, 'ask' as never, () => '1', options)],
    ['@HandlesEvent', (options) => HandlesEvent('paid' as never, () => '1', options)],
    ['@HandlesInput', (options) => HandlesInput('order' as never, 'ask' as never, () => '1', options)],
  ];
  it.each(decorators)('%s', (name, decorate) => {
    expect(() => decorate({ messageID: () => '1' })).toThrow(`The options of ${name}: there is no option "messageID". Did you mean "messageId"?`);
    expect(() => decorate({ messageId: '1' })).toThrow('messageId: it must be a function.');
    expect(() => decorate([])).toThrow(InvalidInputError);
    decorate({ messageId: () => '1' });
  });

  it('`index` belongs to inputs', () => {
    HandlesInput('order' as never, 'ask' as never, () => '1', { index: () => 1 });
    expect(() => HandlesEvent('paid' as never, () => '1', { index: () => 1 } as never)).toThrow('there is no option "index".');
  });

  it('WorkflowAckInterceptor', () => {
    expect(() => new WorkflowAckInterceptor({ maxDelivery: 3 } as never)).toThrow('there is no option "maxDelivery". Did you mean');
    expect(() => new WorkflowAckInterceptor({ onRefused: 'log' } as never)).toThrow('onRefused: it must be a function.');
  });
});

describe('a workflow or a step class that is not a singleton', () => {
  @Injectable({ scope: Scope.TRANSIENT })
  @Workflow({ name: 'each' })
  class Each {
    @Step() one() {}
  }
  @Injectable({ scope: Scope.TRANSIENT })
  @Step()
  class EachStep {
    run() {}
  }
  @Injectable({ scope: Scope.REQUEST })
  @Workflow({ name: 'request' })
  class OfRequest {
    @Step() one() {}
  }
  @Workflow({ name: 'below' })
  @Injectable({ scope: Scope.TRANSIENT })
  class Below {
    @Step() one() {}
  }
  it.each<[string, any, RegExp]>([
    ['transient, said below', Below, /Below: it is transient.*make it a singleton/],
    ['transient', Each, /Each: it is transient.*make it a singleton/],
    ['a transient step', EachStep, /EachStep: it is transient.*make it a singleton/],
    ['of a request', OfRequest, /OfRequest: it is request-scoped.*make it a singleton/],
  ])('does not boot: %s', async (_scope, type, why) => {
    await expect(boot([WorkflowTestingModule.forRoot()], [type])).rejects.toThrow(why);
  });
});
