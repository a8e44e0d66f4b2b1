import 'reflect-metadata';
import { again, InvalidWorkflowError, Step, Workflow, type WorkflowService } from 'nestjs-argonaut';
import { WorkflowMetricsModule, type WorkflowMetricsOptions } from 'nestjs-argonaut/prometheus';
import { WorkflowHarness, WorkflowTestingModule } from 'nestjs-argonaut/testing';
import { Test } from '@nestjs/testing';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommitCounters } from '../../lib/observing/commit-counters.js';
import { metricSettings } from '../../lib/observing/metric-options.js';
import { registerMetrics } from '../../lib/observing/metric-set.js';
import { type AppSetup, bootApp, type TestApp, until } from '../support/app.js';
import { type Database, isThere, libsqlFile, postgres, titleOf } from '../support/databases.js';
import { breakable } from './breakable.js';
import { Broken, Slow } from './workflows.js';

class Tries {
  tries = 0;
}

/** Of the newest request. */
let requestId = '';

@Workflow({ name: 'order', version: 3, context: Tries })
class Order {
  @Step({ request: 'askCredit' }) credit(_order: Tries, _reply: unknown) {}
  askCredit(_order: Tries, { correlationId }: { correlationId: string }) {
    requestId = correlationId;
  }
  @Step({ queue: 'parcels', retry: { attempts: 2, delay: '1ms' } }) pack(_order: Tries, step: { attempt: number }) {
    if (step.attempt === 1) throw new Error('once');
  }
  @Step({ retry: { attempts: 2, delay: '1ms' } }) send(_order: Tries, step: { attempt: number }) {
    if (step.attempt === 1) throw new Error('once');
  }
}

let asked = 0;

@Workflow({ name: 'poll' })
class Poll {
  @Step() look() { return ++asked < 3 ? again({ after: '1ms' }) : undefined; } // prettier-ignore
}

let database: Database;
let registry: Registry;
const apps: TestApp[] = [];
beforeEach(() => {
  [asked, requestId] = [0, ''];
  registry = new Registry();
  database = libsqlFile();
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  await database.drop();
});

async function boot(metrics: WorkflowMetricsOptions = {}, more: AppSetup = {}): Promise<TestApp> {
  const imports = [WorkflowMetricsModule.forRoot({ registry, maxAge: '1ms', ...metrics })];
  const app = await bootApp(database, 'database', { queues: ['parcels'], providers: [Order, Broken, Slow, Poll], imports, ...more });
  apps.push(app);
  return app;
}

