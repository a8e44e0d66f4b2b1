import { randomBytes } from 'node:crypto';
import { BullModule, getQueueToken, Process, Processor } from '@nestjs/bull';
import { BullModule as BullMqModule, getQueueToken as getMqQueueToken, Processor as MqProcessor, WorkerHost } from '@nestjs/bullmq';
import type { Queue } from 'bull';
import type { Job as MqJob, Queue as MqQueue } from 'bullmq';
import { HandlesEvent, HandlesInput, HandlesResponse, StartsProcess } from 'nestjs-argonaut';
import { forget, redisForTests } from '../support/redis.js';
import { type Boot, MOST_DELIVERIES, type OpenTransport, transportContract } from './contract.js';
import { type Calls, handlersOf, type ParcelMessage, ParcelWorkflow, type Pattern, PATTERNS } from './parcels.js';

const redis = await redisForTests();
const attempts = { attempts: MOST_DELIVERIES, backoff: { type: 'fixed', delay: 20 } };
const guarantees = { redelivers: true, answers: false };

transportContract({ name: "Bull's @Process", missing: redis.missing, guarantees, open: openBull });
transportContract({ name: "BullMQ's processors", missing: redis.missing, guarantees, open: openBullMq });

async function openBull(calls: Calls, boot: Boot): Promise<OpenTransport> {
  const prefix = `argonaut-test-${randomBytes(4).toString('hex')}`;
  const Handlers = handlersOf({ on: Process, read: (job: { data: ParcelMessage }) => job.data }, calls);
  Processor('parcels')(Handlers);
  const { app } = await boot({
    imports: [BullModule.forRoot({ url: redis.url, prefix }), BullModule.registerQueue({ name: 'parcels' })],
    providers: [Handlers],
  });
  await app.init();
  const queue = app.get<Queue>(getQueueToken('parcels'));
  return {
    send: (pattern, message) => queue.add(pattern, message, attempts),
    sendMalformed: () => queue.add('response.above', null, attempts),
    kept: async () => (({ waiting, active, delayed }) => waiting + active + delayed)(await queue.getJobCounts()),
    refused: () => queue.getFailedCount(),
    close: () => forget(redis.url, prefix),
  };
}

const ref = ({ data }: MqJob<ParcelMessage>) => data.ref;

/** A processor of BullMQ has one method, so each pattern is a queue with a class. */
function mqProcessorsOf(calls: Calls) {
  const take = (pattern: Pattern, { data }: MqJob<ParcelMessage>) => {
    calls.note(data.ref, pattern, undefined);
    if (data.how === 'throws') throw new Error('the handler has a fault');
    return data;
  };
  @MqProcessor('start.above')
  class Start extends WorkerHost {
    @StartsProcess(ParcelWorkflow, ref)
    override async process(job: MqJob<ParcelMessage>) {
      return { ref: take('start.above', job).ref };
    }
  }
  @MqProcessor('response.above')
  class Response extends WorkerHost {
    @HandlesResponse(ParcelWorkflow, 'weigh', ref)
    override async process(job: MqJob<ParcelMessage>) {
      return { weight: take('response.above', job).weight! };
    }
  }
  @MqProcessor('event.above')
  class Event extends WorkerHost {
    @HandlesEvent('parcel.signed', ref, { messageId: (job: MqJob) => job.id! })
    override async process(job: MqJob<ParcelMessage>) {
      return { by: take('event.above', job).by! };
    }
  }
  @MqProcessor('input.above')
  class Input extends WorkerHost {
    @HandlesInput(ParcelWorkflow, 'annotate', ref, { messageId: (job: MqJob) => job.id! })
    override async process(job: MqJob<ParcelMessage>) {
      return { note: take('input.above', job).note! };
    }
  }
  return [Start, Response, Event, Input];
}

async function openBullMq(calls: Calls, boot: Boot): Promise<OpenTransport> {
  const prefix = `argonaut-test-${randomBytes(4).toString('hex')}`;
  const names = PATTERNS.filter((pattern) => pattern.endsWith('above'));
  const { hostname: host, port } = new URL(redis.url);
  const imports = [
    BullMqModule.forRoot({ connection: { host, port: Number(port || 6379) }, prefix }),
    ...names.map((name) => BullMqModule.registerQueue({ name })),
  ];
  const { app } = await boot({ imports, providers: mqProcessorsOf(calls) });
  await app.init();
  /** There is no transport's decorator on the method, so nothing to stand above or below. */
  const queueOf = (pattern: Pattern) => app.get<MqQueue>(getMqQueueToken(pattern.replace('below', 'above')));
  const total = async (...states: ('wait' | 'active' | 'delayed' | 'failed')[]) => {
    const counts = await Promise.all(names.map((name) => queueOf(name).getJobCountByTypes(...states)));
    return counts.reduce((all, each) => all + each, 0);
  };
  return {
    send: (pattern, message) => queueOf(pattern).add(pattern, message, attempts),
    sendMalformed: () => queueOf('response.above').add('response.above', {}, attempts),
    kept: () => total('wait', 'active', 'delayed'),
    refused: () => total('failed'),
    close: () => forget(redis.url, prefix),
  };
}
