import 'reflect-metadata';
import { type Channel, channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Global, Inject, Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { type NoticeName, Step, Workflow, type WorkflowNotice, WorkflowService } from 'nestjs-argonaut';
import { WorkflowEventsModule } from 'nestjs-argonaut/event-emitter';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOTICE_NAMES } from '../../lib/engine/notices.js';
import { documents } from '../docs/document.js';
import { type AppSetup, bootApp, type TestApp, until } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';
import { Broken, Slow } from './workflows.js';

@Workflow({ name: 'fine' })
class Fine {
  @Step() first() {}
}

@Workflow({ name: 'sending' })
class Sending {
  @Step() tell(_context: unknown, step: any) { step.send('partner', 'hello', 1); } // prettier-ignore
}

const partner = { provide: 'partner', useValue: { transmit: () => Promise.reject(Object.assign(new Error('never'), { permanent: true })) } };

let database: Database;
let app: TestApp | undefined;
beforeEach(() => void (database = libsqlFile()));
afterEach(async () => {
  await app?.close();
  app = undefined;
  await database.drop();
});

async function boot(more: AppSetup = {}): Promise<TestApp> {
  const { providers = [], ...rest } = more;
  return (app = await bootApp(database, 'database', { providers: [Fine, Broken, Slow, Sending, partner, ...providers], ...rest }));
}

/** One of each kind. */
async function happen({ workflows }: TestApp): Promise<void> {
  await workflows.settled((await workflows.start(Fine, {}, { groupId: 'G-1', actor: 'ann', reason: 'asked' })).id);
  const broken = await workflows.start(Broken);
  await workflows.settled(broken.id);
  await workflows.suspend(broken.id, { actor: 'bob' });
  await workflows.cancel(broken.id, { actor: 'bob', reason: 'no use' });
  await workflows.start(Slow);
  await workflows.start(Sending);
}

const told = (notices: readonly WorkflowNotice[], workflow: string) => notices.filter((notice) => notice.workflow === workflow).map(({ name }) => name);

function expectAll(notices: readonly WorkflowNotice[]): void {
  expect(told(notices, 'fine')).toEqual(['process.started', 'process.completed']);
  expect(told(notices, 'broken')).toEqual(['process.started', 'step.failed', 'process.failed', 'process.suspended', 'process.cancelled']);
  expect(told(notices, 'slow')).toEqual(['process.started', 'step.overdue']);
  expect(told(notices, 'sending')).toEqual(['process.started', 'process.completed', 'message.parked']);
  expect(notices[0]).toEqual({
    name: 'process.started', workflow: 'fine', version: 1, processId: expect.any(String), groupId: 'G-1', step: null, run: null, attempt: null,
    error: null, actor: 'ann', reason: 'asked', at: expect.any(Date),
  }); // prettier-ignore
  expect(notices.find(({ name }) => name === 'step.failed')).toMatchObject({ step: 'fail', run: 1, attempt: 1, error: expect.stringContaining('for good') });
  expect(notices.find(({ name }) => name === 'message.parked')).toMatchObject({
    step: 'tell', processId: expect.any(String), error: expect.stringContaining('never'), message: { id: expect.any(String), sender: 'partner', attempts: 1 },
  }); // prettier-ignore
}

const isAll = (notices: readonly WorkflowNotice[]) => ['message.parked', 'step.overdue'].every((wanted) => notices.some(({ name }) => name === wanted));

