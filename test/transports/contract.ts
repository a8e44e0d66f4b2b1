import type { ModuleMetadata } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { Calls, openParcels, type Parcel, type ParcelApp, type ParcelMessage, type Pattern, PATTERNS, SIDES } from './parcels.js';

/** What a transport can do about a message whose handler has not resolved. The table of docs/transports.md says the same. */
export interface Guarantees {
  /** The broker keeps a message until the handler has resolved, and delivers it again if it fails. */
  readonly redelivers: boolean;
  /** It does so as long as what failed is not the message's own fault: `WorkflowAckInterceptor`. */
  readonly waits?: boolean;
  /** The sender waits for what the handler returns, or for its error. */
  readonly answers: boolean;
}

export interface TransportUnderTest {
  readonly name: string;
  /** Why it cannot be tested here; null if it can. */
  readonly missing: string | null;
  readonly guarantees: Guarantees;
  /** Boots the application with the handlers, and a client. */
  open(calls: Calls, boot: Boot): Promise<OpenTransport>;
}

/** Makes the application; the transport connects it then. */
export type Boot = (parts: ModuleMetadata) => Promise<ParcelApp>;

/** A transport between a client of the test and the handlers of the application. */
export interface OpenTransport {
  /** Resolves with what the handler's side answered, where the transport answers; else when the message is on its way. */
  send(pattern: Pattern, message: ParcelMessage): Promise<unknown>;
  /** Sends a body to `response.above` that is no message. A number: so many messages will be refused for it, after some deliveries. */
  sendMalformed(): Promise<unknown>;
  /** Of a broker that redelivers: the messages it keeps. One that a consumer holds need not be among them if another is behind it. */
  kept?(): Promise<number>;
  /** Of a broker that redelivers: the messages that were refused. */
  refused?(): Promise<number>;
  close(): Promise<void>;
}

/** Handlers are tried so often; each transport is set up for it. */
export const MOST_DELIVERIES = 3;

