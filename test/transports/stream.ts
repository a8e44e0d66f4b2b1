import { setTimeout as pause } from 'node:timers/promises';
import { type CallHandler, Controller, type ExecutionContext, type ModuleMetadata, type NestInterceptor, UseInterceptors } from '@nestjs/common';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { asked, HandlesResponse, Step, Workflow, WorkflowAckInterceptor } from 'nestjs-argonaut';
import { type Observable, tap } from 'rxjs';
import { bootApp, type TestApp, until } from '../support/app.js';
import { type Database, postgres } from '../support/databases.js';
import type { Spelling } from './parcels.js';

/** So many processes; `TEST_STREAM=10000` for a long run. */
export const PROCESSES = Number(process.env.TEST_STREAM ?? 300);
const INSTANCES = 3;
/** Deadlines are for a mistake, also on a machine that is busy with other things. */
const PATIENCE_MS = 60_000 + PROCESSES * 100;
export const STREAM_TIMEOUT_MS = 3 * PATIENCE_MS;

class Load {
  ref!: string;
  weight?: number;
}

@Workflow({ name: 'load', context: Load })
export class LoadWorkflow {
  @Step({ request: 'ask' }) weigh(_load: Load, { weight }: { weight: number }) {
    return { weight };
  }
  ask(load: Load) {
    return asked({ correlationId: load.ref });
  }
}

export interface LoadMessage {
  readonly ref: string;
  readonly weight: number;
}

/** What a stream of messages goes through. */
export interface StreamBroker {
  /** How a consumer's method is written, and what its module needs. */
  readonly spelling: Omit<Spelling, 'on' | 'read'> & { readonly on: () => MethodDecorator; readonly read?: (first: any) => LoadMessage };
  readonly module?: ModuleMetadata;
  /** Decorates the class of the consumer. */
  readonly decorate?: ClassDecorator;
  readonly microservice?: () => MicroserviceOptions;
  /** Resolves when the broker has all of them on its disk. */
  publish(messages: readonly LoadMessage[]): Promise<void>;
  /** Lets consumers begin, where they would begin before all instances are there. `handled`: how many messages they have handled so far. */
  begin?(handled: () => number): Promise<void>;
  /** Something that befalls the broker while messages are consumed. Without it, an instance leaves and another comes. */
  disturb?(): Promise<void>;
  close(): Promise<void>;
}

export interface StreamResult {
  readonly statuses: Readonly<Record<string, number>>;
  /** Of the inbox. */
  readonly dispositions: Readonly<Record<string, number>>;
  /** What handlers returned, over all instances. */
  readonly returned: Readonly<Record<string, number>>;
  /** Context versions that a step made. */
  readonly completions: number;
  readonly seconds: number;
}

/** Messages shuffled, a tenth of them doubled, a tenth before their process; a disturbance in their midst; over several instances. */
export async function runStream(broker: StreamBroker, processes = PROCESSES): Promise<StreamResult> {
  const database = await postgres();
  const returned: Record<string, number> = {};
  const instances: TestApp[] = [];
  const boot = async () => void instances.push(await bootInstance(database, broker, returned));
  try {
    await boot();
    const refs = [...Array(processes)].map((_, i) => `load-${i}`);
    const early = processes / 10;
    const start = (some: readonly string[]) => inParts(some, (ref) => instances[0]!.workflows.start(LoadWorkflow, { ref }, { groupId: ref }));
    await start(refs.slice(early));
    const doubled = refs.filter((_, i) => i % 10 === 3);
    await broker.publish(shuffled([...refs, ...doubled]).map((ref) => ({ ref, weight: Number(ref.slice(5)) })));
    const begun = performance.now();
    while (instances.length < INSTANCES) await boot();
    for (const { app } of instances) await connectMicroservice(app, broker);
    const handled = () => sum(returned);
    await broker.begin?.(handled);
    await until(handled, (count) => count > processes / 4, PATIENCE_MS);
    if (broker.disturb) await broker.disturb();
    else {
      await instances.shift()!.close();
      await boot();
      await connectMicroservice(instances.at(-1)!.app, broker);
    }
    const count = (sql: string) => instances[0]!.dataSource.query(sql) as Promise<{ name: string; count: string }[]>;
    const ofInbox = () => count(`select disposition as name, count(*) as count from workflow_inbox where address like 'r:%' group by disposition`).then(totals);
    await until(ofInbox, (all) => sum(all) === processes, PATIENCE_MS);
    await start(refs.slice(0, early));
    const ofProcesses = () => count(`select status as name, count(*) as count from workflow_process group by status`).then(totals);
    await until(ofProcesses, ({ completed }) => completed === processes, PATIENCE_MS);
    await until(handled, (all) => all >= processes + doubled.length, PATIENCE_MS);
    const [versions] = await count(`select 'all' as name, count(*) as count from workflow_context where version > 1`);
    return {
      statuses: await ofProcesses(),
      dispositions: await ofInbox(),
      returned: { ...returned },
      completions: Number(versions!.count),
      seconds: Math.round((performance.now() - begun) / 100) / 10,
    };
  } finally {
    await Promise.all(instances.map((each) => each.close()));
    await broker.close();
    await database.drop();
  }
}

