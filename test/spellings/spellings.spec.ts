import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../lib/index.js';
import { bootApp, type TestApp, until } from '../support/app.js';
import { type Database, isThere, libsqlFile, mysql, postgres, titleOf } from '../support/databases.js';
import { asJson, Built, Drawn, House, JSON_STEPS, Manuscript, Written } from './workflows.js';

const SPELLINGS = { 'the order written': 'written', 'the builder': 'built', 'the digraph': 'drawn', JSON: 'json' };

for (const make of [() => Promise.resolve(libsqlFile()), postgres, mysql]) {
  const database = await make();
  describe.skipIf(!isThere(database))(`four spellings behave alike: ${titleOf(database)}`, () => alike(database));
}

function alike(database: Database): void {
  let app: TestApp;
  const boot = () => bootApp(database, 'database', { providers: [House, Written, Built, Drawn, ...JSON_STEPS], options: { workflows: [asJson], contexts: [Manuscript], worker: { sweepInterval: '100ms' } } }); // prettier-ignore
  beforeAll(async () => {
    await (await boot()).close(); // makes the tables
  });
  beforeEach(async () => {
    app = await boot();
  });
  afterEach(() => app?.close());
  afterAll(() => database.drop());

  const statusIs = (id: string, status: string) => until(() => app.workflows.get(id), (now) => now.status === status || now.status === 'failed'); // prettier-ignore
  const waitsIn = (id: string, step: string) => until(() => app.workflows.get(id), ({ waits }) => waits.some((wait) => wait.step === step && wait.kind !== 'timer')); // prettier-ignore
  async function steps(id: string): Promise<string[]> {
    const records = await app.workflows.history(id);
    return records.filter(({ type }) => type === 'step-completed' || type === 'step-failed').map(({ type, step }) => `${step} ${type.slice(5)}`);
  }

  it.each(Object.entries(SPELLINGS))('%s: a long book', async (_spelling, workflow) => {
    const groupId = randomUUID();
    const { id } = await app.workflows.start(workflow, { title: groupId, pages: 1200 }, { groupId });
    await waitsIn(id, 'edit');
    await expect(app.workflows.provideInput(workflow, 'edit', id, { editor: 7 })).rejects.toThrow(InvalidInputError);
    await app.workflows.provideInput(workflow, 'edit', { groupId }, { editor: 'Maxwell' });
    await waitsIn(id, 'printed');
    await app.workflows.emit('printed', { title: groupId }, {});
    const { status, context } = await statusIs(id, 'completed');
    expect(status).toBe('completed');
    expect(context).toMatchObject({ drafts: 3, editedBy: 'Maxwell', read: ['one', 'three', 'two'], cover: 'blue', blurb: 'a must', isbn: '978-1', advertised: false });
    const path = (await steps(id)).filter((each) => !/^is(Rough|Long)/.test(each));
    expect(path.slice(0, 5)).toEqual(['measure completed', 'rewrite completed', 'rewrite completed', 'rewrite completed', 'edit completed']);
    expect(path.slice(5, 8)).toEqual(['readChapter completed', 'readChapter completed', 'readChapter completed']);
    expect(path.slice(8, 10).sort()).toEqual(['blurb completed', 'cover completed']);
    expect(path.slice(10)).toEqual(['number failed', 'number completed', 'dry completed', 'advertise failed', 'printed completed']);
  }); // prettier-ignore

  it.each(Object.entries(SPELLINGS))('%s: a short one needs no editor', async (spelling, workflow) => {
    const groupId = randomUUID();
    const { id } = await app.workflows.start(workflow, { title: groupId, pages: 3 }, { groupId });
    await waitsIn(id, 'printed');
    await app.workflows.emit('printed', { title: groupId }, {});
    const { status, context } = await statusIs(id, 'completed');
    expect(status).toBe('completed');
    expect(context).toMatchObject({ drafts: 3, read: ['one'], isbn: '978-1' });
    expect(context).not.toHaveProperty('editedBy', 'Maxwell');
    expect((await steps(id)).some((each) => each.startsWith('edit'))).toBe(false);
    // A digraph decides in a step of its own, whose completion tells where it went. A loop that ends skips nothing.
    const unmet = (await app.workflows.history(id)).filter(({ reason }) => reason === 'its condition does not hold');
    expect(unmet.map(({ type, step }) => [type, step])).toEqual(spelling === 'the digraph' ? [] : [['step-skipped', 'edit']]);
  });

  it.each(Object.entries(SPELLINGS))('%s: printed before its turn, it is done', async (_spelling, workflow) => {
    const title = randomUUID();
    const { id } = await app.workflows.start(workflow, { title, pages: 1200 });
    await waitsIn(id, 'edit');
    expect(await app.workflows.emit('printed', title, {})).toEqual([]);
    expect(await app.workflows.emit('printed', { title }, {})).toMatchObject([{ processId: id, disposition: 'delivered' }]);
    expect((await statusIs(id, 'completed')).status).toBe('completed');
    expect((await steps(id)).at(-1)).toBe('printed completed');
    const skipped = (await app.workflows.history(id)).filter(({ type, reason }) => type === 'step-skipped' && reason?.includes('its turn was passed'));
    expect(skipped.map(({ step }) => step)).toEqual(expect.arrayContaining(['edit', 'number', 'dry', 'advertise']));
  });

  it.each(Object.entries(SPELLINGS))('%s: wrong starting values are refused before anything is stored', async (_spelling, workflow) => {
    await expect(app.workflows.start(workflow, { titel: 'x' })).rejects.toThrow(InvalidInputError);
    await expect(app.workflows.start(workflow, {})).rejects.toThrow(InvalidInputError);
  });
}
