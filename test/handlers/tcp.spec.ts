import 'reflect-metadata';
import { Controller, Injectable, Scope } from '@nestjs/common';
import {
  ClientProxyFactory,
  type ClientProxy,
  Ctx,
  EventPattern,
  MessagePattern,
  type MicroserviceOptions,
  Payload,
  type TcpContext,
  Transport,
} from '@nestjs/microservices';
import { HandlesResponse } from 'nestjs-argonaut';
import { lastValueFrom } from 'rxjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { freePort } from '../support/redis.js';
import { type Bank, Guarded, LoanWorkflow, openBank, refOf, replyIn, Role, RoleGuard, ScoreMessage, WAYS } from './loans.js';

const patterns: string[] = [];

@Controller()
class Messages {
  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  @MessagePattern('message.above')
  above(@Payload() message: ScoreMessage, @Ctx() context: TcpContext) {
    patterns.push(context.getPattern());
    return replyIn(message);
  }

  @MessagePattern('message.below')
  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  below(@Payload() message: ScoreMessage, @Ctx() context: TcpContext) {
    patterns.push(context.getPattern());
    return replyIn(message);
  }

  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  @EventPattern('event.above')
  eventAbove(@Payload() message: ScoreMessage) {
    return replyIn(message);
  }

  @EventPattern('event.below')
  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  eventBelow(@Payload() message: ScoreMessage) {
    return replyIn(message);
  }

  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  @Guarded()
  @Role('partner')
  @MessagePattern('guarded.above')
  guardedAbove(@Payload() message: ScoreMessage) {
    return replyIn(message);
  }

  @Guarded()
  @Role('partner')
  @MessagePattern('guarded.below')
  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  guardedBelow(@Payload() message: ScoreMessage) {
    return replyIn(message);
  }
}

@Injectable({ scope: Scope.REQUEST })
class Visit {
  static count = 0;
  readonly number = ++Visit.count;
}

@Controller()
class Visits {
  constructor(readonly visit: Visit) {}

  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  @MessagePattern('scoped.above')
  above(@Payload() message: ScoreMessage) {
    return { score: message.score + this.visit.number - this.visit.number };
  }

  @MessagePattern('scoped.below')
  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  below(@Payload() message: ScoreMessage) {
    return { score: message.score + this.visit.number - this.visit.number };
  }
}

describe('a TCP microservice', () => {
  let bank: Bank;
  let client: ClientProxy;
  let count = 0;
  beforeAll(async () => {
    bank = await openBank({ controllers: [Messages, Visits], providers: [Visit] });
    const options = { host: '127.0.0.1', port: await freePort() };
    bank.app.connectMicroservice<MicroserviceOptions>({ transport: Transport.TCP, options });
    await bank.app.startAllMicroservices();
    await bank.app.init();
    client = ClientProxyFactory.create({ transport: Transport.TCP, options });
  });
  beforeEach(() => void (patterns.length = RoleGuard.seen.length = 0));
  afterAll(async () => {
    client?.close();
    await bank?.app.close();
  });

  const send = (pattern: string, message: object) => lastValueFrom(client.send<unknown>(pattern, message), { defaultValue: 'nothing' });
  const sides = ['above', 'below'];

  it.each(sides.flatMap((side) => WAYS.map((how) => [side, how] as const)))('@MessagePattern, with the door %s: %s', async (side, how) => {
    const ref = `tcp-${++count}`;
    await bank.apply(ref);
    expect(await send(`message.${side}`, { ref, score: 7, how })).toBe('delivered');
    expect(await bank.heard(ref)).toEqual(['delivered']);
    expect(patterns).toEqual([`message.${side}`]);
    expect(await bank.scored(ref)).toBe(7);
  });

  it.each(sides)('@MessagePattern, with the door %s: nothing, and an error', async (side) => {
    const ref = `tcp-${++count}`;
    await bank.apply(ref);
    expect(await send(`message.${side}`, { ref, score: 7, how: 'nothing' })).toBe('nothing');
    await expect(send(`message.${side}`, { ref, score: 7, how: 'throws' })).rejects.toMatchObject({ status: 'error' });
    expect(await bank.heard(ref)).toEqual([]);
  });

  it.each(sides.flatMap((side) => WAYS.map((how) => [side, how] as const)))('@EventPattern, with the door %s: %s', async (side, how) => {
    const ref = `tcp-${++count}`;
    await bank.apply(ref);
    await lastValueFrom(client.emit(`event.${side}`, { ref, score: 8, how }), { defaultValue: undefined });
    expect(await bank.scored(ref)).toBe(8);
    expect(await bank.heard(ref)).toEqual(['delivered']);
  });

  it.each(sides)('keeps guards and what they read, with the door %s', async (side) => {
    const ref = `tcp-${++count}`;
    await bank.apply(ref);
    await expect(send(`guarded.${side}`, { ref, score: 1 })).rejects.toMatchObject({ status: 'error' });
    expect(await bank.heard(ref)).toEqual([]);
    expect(await send(`guarded.${side}`, { ref, score: 1, role: 'partner' })).toBe('delivered');
    const name = `Messages.guarded${side === 'above' ? 'Above' : 'Below'}`;
    expect(RoleGuard.seen).toEqual([name, name]);
  });

  it.each(sides)('works on what is made for each request, with the door %s', async (side) => {
    const ref = `tcp-${++count}`;
    await bank.apply(ref);
    const before = Visit.count;
    expect(await send(`scoped.${side}`, { ref, score: 3 })).toBe('delivered');
    expect(await bank.scored(ref)).toBe(3);
    await until(() => Visit.count, (made) => made > before); // prettier-ignore
  });
});
