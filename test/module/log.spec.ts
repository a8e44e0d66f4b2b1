import 'reflect-metadata';
import { setImmediate as turn } from 'node:timers/promises';
import { ConsoleLogger, Logger, type LoggerService } from '@nestjs/common';
import { of, tap } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { ProcessNotFoundError, Step, type StepRef, Workflow } from '../../lib/index.js';
import { listenToLogger } from '../../lib/execution/logger-tee.js';
import { PROCESS_LIMITS } from '../../lib/context/process-limits.js';
import { StepLog } from '../../lib/execution/step-log.js';
import { type AppSetup, bootApp, type TestApp } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';

const logger = new Logger('Files');
let database: Database | undefined;
const apps: TestApp[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  await database?.drop();
  database = undefined;
  Logger.overrideLogger(new ConsoleLogger({ logLevels: [] }));
});

async function boot(setup: AppSetup): Promise<TestApp> {
  const app = await bootApp((database ??= libsqlFile()), 'database', setup);
  apps.push(app);
  return app;
}

@Workflow({ name: 'talking' })
class TalkingWorkflow {
  @Step() async talk(_context: object, step: StepRef) {
    logger.log('before');
    step.note('a note');
    await turn();
    Logger.warn('after an await', 'Static');
    new Logger().debug({ some: 'object' });
  }
  @Step() observe() {
    return of(undefined).pipe(tap(() => logger.verbose('observed')));
  }
  @Step({ retry: 2 }) fail(_context: object, step: StepRef) {
    logger.error('trying', 'a stack');
    if (step.attempt === 1) throw new TypeError('no such file');
  }
}

async function linesOf(app: TestApp, workflow: new () => object = TalkingWorkflow): Promise<string[]> {
  const { id } = await app.workflows.start(workflow);
  await app.workflows.settled(id);
  const lines = await app.workflows.log(id);
  expect(lines.every(({ at }) => at instanceof Date)).toBe(true);
  return lines.map(({ step, attempt, level, context = '', text }) => `${step} ${attempt} ${level} ${context}: ${text.split('\n    at ')[0]!}`);
}
const SAID = [
  'talk 1 log Files: before',
  'talk 1 note : a note',
  'talk 1 warn Static: after an await',
  "talk 1 debug : { some: 'object' }",
  'observe 1 verbose Files: observed',
  'fail 1 error Files: trying\na stack',
  'fail 1 error : TypeError: no such file',
  'fail 2 error Files: trying\na stack',
];

describe('the log of a process', () => {
  it('has what its steps note and what Nest’s Logger says in them, with the stack of what they throw', async () => {
    const app = await boot({ providers: [TalkingWorkflow] });
    expect(await linesOf(app)).toEqual(SAID);
    const { id } = await app.workflows.start(TalkingWorkflow);
    await app.workflows.settled(id);
    expect((await app.workflows.log(id)).find(({ text }) => text.startsWith('TypeError'))!.text).toContain('log.spec.ts');
    expect((await app.workflows.history(id)).filter(({ type }) => type === 'log').map(({ step, attempt }) => [step, attempt])).toEqual([
      ['talk', 1],
      ['observe', 1],
      ['fail', 1],
      ['fail', 2],
    ]);
    await expect(app.workflows.log('nobody')).rejects.toThrow(ProcessNotFoundError);
  });

  it('is the same whatever logger the application has, and when it sets it, and that logger hears the same as ever', async () => {
    const heard: unknown[][] = [];
    const hear = (...said: unknown[]) => void heard.push(said);
    const own: LoggerService = { log: hear, warn: hear, error: hear, debug: hear, verbose: hear };
    const app = await boot({ providers: [TalkingWorkflow] });
    app.app.useLogger(own);
    expect(await linesOf(app)).toEqual(SAID);
    expect(heard).toEqual(expect.arrayContaining([['before', 'Files'], ['after an await', 'Static'], [{ some: 'object' }], ['trying', 'a stack', 'Files']])); // prettier-ignore
    app.app.useLogger(false);
    expect(await linesOf(app)).toEqual(SAID);
  });

  it('does not mix what is said at the same time, and hears nothing outside steps, nor after their end', async () => {
    let late = () => {};
    @Workflow({ name: 'many' })
    class Many {
      @Step() async only(_context: object, step: StepRef) {
        await turn();
        late = () => logger.log('too late');
        logger.log(step.processId);
        void turn().then(() => turn()).then(() => late()); // prettier-ignore
      }
    }
    const app = await boot({ providers: [Many] });
    const all = await Promise.all(Array.from({ length: 20 }, () => app.workflows.start(Many)));
    logger.log('outside');
    for (const { id } of all) {
      await app.workflows.settled(id);
      expect((await app.workflows.log(id)).map(({ text }) => text)).toEqual([id]);
    }
  });

  it('of a transactional step it has only what its last try said, also when it fails', async () => {
    @Workflow({ name: 'transactional' })
    class Transactional {
      @Step({ transactional: true }) write(_context: object, step: StepRef) {
        logger.log('writing');
        step.note('wrote');
        throw new Error('no');
      }
    }
    @Workflow({ name: 'overtaken' })
    class Overtaken {
      @Step({ transactional: true }) write(_context: object, step: StepRef) {
        logger.log('writing');
        step.note('wrote');
      }
    }
    const app = await boot({ providers: [Transactional, Overtaken] });
    expect(await linesOf(app, Transactional)).toEqual(['write 1 log Files: writing', 'write 1 note : wrote', 'write 1 error : Error: no']);
    const { store } = app.engine;
    const commit = store.commits.commitWithin.bind(store.commits);
    store.commits.commitWithin = (_transaction, change) => {
      store.commits.commitWithin = commit;
      return Promise.resolve({ change, reason: 'stale' });
    };
    expect(await linesOf(app, Overtaken)).toEqual(['write 1 log Files: writing', 'write 1 note : wrote']);
  });
});