/** The lines of a metric, without its name. */
async function shown(name: string): Promise<string[]> {
  const lines = (await registry.metrics()).split('\n');
  return lines.filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `)).map((line) => line.slice(name.length).trim());
}

async function completed(workflows: WorkflowService): Promise<void> {
  const { id } = await workflows.start(Order);
  await workflows.settled(id);
  expect(await workflows.respond(Order, 'credit', requestId, { ok: true }, { messageId: 'm1' })).toBe('delivered');
  expect(await workflows.respond(Order, 'credit', requestId, { ok: true }, { messageId: 'm1' })).toBe('duplicate');
  await until(() => workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
}

describe('counters and histograms', () => {
  it('tell of a process from its start to its end', async () => {
    const { workflows } = await boot();
    await completed(workflows);
    expect(await shown('workflow_processes_started_total')).toEqual(['{workflow="order",version="3"} 1']);
    expect(await shown('workflow_processes_finished_total')).toEqual(['{workflow="order",outcome="completed"} 1']);
    expect(await shown('workflow_process_duration_seconds_count')).toEqual(['{workflow="order",outcome="completed"} 1']);
    expect((await shown('workflow_responses_total')).sort()).toEqual([
      '{workflow="order",step="",result="duplicate"} 1',
      '{workflow="order",step="credit",result="matched"} 1',
    ]);
    expect(await shown('workflow_step_retries_total')).toEqual(['{workflow="order",step="pack"} 1', '{workflow="order",step="send"} 1']);
    expect((await shown('workflow_step_duration_seconds_count')).sort()).toEqual([
      '{workflow="order",step="credit",type="request",result="completed"} 1',
      '{workflow="order",step="credit",type="run",result="completed"} 1',
      '{workflow="order",step="pack",type="run",result="completed"} 1',
      '{workflow="order",step="pack",type="run",result="failed"} 1',
      '{workflow="order",step="send",type="run",result="completed"} 1',
      '{workflow="order",step="send",type="run",result="failed"} 1',
    ]);
    expect(await shown('workflow_task_queue_wait_seconds_count')).toEqual(['{queue="parcels"} 1']);
  });

  it('tell of what fails, of what is late, of what asks again, and of what people do', async () => {
    const { workflows } = await boot();
    const { id } = await workflows.start(Broken);
    await workflows.settled(id);
    await workflows.cancel(id, { actor: 'ann', reason: 'no use' });
    await workflows.start(Slow);
    await workflows.settled((await workflows.start(Poll)).id);
    await until(() => shown('workflow_step_overdue_total'), (lines) => lines.length > 0); // prettier-ignore
    expect(await shown('workflow_step_overdue_total')).toEqual(['{workflow="slow",step="wait"} 1']);
    expect(await shown('workflow_processes_failed_total')).toEqual(['{workflow="broken",step="fail"} 1']);
    expect(await shown('workflow_processes_finished_total')).toContain('{workflow="broken",outcome="cancelled"} 1');
    expect(await shown('workflow_admin_actions_total')).toEqual(['{action="cancel"} 1']);
    await until(() => shown('workflow_step_duration_seconds_count'), (lines) => lines.includes('{workflow="poll",step="look",type="run",result="again"} 2')); // prettier-ignore
  });

  it('tell of a process that is taken over from a worker that died', async () => {
    const imports = [WorkflowTestingModule.forRoot(), WorkflowMetricsModule.forRoot({ registry })];
    const module = await Test.createTestingModule({ imports, providers: [Broken, Poll] }).compile();
    module.useLogger(false);
    await module.init();
    const harness = module.get(WorkflowHarness);
    harness.crashIn('look');
    await harness.start(Poll);
    expect(await shown('workflow_takeovers_total')).toEqual(['{workflow="poll",what="process"} 1']);
    await module.close();
  });

  it('tell of a message that is parked', async () => {
    const refusing = { transmit: () => Promise.reject(Object.assign(new Error('never'), { permanent: true })) };
    @Workflow({ name: 'sending' })
    class Sending {
      @Step() tell(_context: unknown, step: any) { step.send('partner', 'hello', 1); } // prettier-ignore
    }
    const { workflows } = await boot({}, { providers: [Sending, { provide: 'partner', useValue: refusing }] });
    await workflows.start(Sending);
    await until(() => shown('workflow_messages_parked_total'), (lines) => lines.length > 0); // prettier-ignore
    expect(await shown('workflow_messages_parked_total')).toEqual(['{workflow="sending",sender="partner"} 1']);
  });

  it('tell that the event loop was blocked, and for how long', async () => {
    await boot();
    const end = performance.now() + 1200;
    while (performance.now() < end);
    await until(() => shown('workflow_event_loop_blocked_seconds_total'), ([line]) => Number(line) >= 0.5); // prettier-ignore
  });

  it('have labels for 500 workflows, and count all others together', () => {
    const settings = metricSettings({});
    const counters = new CommitCounters(registerMetrics(registry, settings, { instance: () => {}, store: async () => {} }));
    for (let i = 0; i < 600; i++) counters.bodyEnded({ workflow: `w${i}`, step: `s${i}`, does: 'run', attempt: 2, outcome: 'step-failed', ms: 1 });
    return shown('workflow_step_retries_total').then((lines) => {
      expect(lines).toHaveLength(501);
      expect(lines).toContain('{workflow="other",step="other"} 100');
    });
  });
});

describe('gauges', () => {
  it('tell what there is now', async () => {
    const { workflows } = await boot({}, { options: { worker: { sweepInterval: '50ms' } } });
    await workflows.settled((await workflows.start(Broken)).id);
    await workflows.start(Slow);
    await until(() => shown('workflow_overdue'), (lines) => lines.length > 0); // prettier-ignore
    expect(await shown('workflow_database_up')).toEqual(['1']);
    await until(() => shown('workflow_processes'), (lines) => lines.includes('{workflow="slow",status="waiting"} 1')); // prettier-ignore
    expect((await shown('workflow_processes')).sort()).toEqual(['{workflow="broken",status="failed"} 1', '{workflow="slow",status="waiting"} 1']);
    expect(await shown('workflow_overdue')).toEqual(['{workflow="slow",step="wait"} 1']);
    expect(await shown('workflow_waiting_oldest_seconds')).toEqual([expect.stringMatching(/^\{workflow="slow",step="wait"\} \d/)]);
    expect(await shown('workflow_processes_unclaimed')).toEqual(['0']);
    expect(await shown('workflow_connection_waiting')).toEqual(['0']);
  });

  it('tell of tasks and processes that no worker has taken', async () => {
    @Workflow({ name: 'queued' })
    class Queued {
      @Step({ queue: 'parcels' }) pack() {}
    }
    const { workflows } = await boot({}, { providers: [Broken, Queued], options: { worker: { enabled: false } } });
    await Promise.all([workflows.start(Broken), workflows.start(Queued)]);
    expect(await shown('workflow_processes_unclaimed')).toEqual(['1']);
    expect((await shown('workflow_processes')).sort()).toEqual(['{workflow="broken",status="running"} 1', '{workflow="queued",status="waiting"} 1']);
    expect((await shown('workflow_task_queue_depth')).sort()).toEqual(
      ['later', 'ready', 'taken'].map((state) => `{queue="parcels",state="${state}"} ${state === 'ready' ? 1 : 0}`),
    );
    await until(() => shown('workflow_task_oldest_ready_seconds'), ([line]) => Number(line?.split(' ')[1]) > 0); // prettier-ignore
  });

  it('tell of steps that wait for a connection, and how long they have waited', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    @Workflow({ name: 'paying' })
    class Paying {
      @Step({ transactional: true }) pay() { return gate; } // prettier-ignore
    }
    const { workflows } = await boot({}, { providers: [Paying] });
    const both = await Promise.all([workflows.start(Paying), workflows.start(Paying)]);
    await until(() => shown('workflow_connection_waiting'), ([line]) => line === '1'); // prettier-ignore
    expect(await shown('workflow_connection_wait_seconds_total')).toEqual(['0']);
    const since = Date.now();
    await until(Date.now, (now) => now > since);
    open();
    for (const { id } of both) await workflows.settled(id);
    const lines = (await registry.metrics()).split('\n');
    expect(lines).toContain('workflow_connection_waiting 0');
    expect(Number(lines.find((line) => line.startsWith('workflow_connection_wait_seconds_total '))?.split(' ')[1])).toBeGreaterThan(0);
  });

  it('are there where WorkflowModule is not global, too', async () => {
    const { workflows } = await boot({}, { options: { isGlobal: false } });
    await workflows.settled((await workflows.start(Broken)).id);
    expect(await shown('workflow_processes')).toEqual(['{workflow="broken",status="failed"} 1']);
    expect(await shown('workflow_processes_failed_total')).toEqual(['{workflow="broken",step="fail"} 1']);
  });

  it('of the database are left out with `database: false`', async () => {
    await boot({ database: false });
    expect(await shown('workflow_database_up')).toEqual([]);
    expect(await shown('workflow_connection_waiting')).toEqual(['0']);
  });

  it('of the database are read once for all of them, and by two scrapes within maxAge', async () => {
    const { engine } = await boot({ maxAge: '1h' });
    let looks = 0;
    const { queries } = engine.store;
    const gauges = queries.gauges.bind(queries);
    queries.gauges = (now) => (looks++, gauges(now));
    await registry.metrics();
    await registry.metrics();
    expect(looks).toBe(1);
  });
});

describe('a registry', () => {
  it('is as before when the application has closed', async () => {
    const app = await boot();
    expect(await registry.metrics()).toContain('workflow_processes_started_total');
    await app.close();
    apps.length = 0;
    expect((await registry.metrics()).trim()).toBe('');
  });

  it('that has such metrics already is refused at boot, with the remedy', async () => {
    await boot();
    await expect(boot()).rejects.toThrow(/the registry has workflow_processes_started_total already.*a registry of its own/);
  });

  it('is not touched by wrong options, which are all told at once', () => {
    const wrong = { registy: registry, maxAge: 'soon', buckets: [2, 1] } as unknown as WorkflowMetricsOptions;
    const refused = (() => { try { return WorkflowMetricsModule.forRoot(wrong); } catch (error) { return error; } })(); // prettier-ignore
    expect(refused).toBeInstanceOf(InvalidWorkflowError);
    expect((refused as InvalidWorkflowError).problems).toEqual([
      'there is no option "registy". Did you mean "registry"?',
      expect.stringContaining('maxAge'),
      'buckets: it must be numbers above 0 that rise, in seconds.',
    ]);
  });
});

const server = await postgres();

describe.skipIf(!isThere(server))(`metrics where the database is away: ${titleOf(server)}`, () => {
  it('say so, and keep what is of this instance', async () => {
    await database.drop();
    const wire = await breakable(server, process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres');
    database = wire;
    const { workflows } = await boot();
    await workflows.settled((await workflows.start(Broken)).id);
    expect(await shown('workflow_processes')).toEqual(['{workflow="broken",status="failed"} 1']);
    wire.cut();
    await until(() => shown('workflow_database_up'), ([up]) => up === '0'); // prettier-ignore
    expect([await shown('workflow_processes'), await shown('workflow_processes_unclaimed')]).toEqual([[], []]);
    expect(await shown('workflow_processes_failed_total')).toEqual(['{workflow="broken",step="fail"} 1']);
    wire.mend();
    await until(() => shown('workflow_processes'), (lines) => lines.length === 1); // prettier-ignore
  });
});