describe('channels of node:diagnostics_channel', () => {
  const ends: (() => void)[] = [];
  afterEach(() => ends.splice(0).forEach((end) => end()));

  function listen(names: readonly NoticeName[], heard: (notice: WorkflowNotice, name: string) => void): void {
    for (const name of names) {
      const take = (notice: unknown, of: string | symbol) => heard(notice as WorkflowNotice, String(of));
      subscribe(`nestjs-argonaut:${name}`, take);
      ends.push(() => unsubscribe(`nestjs-argonaut:${name}`, take));
    }
  }

  it('tell of start, end, failure, what is late and what is parked, each under its name', async () => {
    const notices: WorkflowNotice[] = [];
    listen(NOTICE_NAMES, (notice, name) => {
      notices.push(notice);
      expect(name).toBe(`nestjs-argonaut:${notice.name}`);
    });
    await happen(await boot());
    await until(() => notices, isAll);
    expectAll(notices);
  });

  it('are told after the commit, and not of what was rolled back', async () => {
    const { workflows, dataSource } = await boot({ options: { worker: { enabled: false } } });
    const seen: Promise<unknown>[] = [];
    listen(['process.started'], ({ processId }) => void seen.push(workflows.get(processId)));
    const undone = dataSource.transaction(async (manager) => {
      await workflows.start(Fine, {}, { groupId: 'undone', manager });
      throw new Error('back');
    });
    await expect(undone).rejects.toThrow('back');
    await dataSource.transaction(async (manager) => {
      await workflows.start(Fine, {}, { groupId: 'done', manager });
      expect(seen).toEqual([]);
    });
    await until(() => seen.length, (count) => count > 0); // prettier-ignore
    expect(await Promise.all(seen)).toMatchObject([{ groupId: 'done' }]);
  });

  it('are published to only where someone subscribes', async () => {
    const published: string[] = [];
    for (const name of NOTICE_NAMES) {
      const one = channel(`nestjs-argonaut:${name}`);
      const publish = one.publish.bind(one);
      Object.assign(one, { publish: (notice: WorkflowNotice) => (published.push(notice.name), publish(notice)) } satisfies Partial<Channel>);
      ends.push(() => void delete (one as Partial<Channel>).publish);
    }
    listen(['process.completed'], () => {});
    const { workflows } = await boot();
    await workflows.settled((await workflows.start(Fine)).id);
    expect(published.filter((name) => name !== 'process.completed')).toEqual([]);
  });
});

describe('events of @nestjs/event-emitter', () => {
  @Injectable()
  class Listener {
    readonly heard: WorkflowNotice[] = [];
    @OnEvent('workflow.**') all(notice: WorkflowNotice) { this.heard.push(notice); } // prettier-ignore
    @OnEvent('workflow.process.started') broken() { throw new Error('a listener of the application'); } // prettier-ignore
  }
  const emitting = { imports: [EventEmitterModule.forRoot({ wildcard: true }), WorkflowEventsModule], providers: [Listener] };

  it('tell the same, and what a listener throws changes nothing', async () => {
    const { heard } = (await boot({ ...emitting, options: { isGlobal: false } })).app.get(Listener);
    await happen(app!);
    await until(() => heard, isAll);
    expectAll(heard);
  });

  it('wait for the listeners: what happens while the application boots is heard', async () => {
    const first = await boot({ options: { worker: { enabled: false } } });
    const { id } = await first.workflows.start(Fine);
    await first.close();
    /** Boots after the engine and before the emitter, and not until the process has completed. */
    @Global()
    @Module({})
    class Between implements OnApplicationBootstrap {
      constructor(@Inject(WorkflowService) private readonly workflows: WorkflowService) {}
      async onApplicationBootstrap() {
        await until(() => this.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
      }
    }
    const { heard } = (await boot({ ...emitting, imports: [Between, ...emitting.imports] })).app.get(Listener);
    expect(told(heard, 'fine')).toEqual(['process.completed']);
  });

  it('are not there without the module', async () => {
    const { heard } = (await boot({ imports: [EventEmitterModule.forRoot({ wildcard: true })], providers: [Listener] })).app.get(Listener);
    await app!.workflows.settled((await app!.workflows.start(Fine)).id);
    expect(heard).toEqual([]);
  });
});

it('docs/observing.md names each notice', () => {
  const { text } = documents().find(({ path }) => path === 'docs/observing.md')!;
  expect(NOTICE_NAMES.filter((name) => !text.includes(`| \`${name}\` |`))).toEqual([]);
});