describe('a method that answers at once', () => {
  it('is heard each time; once it answers later it is followed through its awaits from then on', async () => {
    let later = false;
    @Workflow({ name: 'mixed' })
    class Mixed {
      @Step() only(): void | Promise<void> {
        logger.log('at once');
        if (later) return turn().then(() => logger.log('later'));
      }
    }
    const app = await boot({ providers: [Mixed] });
    const atOnce = ['only 1 log Files: at once'];
    expect([await linesOf(app, Mixed), await linesOf(app, Mixed)]).toEqual([atOnce, atOnce]);
    later = true;
    expect([await linesOf(app, Mixed), await linesOf(app, Mixed)]).toEqual([atOnce, [...atOnce, 'only 1 log Files: later']]);
    later = false;
    expect(await linesOf(app, Mixed)).toEqual(atOnce);
    later = true;
    expect(await linesOf(app, Mixed)).toEqual([...atOnce, 'only 1 log Files: later']);
  });
});

describe('Nest’s Logger', () => {
  it('is as it was once the last application has closed', async () => {
    const now = () => [Logger, Logger.prototype].map((on) => Object.getOwnPropertyDescriptor(on, 'log')!.value as unknown);
    const before = now();
    const first = await boot({ providers: [TalkingWorkflow] });
    const second = await bootApp(database!, 'database', { providers: [TalkingWorkflow] });
    expect(now()).not.toEqual(before);
    await second.close();
    expect(await linesOf(first)).toEqual(SAID);
    await first.close();
    apps.length = 0;
    expect(now()).toEqual(before);
  });

  it('is listened to as long as anybody does, whoever ends twice', () => {
    const said = () => Object.getOwnPropertyDescriptor(Logger.prototype, 'log')!.value as unknown;
    const before = said();
    const [first, second] = [listenToLogger(), listenToLogger()];
    first();
    first();
    expect(said()).not.toBe(before);
    second();
    expect(said()).toBe(before);
  });

  it('is left to whoever has wrapped it again meanwhile', () => {
    const original = Object.getOwnPropertyDescriptor(Logger.prototype, 'log')!;
    const end = listenToLogger();
    const theirs = { ...original, value: () => {} };
    Object.defineProperty(Logger.prototype, 'log', theirs);
    end();
    end();
    expect(Object.getOwnPropertyDescriptor(Logger.prototype, 'log')).toEqual(theirs);
    Object.defineProperty(Logger.prototype, 'log', original);
  });
});

describe('what one attempt may say', () => {
  it('is 200 lines of 2,000 characters; the rest is counted', () => {
    const log = new StepLog({ now: () => new Date(5) }, PROCESS_LIMITS);
    for (let i = 0; i < 230; i++) log.hear('log', [`${i} ${'x'.repeat(3000)}`]);
    const lines = log.close().map((line) => JSON.parse(line) as { text: string; at: number });
    expect(lines).toHaveLength(201);
    expect(lines[0]!.text).toHaveLength(2000);
    expect(lines.at(-1)).toEqual({ at: 5, level: 'warn', text: '30 more lines were left out' });
  });

  it('ends with the body', () => {
    const log = new StepLog({ now: () => new Date(5) }, PROCESS_LIMITS);
    log.hear('log', ['in time']);
    expect(log.close()).toHaveLength(1);
    log.hear('log', ['late']);
    expect(log.close()).toHaveLength(1);
  });

  it('is whatever it likes: nothing of it can fail the step or the row', () => {
    const log = new StepLog({ now: () => new Date(5) }, PROCESS_LIMITS);
    const hostile = { get [Symbol.toStringTag]() { throw new Error('no'); } }; // prettier-ignore
    log.hear('log', ['\0\ud800', hostile, new Error('oh'), () => 1]);
    const [line] = log.close();
    expect(line).not.toMatch(/\0/);
    expect(line!.isWellFormed()).toBe(true);
    expect(line!.split('\n')).toHaveLength(1);
  });
});