export function transportContract(transport: TransportUnderTest): void {
  const { name, missing, guarantees } = transport;
  if (missing !== null && process.env.CI) throw new Error(`${name}: ${missing}`);

  describe.skipIf(missing !== null)(missing === null ? name : `${name} (left out: ${missing})`, () => {
    const calls = new Calls();
    let line: OpenTransport;
    let parcels: ParcelApp;
    beforeAll(async () => {
      line = await transport.open(calls, async (parts) => (parcels = await openParcels(parts)));
    });
    afterAll(async () => {
      await parcels?.app.close();
      await line?.close();
    });

    let count = 0;
    const newRef = () => `parcel-${++count}`;
    const begun = async () => {
      const ref = newRef();
      await parcels.begin(ref);
      return ref;
    };
    const weighed = (ref: string) => parcels.when(ref, ({ weight }) => weight !== undefined);

    /** Sends a message of each kind, and waits for what it does. */
    const sentAll = async (side: (typeof SIDES)[number]) => {
      const ref = newRef();
      await line.send(`start.${side}`, { ref });
      await parcels.when(ref, () => true);
      await line.send(`response.${side}`, { ref, weight: 4 });
      await weighed(ref);
      await line.send(`event.${side}`, { ref, by: 'ada' });
      await parcels.when(ref, ({ signedBy }) => signedBy !== undefined);
      await line.send(`input.${side}`, { ref, note: 'fragile' });
      return { ref, process: await parcels.when(ref, ({ note }) => note !== undefined) };
    };

    it.each(SIDES)('starts, answers, tells of and gives an input to a process, with our decorator %s that of the transport', async (side) => {
      const { ref, process } = await sentAll(side);
      expect(process).toMatchObject({ ref, weight: 4, signedBy: 'ada', note: 'fragile' });
    });

    it('hands each method the arguments that its parameters ask for', async () => {
      for (const side of SIDES) await sentAll(side);
      expect(calls.contexts.length).toBeGreaterThanOrEqual(PATTERNS.length);
      expect(new Set(calls.contexts.map((context) => context === undefined)).size).toBe(1);
    });

    it('a message that comes twice is a duplicate, shuffled ones find their processes', async () => {
      const refs = await Promise.all([...Array(6)].map(begun));
      const shuffled = [...refs, ...refs].sort(() => Math.random() - 0.5);
      await Promise.all(shuffled.map((ref) => line.send('response.above', { ref, weight: Number(ref.split('-')[1]) })));
      for (const ref of refs) {
        expect((await weighed(ref)).weight).toBe(Number(ref.split('-')[1]));
        await until(() => parcels.heard(ref), (heard) => heard.length === 1); // prettier-ignore
        await until(() => calls.of(ref), (times) => times === 2); // prettier-ignore
        expect(await parcels.heard(ref)).toEqual(['delivered']);
      }
    });

    it('a message that comes before its process is kept for it', async () => {
      const ref = newRef();
      await line.send('response.below', { ref, weight: 3 });
      await until(() => parcels.heard(ref), (heard) => heard.length === 1); // prettier-ignore
      expect(await parcels.heard(ref)).toEqual(['stored']);
      await parcels.begin(ref);
      expect((await weighed(ref)).weight).toBe(3);
    });

    it('a malformed body blocks nothing', async () => {
      const [ref, refused] = [await begun(), await line.refused?.()];
      const malformed = await line.sendMalformed().catch(() => {});
      await line.send('response.above', { ref, weight: 1 });
      expect((await weighed(ref)).weight).toBe(1);
      if (guarantees.redelivers && typeof malformed === 'number') await until(() => line.refused!(), (now) => now === refused! + malformed); // prettier-ignore
    });

    if (guarantees.answers)
      it('the sender is answered after the commit', async () => {
        const ref = await begun();
        const open = parcels.store.hold();
        let answered = false;
        const reply = line.send('response.above', { ref, weight: 5 }).finally(() => (answered = true));
        await parcels.store.isWaiting();
        for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
        expect(answered).toBe(false);
        open();
        expect(await reply).toBe('delivered');
        expect(await parcels.heard(ref)).toEqual(['delivered']);
      });

    if (guarantees.answers)
      it('the sender sees the error, and may send again', async () => {
        const ref = await begun();
        parcels.store.goAway();
        await expect(line.send('response.above', { ref, weight: 5 })).rejects.toBeDefined();
        parcels.store.comeBack();
        await expect(line.send('response.above', { ref: '', weight: 5 })).rejects.toBeDefined();
        expect(await line.send('response.above', { ref, weight: 5 })).toBe('delivered');
        expect((await weighed(ref)).weight).toBe(5);
      });

    if (guarantees.redelivers)
      it('the broker keeps the message until the commit, and no longer', async () => {
        const [ref, next] = [await begun(), await begun()];
        await until(() => line.kept!(), (kept) => kept === 0); // prettier-ignore
        const open = parcels.store.hold();
        await line.send('response.above', { ref, weight: 5 });
        await line.send('response.above', { ref: next, weight: 5 });
        await parcels.store.isWaiting();
        await until(() => line.kept!(), (kept) => kept > 0); // prettier-ignore
        open();
        await weighed(next);
        await until(() => line.kept!(), (kept) => kept === 0); // prettier-ignore
        expect(await parcels.heard(ref)).toEqual(['delivered']);
      });

    if (guarantees.redelivers)
      it('while the database is away the message comes again, and is delivered once', async () => {
        const ref = await begun();
        const refused = await line.refused!();
        parcels.store.goAway();
        await line.send('response.below', { ref, weight: 6 });
        await until(() => calls.of(ref), (times) => times >= 1); // prettier-ignore
        await until(() => calls.of(ref), (times) => times >= 2, 20_000); // prettier-ignore
        parcels.store.comeBack();
        expect((await weighed(ref)).weight).toBe(6);
        expect(await parcels.heard(ref)).toEqual(['delivered']);
        await until(() => line.kept!(), (kept) => kept === 0); // prettier-ignore
        expect(await line.refused!()).toBe(refused);
      }, 30_000);

    if (guarantees.waits)
      it('while the inbox is full the message comes again, more often than one that is faulty, and is kept when there is room', async () => {
        const ref = newRef();
        const refused = await line.refused!();
        await line.send('response.above', { ref, weight: 1 });
        await until(() => parcels.heard(ref), (heard) => heard.length === 1); // prettier-ignore
        await line.send('response.above', { ref, weight: 2 }); // one is there under its correlation id, the most there may be
        await until(() => calls.of(ref), (times) => times > 1 + MOST_DELIVERIES, 20_000); // prettier-ignore
        expect(await parcels.heard(ref)).toEqual(['stored']);
        const { inbox } = parcels.workflows;
        const [first] = (await inbox.list({ step: 'weigh' })).items.filter(({ body }) => (body as Partial<Parcel>).weight === 1);
        await inbox.discard(first!.id);
        await until(() => parcels.heard(ref), (heard) => heard.length === 2, 20_000); // prettier-ignore
        expect(await parcels.heard(ref)).toEqual(['discarded', 'stored']);
        await until(() => line.kept!(), (kept) => kept === 0); // prettier-ignore
        expect(await line.refused!()).toBe(refused);
      }, 50_000);

    if (guarantees.redelivers)
      it(`is refused after ${MOST_DELIVERIES} failures of its handler, and holds up no other`, async () => {
        const [ref, next] = [await begun(), await begun()];
        const refused = await line.refused!();
        await line.send('response.above', { ref, weight: 7, how: 'throws' });
        await until(() => line.refused!(), (now) => now === refused + 1, 40_000); // prettier-ignore
        expect(calls.of(ref)).toBe(MOST_DELIVERIES);
        await line.send('response.above', { ref: next, weight: 7 });
        expect((await weighed(next)).weight).toBe(7);
        await until(() => line.kept!(), (kept) => kept === 0); // prettier-ignore
        expect(calls.of(ref)).toBe(MOST_DELIVERIES);
      }, 50_000);

    if (!guarantees.redelivers && !guarantees.answers)
      it('a message whose handler fails is gone: nothing tells its sender', async () => {
        const [ref, next] = [await begun(), await begun()];
        await line.send('response.above', { ref, weight: 7, how: 'throws' });
        await until(() => calls.of(ref), (times) => times === 1); // prettier-ignore
        await line.send('response.above', { ref: next, weight: 7 });
        expect((await weighed(next)).weight).toBe(7);
        expect(calls.of(ref)).toBe(1);
        expect(await parcels.heard(ref)).toEqual([]);
      });
  });
}
