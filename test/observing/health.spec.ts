import 'reflect-metadata';
import { Controller, Get, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { InvalidInputError, Step, Workflow } from 'nestjs-argonaut';
import { WorkflowHealthIndicator, type WorkflowHealthOptions } from 'nestjs-argonaut/terminus';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AppSetup, bootApp, type Cell, type TestApp, until } from '../support/app.js';
import { type Database, isThere, libsqlFile, mysql, postgres, titleOf } from '../support/databases.js';
import { privateRedis, type PrivateRedis, serverProgram } from '../support/redis.js';
import { breakable } from './breakable.js';

@Workflow({ name: 'stuck' })
class Stuck {
  @Step() fail() { throw new Error('for good'); } // prettier-ignore
}

/** The options of the next request. */
let asked: WorkflowHealthOptions | undefined;

@Controller('health')
class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(WorkflowHealthIndicator) private readonly workflow: WorkflowHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check() {
    return this.health.check([() => this.workflow.check('workflow', asked)]);
  }
}

const setup: AppSetup = {
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [WorkflowHealthIndicator, Stuck],
};
const WELL = { status: 'up', database: 'up', schema: 'up', queue: 'up', sweep: 'up', problems: [] };

let database: Database;
let app: TestApp | undefined;
beforeEach(() => void (asked = undefined));
afterEach(async () => {
  await app?.close();
  app = undefined;
  await database.drop();
});

async function boot(made: Database, queue: Cell['queue'] = 'database', more: AppSetup = {}): Promise<void> {
  database = made;
  app = await bootApp(made, queue, { ...setup, ...more });
  await app.app.listen(0);
}

async function answer(options?: WorkflowHealthOptions): Promise<{ status: number; workflow: any }> {
  asked = options;
  const response = await fetch(`${await app!.app.getUrl()}/health`);
  const { details } = (await response.json()) as { details: { workflow: unknown } };
  return { status: response.status, workflow: details.workflow };
}

const servers = { PostgreSQL: await postgres(), MySQL: await mysql() };

describe.each([
  ['SQLite', async () => libsqlFile()],
  ['PostgreSQL', async () => servers.PostgreSQL],
  ['MySQL', async () => servers.MySQL],
] as const)('health on %s', (name, make) => {
  it.skipIf(name !== 'SQLite' && !isThere(servers[name]))('is up with all its parts, and down where the tables lack a column, which it names', async () => {
    await boot(await make());
    expect(await answer()).toEqual({ status: 200, workflow: { ...WELL, lastSweepMs: expect.any(Number) } });
    await app!.dataSource.query('alter table workflow_inbox rename column identity to other');
    expect(await answer()).toMatchObject({ status: 503, workflow: { status: 'down', database: 'up', schema: 'down', problems: [expect.stringMatching(/identity.*Run the migrations/)] } }); // prettier-ignore
    expect(await answer({ downFor: ['sweep'] })).toMatchObject({ status: 200, workflow: { status: 'up', schema: 'down' } });
    await app!.dataSource.query('alter table workflow_inbox rename column other to identity');
    expect(await answer()).toMatchObject({ status: 200, workflow: WELL });
  });
});

describe('health', () => {
  it('stays up where a process has failed: a restart would not help it', async () => {
    await boot(libsqlFile());
    const { id } = await app!.workflows.start(Stuck);
    expect(await app!.workflows.settled(id)).toMatchObject({ status: 'failed' });
    expect(await answer()).toMatchObject({ status: 200, workflow: WELL });
  });

  it('is down where the last sweep is older than it may be', async () => {
    await boot(libsqlFile(), 'database', { options: { worker: { sweepInterval: '1h', heartbeat: '1h' } } });
    expect(await answer({ maxSweepAge: '1h' })).toMatchObject({ status: 200, workflow: { sweep: 'up' } });
    const { workflow } = await until(() => answer({ maxSweepAge: '20ms' }), ({ status }) => status === 503); // prettier-ignore
    expect(workflow).toMatchObject({ status: 'down', database: 'up', sweep: 'down', problems: [expect.stringContaining('the last sweep ended')] });
  });

  it.each([true, false])('tells the age of the last sweep, not of the first (worker.enabled: %s)', async (enabled) => {
    await boot(libsqlFile(), 'database', { options: { worker: { enabled, sweepInterval: '100ms' } } });
    const first = await until(answer, ({ workflow }) => workflow.lastSweepMs >= 10);
    const later = await until(answer, ({ workflow }) => workflow.lastSweepMs < first.workflow.lastSweepMs);
    expect(later).toMatchObject({ status: 200, workflow: WELL });
  });

  it('has no sweep where the engine has stopped', async () => {
    await boot(libsqlFile());
    await app!.stop();
    expect(await answer()).toMatchObject({ workflow: { sweep: 'off', lastSweepMs: null } });
  });

  it('refuses options that there are not', async () => {
    await boot(libsqlFile());
    const indicator = app!.app.get(WorkflowHealthIndicator);
    const wrong = { downFor: ['databases'], timeout: 'soon', maxSweepAges: 1 } as unknown as WorkflowHealthOptions;
    const refused = await indicator.check('workflow', wrong).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InvalidInputError);
    expect((refused as InvalidInputError).problems).toEqual([
      expect.stringContaining('timeout'),
      'there is no option "maxSweepAges". Did you mean "maxSweepAge"?',
      'downFor: there is no part "databases". There are database, schema, queue, sweep.',
    ]);
  });
});

const server = await postgres();

describe.skipIf(!isThere(server))(`health where the database goes away: ${titleOf(server)}`, () => {
  it('is down while connections are cut, or nothing comes back, and then up again', async () => {
    const wire = await breakable(server, process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres');
    await boot(wire);
    expect(await answer()).toMatchObject({ status: 200, workflow: WELL });
    wire.freeze();
    expect(await answer({ timeout: '100ms' })).toMatchObject({ status: 503, workflow: { database: 'down', schema: 'unknown', problems: ['the database has not answered in 100 ms'] } }); // prettier-ignore
    wire.cut();
    const { workflow } = await until(() => answer({ timeout: '1s' }), (seen) => seen.workflow.problems[0]?.includes('does not answer')); // prettier-ignore
    expect(workflow).toMatchObject({ status: 'down', database: 'down', schema: 'unknown' });
    wire.mend();
    await until(answer, ({ status }) => status === 200);
  });
});

const noRedis = serverProgram() === null ? 'no redis-server to start and to break' : null;
if (noRedis && process.env.CI) throw new Error(noRedis);

describe.skipIf(noRedis)(`health where Redis goes away${noRedis ? ` (left out: ${noRedis})` : ''}`, () => {
  let redis: PrivateRedis;
  afterEach(() => redis.drop());

  it('is down while Redis is, and then up again', async () => {
    redis = await privateRedis();
    const [{ BullModule }, { bullTaskQueue }] = await Promise.all([import('@nestjs/bull'), import('nestjs-argonaut/bull')]);
    const bull = BullModule.forRoot({ redis: { port: Number(new URL(redis.url).port), retryStrategy: () => 50 } });
    await boot(libsqlFile(), 'database', { imports: [...setup.imports!, bull], options: { taskQueue: bullTaskQueue({ queues: ['work'] }) } });
    await until(answer, ({ status }) => status === 200);
    await redis.kill();
    const { workflow } = await until(answer, ({ status }) => status === 503);
    expect(workflow).toMatchObject({ queue: 'down', database: 'up', problems: [expect.stringContaining('the task queue does not answer')] });
    await redis.start();
    await until(answer, ({ status }) => status === 200);
  });
});
