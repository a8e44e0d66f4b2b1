import type { ModuleMetadata } from '@nestjs/common';
import { type SenderRef, Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { bootApp, type TestApp, until } from '../support/app.js';
import { postgres } from '../support/databases.js';

/** So many processes begin before the broker is killed, while it is away, and when it is back. */
const AT_ONCE = 30;
const MESSAGES = 3;
const PATIENCE_MS = 45_000;

/** What a step sends. */
export interface Parting {
  readonly process: string;
  readonly number: number;
}

/** A broker with a client that sends and one that receives. */
export interface OutboxBroker {
  readonly imports: ModuleMetadata['imports'];
  readonly sender: SenderRef;
  readonly pattern: string;
  /** Begins to note what arrives, and goes on to after a restart. */
  receive(note: (parting: Parting, id?: string) => void): Promise<void>;
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface OutboxResult {
  /** Of each of the three times, how many messages have not arrived. */
  readonly missing: readonly [before: number, away: number, after: number];
  /** Processes whose messages did not arrive in order, the first time that each arrived. */
  readonly disordered: readonly string[];
  /** Messages that arrived under two ids. */
  readonly renamed: number;
}

/** The broker is killed while processes send, others send while it is away, and others once it is back. */
export async function sendAcrossRestart(broker: OutboxBroker, keeps: 'all' | 'later'): Promise<OutboxResult> {
  @Workflow({ name: 'parts' })
  class Parts {
    @Step() one(_: object, step: StepRef) { send(step, 1); } // prettier-ignore
    @Step() two(_: object, step: StepRef) { send(step, 2); } // prettier-ignore
    @Step() three(_: object, step: StepRef) { send(step, 3); } // prettier-ignore
  }
  const send = (step: StepRef, number: number) => step.send(broker.sender, broker.pattern, { process: step.groupId, number });
  const arrived: Arrived = new Map();
  const database = await postgres();
  let app: TestApp | undefined;
  try {
    await broker.receive((parting, id) => note(arrived, parting, id));
    app = await bootApp(database, 'database', { imports: broker.imports!, providers: [Parts], options: { outbox: { timeout: '2s', retry: RETRY } } });
    const start = (time: string) => Promise.all([...Array(AT_ONCE)].map((_, i) => app!.workflows.start(Parts, {}, { groupId: `${time}-${i}` })));
    const missing = (...times: string[]) => times.reduce((sum, time) => sum + AT_ONCE * MESSAGES - countOf(arrived, time), 0);
    const early = start('before');
    await until(() => missing('before'), (count) => count < (AT_ONCE * MESSAGES * 2) / 3, PATIENCE_MS); // prettier-ignore
    await broker.kill();
    await early;
    await start('away');
    await broker.start();
    await until(() => app!.workflows.outbox.list(), ({ items }) => items.length === 0, PATIENCE_MS); // prettier-ignore
    await start('after');
    await until(() => (keeps === 'all' ? missing('before', 'away', 'after') : missing('after')), (count) => count === 0, PATIENCE_MS).catch(() => {}); // prettier-ignore
    const renamed = [...arrived.values()].flatMap((numbers) => [...numbers.values()]).filter((ids) => ids.size > 1).length;
    return { missing: [missing('before'), missing('away'), missing('after')], disordered: disordered(arrived), renamed };
  } finally {
    await app?.close();
    await broker.close();
    await database.drop();
  }
}

const RETRY = { attempts: 40, delay: '200ms', maxDelay: '1s' } as const;

/** By process, by number in the order of arrival: the ids. */
type Arrived = Map<string, Map<number, Set<string>>>;

function note(arrived: Arrived, { process, number }: Parting, id = ''): void {
  const numbers = arrived.get(process) ?? new Map<number, Set<string>>();
  arrived.set(process, numbers.set(number, (numbers.get(number) ?? new Set()).add(id)));
}

function countOf(arrived: Arrived, time: string): number {
  return [...arrived].filter(([process]) => process.startsWith(time)).reduce((sum, [, numbers]) => sum + numbers.size, 0);
}

function disordered(arrived: Arrived): string[] {
  const inOrder = (numbers: number[]) => numbers.every((number, i) => i === 0 || numbers[i - 1]! < number);
  return [...arrived].filter(([, numbers]) => !inOrder([...numbers.keys()])).map(([process]) => process);
}
