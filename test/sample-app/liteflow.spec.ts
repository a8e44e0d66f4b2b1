import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Instance, until } from '../../sample-app/src/story/instance.js';
import { built, completions, Place } from './app.js';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

interface View {
  readonly id: string;
  readonly status: string;
  readonly cause: string | null;
  readonly data: Record<string, unknown>;
  readonly waitingFor: { step: string; kind: string }[];
  readonly printed: string[];
}

let place: Place;
let app: Instance;
beforeAll(async () => {
  await built();
  place = new Place();
  app = await place.start();
});
afterAll(() => place.leave());

const run = (name: string, data: object = {}) => app.post<View>(`/liteflow/${name}`, data);
const look = (id: string) => app.get<View>(`/liteflow/${id}`);
const steps = async (id: string) => completions(await app.get(`/liteflow/${id}/history`));

async function reaches(id: string, status: string): Promise<View> {
  await until(status, async () => (await look(id)).status === status);
  return look(id);
}

describe('the samples of LiteFlow', () => {
  it('01 hello world', async () => {
    const { id, status, printed } = await run('01-hello-world');
    expect({ status, printed }).toEqual({ status: 'completed', printed: ['Hello world', 'Goodbye'] });
    expect(await steps(id)).toEqual(['Hello', 'Goodbye']);
  });

  it('02 passing data', async () => {
    const { id, data, printed } = await run('02-passing-data', { value1: 2, value2: 3 });
    expect(data).toEqual({ value1: 2, value2: 3, value3: 5 });
    expect(printed).toEqual(['Hello world', 'The sum is 5', 'Goodbye']);
    expect(await steps(id)).toEqual(['Hello', 'Add', 'Say', 'Goodbye']);
    await expect(run('02-passing-data', { value1: 'two' })).rejects.toThrow('value1 must be a number');
  });

  it('03 waiting for events: all who wait under the key get it', async () => {
    const [one, two, other] = [await run('03-events', { id: 'key1' }), await run('03-events', { id: 'key1' }), await run('03-events', { id: 'key2' })];
    expect(one).toMatchObject({ status: 'waiting', waitingFor: [{ step: 'event1', kind: 'event' }], printed: ['Hello world'] });
    const told = await app.post<{ processId: string; disposition: string }[]>('/liteflow/events/key1', { data: 'hello' });
    expect(told.map(({ processId }) => processId).sort()).toEqual([one.id, two.id].sort());
    for (const { id } of [one, two]) {
      const { data, printed } = await reaches(id, 'completed');
      expect(data).toEqual({ id: 'key1', value: 'hello' });
      expect(printed).toEqual(['Hello world', 'The data from the event is hello', 'Goodbye']);
    }
    expect((await look(other.id)).status).toBe('waiting');
  });

  it('04 for each', async () => {
    const { id, printed } = await run('04-foreach');
    expect(printed).toEqual(['Hello world', '0: abc', '1: def', '2: xyz', 'Goodbye']);
    expect(await steps(id)).toEqual(['Hello', 'ShowItem', 'ShowItem', 'ShowItem', 'Goodbye']);
  });

  it('05 if', async () => {
    expect((await run('05-if', { value1: 4 })).printed).toEqual(['Hello world', '4 is more than 3', 'Goodbye']);
    expect((await run('05-if', { value1: 3 })).printed).toEqual(['Hello world', 'Goodbye']);
  });

  it('06 while', async () => {
    const { data, printed } = await run('06-while');
    expect(data).toMatchObject({ value1: 3 });
    expect(printed).toEqual(['Hello world', '0 is less than 3', '1 is less than 3', '2 is less than 3', 'Goodbye']);
    expect((await run('06-while', { value1: 3 })).printed).toEqual(['Hello world', 'Goodbye']);
  });

  it('08 several nodes, on one', async () => {
    const { data, printed } = await reaches((await run('08-several-nodes')).id, 'completed');
    expect(data.done).toHaveLength(8);
    expect(printed.at(-1)).toBe('Goodbye');
  });

  it('on error: three attempts, then it is suspended', async () => {
    const { id, cause, printed } = await reaches((await run('on-error')).id, 'suspended');
    expect(cause).toBe('Risky: Error: sorry, 3');
    expect(printed).toEqual(['Hello world', 'Error: sorry, 1', 'Error: sorry, 2', 'Error: sorry, 3']);
    expect(await steps(id)).toEqual(['Hello']);
    expect((await run('on-error', { works: true })).printed).toEqual(['Hello world', 'Goodbye']);
  });

  it('trip: what was done is undone, last first', async () => {
    expect(await run('trip')).toMatchObject({ status: 'completed', printed: ['books a hotel', 'books a flight', 'pays'] });
    expect(await run('trip', { cardIsGood: false })).toMatchObject({
      status: 'cancelled',
      cause: 'Pay: the card was refused',
      printed: ['books a hotel', 'books a flight', 'cancels flight F1', 'cancels hotel H1'],
    });
  });

  it('names the samples there are', async () => {
    expect(await app.get('/liteflow')).toHaveLength(11);
    await expect(run('loan')).rejects.toThrow('404');
  });
});

it('07 persistence: goes on at the number where it stood when it was killed', async ({ onTestFinished }) => {
  const own = new Place();
  onTestFinished(() => own.leave());
  const before = await own.start();
  const { id } = await before.post<View>('/liteflow/07-persistence');
  await until('counting', async () => (await before.get<View>(`/liteflow/${id}`)).printed.includes('2…'));
  await before.stop('SIGKILL');
  const after = await own.start();
  await until('completed', async () => (await after.get<View>(`/liteflow/${id}`)).status === 'completed');
  expect((await after.get<View>(`/liteflow/${id}`)).printed).toEqual(['Hello world', '3…', '2…', '1…', 'Goodbye']);
});
