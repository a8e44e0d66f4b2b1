/** Wrong calls, from a table and at random from a seed: each is refused by a typed error that names what is wrong, and writes nothing. */
import 'reflect-metadata';
import { IsInt, IsString } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidInputError, Step, Workflow, type WorkflowService } from '../../lib/index.js';
import { WorkflowError } from '../../lib/values/errors.js';
import { bootApp, type TestApp } from '../support/app.js';
import { isThere, libsqlFile, mysql, postgres } from '../support/databases.js';

class Order {
  @IsString() name = 'a';
  @IsInt() amount = 1;
}

@Workflow({ name: 'ordered', context: Order })
class Ordered {
  @Step({ request: 'ask' }) answered() {}
  ask() {}
  @Step({ input: Order }) approved() {}
}

/** One call with right arguments. The last one is its options. */
type Call = readonly [method: keyof WorkflowService, ...args: unknown[]];
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  start: ['groupId', 'id', 'seed', 'version', 'ifLive', 'actor', 'reason', 'manager'],
  respond: ['messageId', 'sender', 'effectiveAt', 'actor', 'reason', 'manager'],
  emit: ['messageId', 'sender', 'effectiveAt', 'actor', 'reason', 'manager'],
  provideInput: ['messageId', 'sender', 'effectiveAt', 'index', 'actor', 'reason', 'manager'],
  settled: ['timeout'],
  suspend: ['actor', 'reason', 'manager'],
  resume: ['actor', 'reason', 'manager'],
  cancel: ['compensate', 'actor', 'reason', 'manager'],
  retry: ['step', 'actor', 'reason', 'manager'],
  restartFrom: ['actor', 'reason', 'manager'],
  skip: ['next', 'actor', 'reason', 'manager'],
  find: ['workflow', 'status', 'groupId', 'waitingFor', 'overdue', 'startedBefore', 'cursor', 'limit', 'internals'],
  waitingForInput: ['workflow', 'groupId', 'step', 'cursor', 'limit'],
  history: ['cursor', 'limit', 'internals'],
  log: ['cursor', 'limit'],
  versions: ['cursor', 'limit'],
  explain: ['internals'],
};
const callsOf = (id: string): Call[] => [
  ['start', Ordered, {}, {}], ['respond', Ordered, 'answered', 'under', {}, {}], ['emit', 'told', 'key', {}, {}],
  ['provideInput', Ordered, 'approved', id, new Order(), {}], ['settled', id, {}], ['suspend', id, {}], ['resume', id, {}], ['cancel', id, {}],
  ['retry', id, {}], ['restartFrom', id, 1, {}], ['skip', Ordered, 'answered', id, {}, {}], ['find', {}], ['waitingForInput', {}],
  ['history', id, {}], ['log', id, {}], ['versions', id, {}], ['explain', id, {}],
]; // prettier-ignore
/** Values that are right nowhere. */
const NEVER = [null, [], ['x'], {}, { a: 1 }, Symbol('x'), () => 1, -1, 1.5, Number.NaN, 2n, '', '\0', '\ud800', 'x'.repeat(3000), new Date(Number.NaN), new Map(), Buffer.from('x')]; // prettier-ignore

/** The same numbers for the same seed. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A call with one misspelt option, or one option of a wrong value. */
function wronged(call: Call, random: (below: number) => number): Call {
  const names = OPTIONS[call[0]]!;
  const name = names[random(names.length)]!;
  const value = NEVER[random(NEVER.length)];
  const options = random(3) === 0 ? { [name.slice(1)]: 'x' } : { [name]: value };
  return [...call.slice(0, -1), options] as unknown as Call;
}

/** A number is a message id, half a millisecond a duration, and a list may name no status. */
const RIGHT: Readonly<Record<string, (value: unknown) => boolean>> = {
  messageId: (value) => Number.isSafeInteger(value),
  timeout: (value) => value === 1.5,
  status: (value) => Array.isArray(value) && value.length === 0,
  workflow: (value) => typeof value === 'function',
  step: (value) => typeof value === 'function',
};
const isRight = (options: object) => Object.entries(options).every(([name, value]) => RIGHT[name]?.(value) ?? false);
const CALLS = Number(process.env.TEST_WRONG_CALLS ?? 1500);

describe.each([libsqlFile(), await postgres(), await mysql()])('wrong calls, on $name', (database) => {
  const run = it.skipIf(!isThere(database));
  let app: TestApp;
  beforeAll(async () => void (isThere(database) && (app = await bootApp(database, 'database', { providers: [Ordered] }))));
  afterAll(() => app?.close());
  const made = async (app: TestApp, [method, ...args]: Call) => (app.workflows[method] as (...given: unknown[]) => unknown).apply(app.workflows, args);
  const rows = async ({ dataSource }: TestApp) => {
    const count = async (table: string) => Number(Object.values((await dataSource.query(`select count(*) as n from workflow_${table}`))[0])[0]);
    return Promise.all(['process', 'audit', 'inbox', 'wait'].map(count));
  };

  run(
    `${CALLS} at random: no untyped error, none accepted, nothing written`,
    async () => {
      const { id } = await app.workflows.start(Ordered);
      await app.workflows.settled(id);
      await app.engine.activity.idle();
      const [before, random, wrong] = [await rows(app), randomOf(20_261_129), [] as string[]];
      const calls = callsOf(id);
      for (let i = 0; i < CALLS; i++) {
        const call = wronged(calls[random(calls.length)]!, random);
        if (isRight(call.at(-1) as object)) continue;
        const outcome = await Promise.resolve(made(app, call)).then(() => 'accepted', (error: unknown) => (error instanceof WorkflowError ? null : String(error))); // prettier-ignore
        if (outcome !== null) wrong.push(`${String(call[0])}(${Object.entries(call.at(-1) as object).map(([name, value]) => `${name}: ${typeof value} ${String(value).slice(0, 20)}`)}): ${outcome}`); // prettier-ignore
      }
      expect([...new Set(wrong)]).toEqual([]);
      expect(await rows(app)).toEqual(before);
    },
    120_000,
  );

  run('a misspelt option says which was meant', async () => {
    const { id } = await app.workflows.start(Ordered);
    for (const call of callsOf(id)) {
      const meant = OPTIONS[call[0]]!.find((name) => name.length > 4)!;
      const misspelt = [...call.slice(0, -1), { [`${meant}s`]: 1 }] as unknown as Call;
      const error = await Promise.resolve(made(app, misspelt)).catch((thrown: unknown) => thrown as InvalidInputError);
      expect(error, call[0]).toBeInstanceOf(InvalidInputError);
      expect((error as InvalidInputError).message, call[0]).toContain(`there is no "${meant}s". Did you mean "${meant}"?`);
    }
  });
});