/** Counts what a handler's side returns to the transport. */
class Counting implements NestInterceptor {
  constructor(private readonly returned: Record<string, number>) {}
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(tap((disposition: string) => count(this.returned, disposition)));
  }
}

function count(all: Record<string, number>, name: string): void {
  all[name] = (all[name] ?? 0) + 1;
}

function bootInstance(database: Database, broker: StreamBroker, returned: Record<string, number>): Promise<TestApp> {
  const { on, message = () => {}, read = (first) => first as LoadMessage } = broker.spelling;
  @Controller()
  class Loads {
    @on()
    @HandlesResponse(LoadWorkflow, 'weigh', (first) => read(first).ref)
    take(@message first: unknown) {
      return { weight: read(first).weight };
    }
  }
  UseInterceptors(new WorkflowAckInterceptor({ delay: 50, maxDelay: 1000 }), new Counting(returned))(Loads);
  broker.decorate?.(Loads);
  // Bull knows no interceptors: its answers are counted where they leave the method.
  if (broker.decorate) countAnswers(Loads.prototype, returned);
  const place = broker.microservice ? { controllers: [Loads], providers: [LoadWorkflow] } : { providers: [Loads, LoadWorkflow] };
  return bootApp(database, 'database', { ...broker.module, ...place });
}

function countAnswers(prototype: { take(first: unknown): unknown }, returned: Record<string, number>): void {
  const { take } = prototype;
  const counted = async function (this: typeof prototype, first: unknown) {
    const disposition = (await take.call(this, first)) as string;
    count(returned, disposition);
    return disposition;
  };
  for (const key of Reflect.getMetadataKeys(take) as string[]) Reflect.defineMetadata(key, Reflect.getMetadata(key, take), counted);
  prototype.take = counted as typeof take;
}

async function connectMicroservice(app: TestApp['app'], { microservice }: StreamBroker): Promise<void> {
  if (!microservice) return;
  app.connectMicroservice<MicroserviceOptions>(microservice());
  await app.startAllMicroservices();
}

async function inParts<T>(all: readonly T[], work: (each: T) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < all.length; i += 200) await Promise.all(all.slice(i, i + 200).map(work));
}

/** By a fixed seed, so that two runs are alike. */
function shuffled<T>(all: readonly T[]): T[] {
  let seed = 7;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  return all.map((each) => [random(), each] as const).sort(([a], [b]) => a - b).map(([, each]) => each); // prettier-ignore
}

const totals = (rows: { name: string; count: string }[]): Record<string, number> => Object.fromEntries(rows.map(({ name, count }) => [name, Number(count)]));
const sum = (all: Record<string, number>) => Object.values(all).reduce((total, each) => total + each, 0);

/** Killed, away for a moment, and there again. */
export async function killAndRestart(server: { kill(): Promise<void>; start(): Promise<void> }): Promise<void> {
  await server.kill();
  await pause(200);
  await server.start();
}
