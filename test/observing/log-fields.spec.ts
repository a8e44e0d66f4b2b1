import 'reflect-metadata';
import { setImmediate as turn } from 'node:timers/promises';
import { ConsoleLogger, Logger, type LoggerService } from '@nestjs/common';
import { logFields, Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { LoggerModule, Logger as PinoForNest, PinoLogger } from 'nestjs-pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AppSetup, bootApp, type TestApp, until } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';

const logger = new Logger('Files');
/** Set by the pino suite: a logger that Nest does not know. */
let direct: PinoLogger | undefined;

@Workflow({ name: 'talking' })
class Talking {
  @Step() sync() {
    logger.log('in a body');
    direct?.info('directly');
  }
  @Step() async later() {
    await turn();
    logger.warn('after an await');
    direct?.info('directly, after an await');
  }
  @Step({ transactional: true }) async write(_context: object, { manager }: StepRef) {
    await manager.query('select 1');
    logger.log('in a transaction');
  }
  @Step({ queue: 'files' }) queued() { logger.log('in a task'); } // prettier-ignore
  @Step({ retry: 2 }) fail() { throw new TypeError('no such file'); } // prettier-ignore
}

@Workflow({ name: 'sending' })
class Sending {
  @Step() tell(_context: unknown, step: any) { step.send('partner', 'hello', 1); } // prettier-ignore
}

const partner = { provide: 'partner', useValue: { transmit: () => Promise.reject(Object.assign(new Error('never'), { permanent: true })) } };

type Line = Record<string, any>;
const lines: Line[] = [];
let database: Database;
let app: TestApp | undefined;
beforeEach(() => {
  lines.length = 0;
  database = libsqlFile();
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  await database.drop();
  Logger.overrideLogger(new ConsoleLogger({ logLevels: [] }));
});

async function boot(loggerOf: (made: TestApp) => LoggerService, more: AppSetup = {}): Promise<TestApp> {
  app = await bootApp(database, 'database', { queues: ['files'], providers: [Talking, Sending, partner], ...more });
  app.app.useLogger(loggerOf(app));
  return app;
}

/** Runs a process to its failure, and gives its fields. */
async function talk({ workflows }: TestApp): Promise<object> {
  const { id } = await workflows.start(Talking, {}, { groupId: 'G-1' });
  await until(() => workflows.get(id), ({ status }) => status === 'failed'); // prettier-ignore
  return { workflow: 'talking', processId: id, groupId: 'G-1' };
}

/** Nest says `message`, pino `msg`. */
const textOf = (line: Line) => String(line.message ?? line.msg);
const lineWith = (text: string) => lines.filter((line) => textOf(line).includes(text)).at(-1);

function expectLabelled(of: object): void {
  expect(lineWith('in a body')).toMatchObject({ ...of, step: 'sync', attempt: 1, context: 'Files' });
  expect(lineWith('after an await')).toMatchObject({ ...of, step: 'later', attempt: 1 });
  expect(lineWith('in a transaction')).toMatchObject({ ...of, step: 'write', attempt: 1 });
  expect(lineWith('in a task')).toMatchObject({ ...of, step: 'queued', attempt: 1 });
  expect(lineWith('talking.fail of process')).toMatchObject({ ...of, step: 'fail', attempt: 2, context: 'Workflow' });
  expect(lineWith('of workflow "talking" has failed')).toMatchObject({ ...of, step: 'fail', attempt: 2 });
}

async function expectParked({ workflows }: TestApp): Promise<void> {
  const { id } = await workflows.start(Sending);
  await until(() => lineWith('It is parked'), (line) => line !== undefined); // prettier-ignore
  expect(lineWith('It is parked')).toMatchObject({ workflow: 'sending', processId: id, step: 'tell' });
}

describe("Nest's JSON logger", () => {
  const restore: (() => void)[] = [];
  beforeEach(() => {
    for (const stream of [process.stdout, process.stderr]) {
      const write = vi.spyOn(stream, 'write').mockImplementation((text) => {
        if (String(text).startsWith('{')) lines.push(JSON.parse(String(text)) as Line);
        return true;
      });
      restore.push(() => write.mockRestore());
    }
  });
  afterEach(() => restore.splice(0).forEach((each) => each()));
  const json = () => new ConsoleLogger({ json: true });

  it('says of each line of a step and of the engine what it is about, without a setting', async () => {
    const made = await boot(json);
    expectLabelled(await talk(made));
    await expectParked(made);
  });

  it('says nothing of that in other lines, and keeps the names of its own', async () => {
    const made = await boot(json);
    logger.log('of the application');
    expect(Object.keys(lineWith('of the application')!).sort()).toEqual(['context', 'level', 'message', 'pid', 'timestamp']);
    await talk(made);
    expect(lineWith('in a body')).toMatchObject({ level: 'log', pid: process.pid, message: 'in a body' });
    logger.log('after all');
    expect(lineWith('after all')).not.toHaveProperty('processId');
  });

  it('is as it was when the application has closed', async () => {
    const before = (ConsoleLogger.prototype as unknown as { getJsonLogObject: unknown }).getJsonLogObject;
    const made = await boot(json);
    expect((ConsoleLogger.prototype as unknown as { getJsonLogObject: unknown }).getJsonLogObject).not.toBe(before);
    await made.close();
    app = undefined;
    expect((ConsoleLogger.prototype as unknown as { getJsonLogObject: unknown }).getJsonLogObject).toBe(before);
  });
});

describe('nestjs-pino', () => {
  const stream = { write: (text: string) => void lines.push(JSON.parse(text) as Line) };
  const pino = { imports: [LoggerModule.forRoot({ pinoHttp: [{ mixin: logFields }, stream] })] };
  afterEach(() => void (direct = undefined));

  it('says the same with `mixin: logFields`, also of lines that do not go through Nest', async () => {
    const made = await boot(({ app: nest }) => nest.get(PinoForNest), pino);
    direct = new PinoLogger({ pinoHttp: [{ mixin: logFields }, stream] });
    const of = await talk(made);
    expectLabelled(of);
    expect(lineWith('directly')).toMatchObject({ ...of, step: 'later' });
    expect(lines.find((line) => line.msg === 'directly')).toMatchObject({ ...of, step: 'sync', attempt: 1 });
    await expectParked(made);
  });
});

describe('logFields', () => {
  it('are empty outside of a step, and a copy inside', async () => {
    expect(logFields()).toEqual({});
    const seen: object[] = [];
    @Workflow({ name: 'looking' })
    class Looking {
      @Step() look() {
        seen.push(Object.assign(logFields(), { step: 'other' }), logFields());
      }
    }
    const { workflows } = await boot(() => new ConsoleLogger({ logLevels: [] }), { providers: [Looking] });
    const { id } = await workflows.start(Looking);
    await workflows.settled(id);
    expect(seen[1]).toEqual({ workflow: 'looking', processId: id, groupId: id, step: 'look', attempt: 1 });
    expect(logFields()).toEqual({});
  });
});
