import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { BullModule, getQueueToken, Process, Processor } from '@nestjs/bull';
import { Injectable } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import type { Job, Queue } from 'bull';
import { HandlesResponse } from 'nestjs-argonaut';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forget, leftOut, redisForTests, titled } from '../support/redis.js';
import { type Bank, LoanWorkflow, openBank, refOf, replyIn, type ScoreMessage, WAYS } from './loans.js';

const sides = ['above', 'below'];
const cases = sides.flatMap((side) => WAYS.map((how) => [side, how] as const));

@Injectable()
class Listeners {
  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  @OnEvent('score.above')
  above(message: ScoreMessage) {
    return replyIn(message);
  }

  @OnEvent('score.below')
  @OnEvent('score.beside')
  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  below(message: ScoreMessage) {
    return replyIn(message);
  }
}

describe('@OnEvent', () => {
  let bank: Bank;
  beforeAll(async () => {
    bank = await openBank({ imports: [EventEmitterModule.forRoot()], providers: [Listeners] });
    await bank.app.init();
  });
  afterAll(() => bank?.app.close());
  const emit = (event: string, message: ScoreMessage): Promise<unknown[]> => bank.app.get(EventEmitter2).emitAsync(event, message);

  it.each(cases)('with the door %s: %s', async (side, how) => {
    const ref = `event-${side}-${how}`;
    await bank.apply(ref);
    expect(await emit(`score.${side}`, { ref, score: 4, how })).toEqual(['delivered']);
    expect(await bank.heard(ref)).toEqual(['delivered']);
    expect(await bank.scored(ref)).toBe(4);
  });

  it.each([...sides, 'beside'])('hears %s once, and nothing is nothing', async (side) => {
    const ref = `event-nothing-${side}`;
    await bank.apply(ref);
    expect(await emit(`score.${side}`, { ref, score: 4, how: 'nothing' })).toEqual([undefined]);
    expect(await bank.heard(ref)).toEqual([]);
  });
});

@Processor('scores')
class Jobs {
  @HandlesResponse(LoanWorkflow, 'rate', (job: Job<ScoreMessage>) => job.data.ref)
  @Process('above')
  above(job: Job<ScoreMessage>) {
    return replyIn(job.data);
  }

  @Process('below')
  @HandlesResponse(LoanWorkflow, 'rate', (job: Job<ScoreMessage>) => job.data.ref)
  below(job: Job<ScoreMessage>) {
    return replyIn(job.data);
  }
}

const redis = await redisForTests();

describe.skipIf(leftOut(redis))(titled("Bull's @Process", redis), () => {
  const prefix = `argonaut-test-${randomBytes(4).toString('hex')}`;
  let bank: Bank;
  beforeAll(async () => {
    bank = await openBank({ imports: [BullModule.forRoot({ url: redis.url, prefix }), BullModule.registerQueue({ name: 'scores' })], providers: [Jobs] });
    await bank.app.init();
  });
  afterAll(async () => {
    await bank?.app.close();
    await forget(redis.url, prefix);
  });
  /** What the job says it has returned, when it has. */
  const done = async (name: string, message: ScoreMessage): Promise<unknown> =>
    (await bank.app.get<Queue>(getQueueToken('scores')).add(name, message)).finished();

  it.each(cases)('with the door %s: %s', async (side, how) => {
    const ref = `job-${side}-${how}`;
    await bank.apply(ref);
    expect(await done(side, { ref, score: 4, how })).toBe('delivered');
    expect(await bank.heard(ref)).toEqual(['delivered']);
    expect(await bank.scored(ref)).toBe(4);
  });

  it.each(sides)('with the door %s: a job whose answer is not committed has failed', async (side) => {
    const ref = `job-throws-${side}`;
    await bank.apply(ref);
    await expect(done(side, { ref, score: 4, how: 'throws' })).rejects.toThrow('the door is broken');
    await expect(done(side, { ref: '', score: 4 })).rejects.toThrow('correlationId');
    expect(await bank.heard(ref)).toEqual([]);
  });
});
