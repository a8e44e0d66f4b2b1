import 'reflect-metadata';
import type { ExecutionContext } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import {
  type AckOptions,
  InboxFullError,
  InvalidInputError,
  ProcessNotFoundError,
  StoreUnavailableError,
  ValueTooLargeError,
  WorkflowAckInterceptor,
} from 'nestjs-argonaut';
import { defer, lastValueFrom, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';

const away = new StoreUnavailableError(new Error('away'));
const fault = new Error('the handler has a fault');

class Handlers {
  event() {}
  @MessagePattern('asked')
  request() {}
}

/** A message of JetStream that keeps what it is told. Over real brokers: test/transports. */
function message(seq = 1) {
  const told: string[] = [];
  return { told, seq, info: { stream: 'loans' }, ack: () => told.push('ack'), nak: (ms: number) => told.push(`nak ${ms > 0}`), term: () => told.push('term') };
}

function contextOf(context: object, handler: () => void = Handlers.prototype.event, type = 'rpc'): ExecutionContext {
  const rpc = { getContext: () => context, getData: () => ({ ref: 'A-1' }) };
  return { getType: () => type, getHandler: () => handler, switchToRpc: () => rpc } as unknown as ExecutionContext;
}

function deliver(interceptor: WorkflowAckInterceptor, of: object, error: unknown, handler?: () => void): Promise<unknown> {
  return lastValueFrom(interceptor.intercept(contextOf({ getMessage: () => of }, handler), { handle: () => throwError(() => error) }));
}

describe('WorkflowAckInterceptor', () => {
  it('acknowledges when the handler has resolved, and hands on what it returned', async () => {
    const each = message();
    const handle = () => defer(() => (each.told.push('handled'), of('delivered')));
    expect(await lastValueFrom(new WorkflowAckInterceptor().intercept(contextOf({ getMessage: () => each }), { handle }))).toBe('delivered');
    expect(each.told).toEqual(['handled', 'ack']);
  });

  it.each([
    ['is not one of a broker', { getMessage: () => ({ id: 1 }) }, 'rpc'],
    ['has no message', {}, 'rpc'],
    ['is that of HTTP', { getMessage: () => message() }, 'http'],
  ])('leaves alone a context that %s', async (_which, context, type) => {
    const told = new WorkflowAckInterceptor().intercept(contextOf(context, undefined, type), { handle: () => of('as it was') });
    expect(await lastValueFrom(told)).toBe('as it was');
  });

  it.each([
    ['an outage', away],
    ['an inbox that is full', new InboxFullError('total', 5)],
  ])('%s counts for nothing', async (_what, notItsOwn) => {
    const [interceptor, each] = [new WorkflowAckInterceptor({ maxDeliveries: 3 }), message()];
    for (let outage = 0; outage < 20; outage++) await expect(deliver(interceptor, each, notItsOwn)).rejects.toBe(notItsOwn);
    for (let failure = 1; failure < 3; failure++) await expect(deliver(interceptor, each, fault)).rejects.toBe(fault);
    expect(new Set(each.told)).toEqual(new Set(['nak true']));
    expect(await deliver(interceptor, each, fault)).toBeUndefined();
    expect(each.told).toHaveLength(23);
    expect(each.told.at(-1)).toBe('term');
  });

  it.each([
    ['a wrong message', new InvalidInputError('The response', ['weight: must be a number']), 'term'],
    ['one that is too large', new ValueTooLargeError('weight', 10, 5), 'term'],
    ['one whose process may start yet', new ProcessNotFoundError('p-1'), 'nak true'],
    ['what was thrown is no error', 'a text', 'nak true'],
  ])('%s: %s', async (_what, error, told) => {
    const each = message();
    await deliver(new WorkflowAckInterceptor(), each, error).catch(() => {});
    expect(each.told).toEqual([told]);
  });

  it('the sender of a request has the error, so its message is done with', async () => {
    const each = message();
    await expect(deliver(new WorkflowAckInterceptor(), each, away, Handlers.prototype.request)).rejects.toBe(away);
    expect(each.told).toEqual(['ack']);
  });

  it('tells onRefused before the broker, and keeps the message if that rejects', async () => {
    const each = message(7);
    const heard: unknown[] = [];
    let fails = true;
    const onRefused: AckOptions['onRefused'] = async (refused) => {
      heard.push([refused.place, refused.deliveries, refused.payload, refused.error, [...each.told]]);
      if (fails) throw new Error('no room');
    };
    const interceptor = new WorkflowAckInterceptor({ maxDeliveries: 1, onRefused });
    await expect(deliver(interceptor, each, fault)).rejects.toBe(fault);
    fails = false;
    await deliver(interceptor, each, fault);
    expect(heard).toEqual([
      ['JetStream loans@7', 1, { ref: 'A-1' }, fault, []],
      ['JetStream loans@7', 2, { ref: 'A-1' }, fault, ['nak true']],
    ]);
    expect(each.told).toEqual(['nak true', 'term']);
  });

  it('begins anew with a message that was accepted, and lets faultOf decide', async () => {
    const [interceptor, each] = [new WorkflowAckInterceptor({ maxDeliveries: 2, faultOf: (error) => (error === away ? 'refuse' : 'retry') }), message()];
    await expect(deliver(interceptor, each, fault)).rejects.toBe(fault);
    await lastValueFrom(interceptor.intercept(contextOf({ getMessage: () => each }), { handle: () => of(1) }));
    await expect(deliver(interceptor, each, fault)).rejects.toBe(fault);
    await deliver(interceptor, each, away);
    expect(each.told).toEqual(['nak true', 'ack', 'nak true', 'term']);
  });

  it('a broker that cannot be told changes nothing: the message comes again', async () => {
    const each = { ...message(), ack: () => { throw new Error('the channel is closed'); } }; // prettier-ignore
    expect(await lastValueFrom(new WorkflowAckInterceptor().intercept(contextOf({ getMessage: () => each }), { handle: () => of('delivered') }))).toBe(
      'delivered',
    );
  });

  it('refuses options that mean nothing', () => {
    expect(() => new WorkflowAckInterceptor({ maxDeliveries: 0, delay: 'soon' as never })).toThrow(
      /The options of WorkflowAckInterceptor: "soon" is not a duration.*; maxDeliveries must be at least 1, not 0/,
    );
  });
});
