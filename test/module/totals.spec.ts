/** What one process may hold in all, and how large a refusal is. */
import 'reflect-metadata';
import { afterEach, describe, expect, it } from 'vitest';
import {
  go,
  InvalidInputError,
  InvalidWorkflowError,
  type Page,
  Step,
  type StepRef,
  UnknownStepError,
  ValueTooLargeError,
  type WaitView,
  Workflow,
} from '../../lib/index.js';
import { problemOf } from '../../lib/api/problem.js';
import { bootApp, type TestApp } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';

class Growing {
  parts: string[] = [];
  list: number[] = [];
}
@Workflow({ name: 'growing', context: Growing })
class Grows {
  @Step({ next: ['grow', 'end'] }) grow({ parts }: Growing) {
    return go('grow', { parts: [...parts, 'x'.repeat(1000)] });
  }
}
@Workflow({ name: 'noting' })
class Notes {
  @Step() speak(_context: object, step: StepRef) {
    for (let i = 0; i < 5; i++) step.note(`${i} ${'x'.repeat(3000)}`);
  }
}
@Workflow({ name: 'listing', context: Growing })
class Lists {
  @Step({ forEach: 'list' }) each() {}
}
@Workflow({ name: 'asking', context: Growing })
class Asks {
  @Step({ forEach: 'list', request: 'ask' }) each() {}
  ask() {}
}
@Workflow({ name: 'spawning' })
class Spawns {
  @Step({ child: 'spawning' }) again() {}
}
const providers = [Grows, Notes, Lists, Asks, Spawns];
const limits = { context: 10_000, notes: 3, items: 3, generations: 4 };

describe('a process', () => {
  let app: TestApp;
  let database: Database;
  async function boot(options: object = { limits }): Promise<TestApp> {
    database = libsqlFile();
    app = await bootApp(database, 'database', { providers, options });
    return app;
  }
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  it('that waits in many places shows 200 of them, and all in pages', async () => {
    const { workflows } = await boot({});
    const { id } = await workflows.start(Asks, { list: Array.from({ length: 450 }, (_, i) => i) });
    await workflows.settled(id);
    const [shown, told] = [await workflows.get(id), await workflows.explain(id)];
    expect([shown.waits.length, told.waits.length]).toEqual([200, 200]);
    expect(told.remedies.length).toBeLessThanOrEqual(20);
    const keys = new Set<string>();
    let cursor: string | null = null;
    for (const size of [200, 200, 50]) {
      const page: Page<WaitView> = await workflows.waits(id, { limit: 200, internals: true, ...(cursor && { cursor }) });
      expect(page.items).toHaveLength(size);
      for (const { key } of page.items) keys.add(key!);
      cursor = page.next;
    }
    expect([keys.size, cursor]).toEqual([450, null]);
    await expect(workflows.waits(id, { limits: 2 } as never)).rejects.toThrow('Did you mean "limit"?');
    await expect(workflows.waits(id, { cursor: 'none' })).rejects.toThrow('cursor must be the `next` of a page before');
  });

  it('whose context has grown to its limit fails in the step that leads beyond', async () => {
    const { workflows } = await boot();
    const { id } = await workflows.start(Grows);
    const { status, cause } = await workflows.settled(id);
    expect([status, cause]).toEqual([
      'failed',
      expect.stringMatching(/ValueTooLargeError: The context, with the new values, has \d+ bytes as JSON; at most 10000/),
    ]);
    const { context } = await workflows.get(Grows, id);
    expect(context.parts).toHaveLength(9);
  });

  it('keeps so many notes of an attempt, and says how many it has left out', async () => {
    const { workflows } = await boot();
    const { id } = await workflows.start(Notes);
    await workflows.settled(id);
    const notes = (await workflows.log(id)).map(({ text }) => text);
    expect(notes.map((text) => text.length)).toEqual([2000, 2000, 2000, '2 more notes were left out'.length]);
    expect(notes.at(-1)).toBe('2 more notes were left out');
  });

  it('with a list that is too long for its forEach fails, and says so', async () => {
    const { workflows } = await boot();
    const { id } = await workflows.start(Lists, { list: [1, 2, 3, 4] });
    expect(await workflows.settled(id)).toMatchObject({
      status: 'failed',
      cause: expect.stringMatching(/a list of 4 items; at most 3 are taken \(limits\.items\)/),
    });
  });

  it('that starts itself as its child comes to an end', async () => {
    const { workflows } = await boot();
    const { id } = await workflows.start(Spawns);
    let failed = 0;
    while (failed === 0) failed = (await workflows.find({ status: 'failed' })).items.length + (await once(workflows.records));
    const all = (await workflows.find({ limit: 100 })).items;
    expect(all).toHaveLength(5);
    expect((await workflows.find({ status: 'failed' })).items[0]!.cause).toContain(
      'it would be a child inside 4 others, and there may be no more (limits.generations)',
    );
    expect((await workflows.get(Spawns, id)).status).toBe('waiting');
  });

  it('with wrong limits does not boot', async () => {
    await expect(boot({ limits: { itmes: 1, notes: 0 } })).rejects.toThrow(
      /no option "limits\.itmes"\. Did you mean "items"\?[^]*limits\.notes 0 is not a whole number from 1/,
    );
    await boot();
  });
});

/** The next record has come, or a little time has gone. */
function once(records: TestApp['workflows']['records']): Promise<number> {
  return new Promise((resolve) => {
    const end = records.subscribe(() => {
      end.unsubscribe();
      resolve(0);
    });
  });
}

describe('a refusal', () => {
  const many = (count: number, text: string) => Array.from({ length: count }, (_, i) => `${i}: ${text}`);
  it.each([
    ['of thousands of faults', new InvalidInputError('The data', many(20_000, 'is wrong'))],
    ['of one long fault', new InvalidInputError('x'.repeat(1e6), ['y'.repeat(1e6)])],
    ['in characters that JSON writes long', new InvalidInputError('\u0001'.repeat(1e5), many(1000, '\u0001\ud83d'.repeat(100)))],
    ['of a document', new InvalidWorkflowError('w'.repeat(1e5), many(5000, 'step'), 'define')],
    ['with long names', new UnknownStepError('w'.repeat(1e5), 's'.repeat(1e5), 'r'.repeat(1e5))],
    ['of a long key', new ValueTooLargeError('k'.repeat(1e6), 1, 1)],
  ])('%s has at most 16 kB, from Nest and over our API', (_what, error) => {
    for (const body of [error.getResponse(), problemOf(error)]) expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(16_384);
    expect(error.message.length).toBeGreaterThan(50);
  });

  it('says how many faults it has not named', () => {
    const { problems } = new InvalidInputError('The data', many(20_000, 'is wrong'));
    expect(problems[0]).toBe('0: is wrong');
    expect(problems.at(-1)).toBe(`and ${20_000 - problems.length + 1} more`);
  });

  it('at boot is whole: it goes to the log of the application', () => {
    expect(new InvalidWorkflowError('all', many(2000, 'is wrong')).problems).toHaveLength(2000);
  });
});
