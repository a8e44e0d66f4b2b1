/** What a document can say, what it cannot, and that nothing in it is ever run. */
import 'reflect-metadata';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { IsInt, IsString } from 'class-validator';
import { afterAll, describe, expect, it } from 'vitest';
import { InvalidInputError, InvalidWorkflowError, Step, type StepRef, UnknownWorkflowError, type WorkflowJson, workflowSchema } from 'nestjs-argonaut';
import { until } from '../support/app.js';
import { type Behaviours, type Bench, defined, documentOf, DUMMY, Journal, onEachDatabase, Turnstile, unique } from './row.js';

class Approval {
  @IsString() by!: string;
  @IsInt() amount!: number;
}

@Step({ input: Approval })
class Approve {
  constructor(private readonly journal: Journal) {}
  run(context: object, step: StepRef<unknown, unknown, Approval>) {
    this.journal.run(context, step);
    return { approvedBy: step.message.by, isTyped: step.message instanceof Approval };
  }
  remind() {}
}

class Article {
  @IsString() data_dir!: string;
  urls: string[] = [];
  ready = false;
}

const folder = mkdtempSync(join(tmpdir(), 'argonaut-language-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

await onEachDatabase({ providers: [Approve], queues: ['work', 'other'], options: { contexts: [Article] } }, language);

function language(bench: Bench): void {
  const problemsOf = async (given: unknown): Promise<string[]> => {
    const error: unknown = await bench.workflows.define(given as WorkflowJson).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidWorkflowError);
    return (error as InvalidWorkflowError).problems;
  };
  const stored = async () => (await bench.app.engine.store.maintenance.definitions()).length;

  describe('a malformed document', () => {
    const fine = { name: 'a', use: 'Act' };
    it.each<[string, object, string]>([
      ['no steps', {}, 'it has no steps. List them under "steps".'],
      ['an empty list', { activities: [] }, 'activities must NOT have fewer than 1 items'],
      ['two lists', { steps: [fine], activities: [fine] }, 'it has steps and activities, which are two words for one list. Leave out one.'],
      ['a list that is none', { activities: { name: 'a' } }, 'activities must be array'],
      ['a step that is a word', { activities: ['Act'] }, 'activities[0] must be object'],
      ['a step without a name', { activities: [fine, { use: 'Act' }] }, 'activities[1] must have "name"'],
      ['a misspelt word in a step', { activities: [fine, { name: 'b', use: 'Act', independant: true }] }, 'activities[1] has no "independant". Did you mean "independent"?'],
      ['a yes that is a word', { activities: [{ ...fine, required: 'yes' }] }, 'activities[0].required must be boolean'],
      ['settings that are a list', { activities: [{ ...fine, config: [1] }] }, 'activities[0].config must be object'],
      ['a version that is none', { version: 1.5, activities: [fine] }, 'version must be integer'],
      ['no tries', { activities: [{ ...fine, retry: { attempts: 0 } }] }, 'activities[0].retry.attempts must be >= 1'],
      ['a back-off there is not', { activities: [{ ...fine, retry: { attempts: 2, backoff: 'linear' } }] }, 'activities[0].retry.backoff must be one of fixed, exponential, not "linear".'],
      ['no duration', { activities: [{ ...fine, timeout: 'soon' }] }, `activities[0].timeout "soon" is not a duration. Say for instance '30s', '2 days', or a number of milliseconds.`],
      ['a queue there is not', { activities: [{ ...fine, queue: 'wrok' }] }, 'activities[0] (a): queue "wrok" is not in the queues of the task queue: work, other. Did you mean "work"?'],
      ['a context there is not', { context: 'Artcle', activities: [fine] }, 'context "Artcle" is not in the contexts of the module: Article. Did you mean "Article"?'],
      ['a key there is not', { context: 'Article', activities: [{ ...fine, if: 'redy' }] }, 'activities[0] (a): if "redy" is not a key of the context. Did you mean "ready"?'],
      ['a child there is not', { activities: [{ ...fine, child: 'nobody-knows' }] }, 'activities[0] (a): child "nobody-knows" is no workflow of this application.'],
      ['one name twice', { activities: [fine, fine] }, 'activities[1] (a): two things in its flow are called "a". Give one of them another name.'],
      ['an edge to nobody', { activities: [fine], flow: { start: ['b'] } }, 'flow.start[0]: it names "b", which is not a step. Did you mean "a"?'],
      ['a word of its own', { activities: [fine], on_failure: 'x' }, 'there is no "on_failure".'],
    ])('B-23 %s is refused with its place in the document, and nothing is stored', async (_fault, given, problem) => {
      const [name, before] = [unique(), await stored()];
      expect(await problemsOf({ name, ...given })).toContain(`workflow "${name}": ${problem}`);
      expect(await stored()).toBe(before);
      await expect(bench.workflows.start(name)).rejects.toThrow(UnknownWorkflowError);
    }); // prettier-ignore

    it('B-23 all that is wrong is said at once', async () => {
      const name = unique();
      const wrong = {
        name,
        version: 0,
        activities: [
          { name: 'a', use: 'Act', requird: true },
          { use: 'Act', retry: 'often' },
        ],
      };
      expect((await problemsOf(wrong)).toSorted()).toEqual(
        [
          `workflow "${name}": version must be >= 1`,
          `workflow "${name}": activities[0] has no "requird". Did you mean "required"?`,
          `workflow "${name}": activities[1] must have "name"`,
          `workflow "${name}": activities[1].retry must be integer or object`,
        ].toSorted(),
      );
    });

    it('B-23 what is no document at all is refused', async () => {
      for (const wrong of ['text', null, undefined, 7] as unknown as WorkflowJson[])
        await expect(bench.workflows.define(wrong)).rejects.toThrow(InvalidInputError);
      expect((await problemsOf([])).length).toBeGreaterThan(0);
      expect((await problemsOf({})).join()).toMatch(/must have "name"/);
    });

    it('B-23 a file that is no JSON, or is not there, is a boot error that names it, beside all others', async () => {
      const files = { 'cut.json': '{ "name": "cut", ', 'list.json': '[]', 'wrong.json': JSON.stringify({ ...documentOf(['a']), nam: 1 }) };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
      const workflows = [...Object.keys(files), 'nowhere.json'].map((name) => join(folder, name));
      const error: unknown = await bench.instance({ options: { workflows } }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(InvalidWorkflowError);
      const { problems } = error as InvalidWorkflowError;
      for (const line of [/cut\.json: it cannot be read: .*JSON/, /^list\.json: must be object/, /^wrong\.json: there is no "nam"\. Did you mean "name"\?/, /nowhere\.json: it cannot be read: ENOENT/]) {
        expect(problems).toContainEqual(expect.stringMatching(line));
      } // prettier-ignore
    });
  });

  describe('nothing in a document is run', () => {
    it('B-23 strings that look like code are strings', async () => {
      const strings = ['() => process.exit(1)', '${process.exit(1)}', '{{ 7 * 7 }}', '=1+1', "'; drop table argonaut_process; --", '__proto__', '$(reboot)', 'function(){}']; // prettier-ignore
      const configs: unknown[] = [];
      const activities = strings.map((text) => ({ name: text, stage: `stage of ${text}`, config: { text, nested: [{ text }] } }));
      const name = await defined(bench, activities, { config: { all: strings } });
      const look = (_context: unknown, step: StepRef) => void configs.push(step.config);
      const { process, id } = await bench.run(name, { given: strings }, Object.fromEntries(strings.map((text) => [text, look])));
      expect(process.status).toBe('completed');
      expect(configs).toEqual(strings.map((text) => ({ all: strings, text, nested: [{ text }] })));
      expect(await bench.steps(id)).toEqual(strings);
    });

    it.each(['1 === 1', '!context.no', 'context.yes', 'true', '() => true'])('B-23 a condition is the name of a key, so %j is not true', async (text) => {
      const { names } = await bench.run(await defined(bench, [{ name: 'a', if: text }, { name: 'b', while: text }, 'c']), { yes: true });
      expect(names()).toEqual(['c']);
    });

    it.each(['toString', 'hasOwnProperty', 'valueOf', 'constructor', '__proto__'])('B-23 what every object has is no key: %s', async (key) => {
      const child = await defined(bench, ['in the child']);
      const name = await defined(bench, [{ name: 'a', if: key }, { name: 'b', child: { workflow: child, with: [key] } }, 'c'], { completeWhen: key });
      const { id } = await bench.start(name);
      await bench.reaches(id, 'completed');
      expect(await bench.steps(id)).toEqual(['b', 'c']);
    });

    it('B-23 a reminder must be a method of the step class, and not one that every object has', async () => {
      const remind = (method: string) => documentOf([{ name: 'a', use: 'Approve', overdue: { after: '1h', do: method } }]);
      await bench.workflows.define(remind('remind'));
      for (const method of ['toString', 'constructor', 'hasOwnProperty', '__defineGetter__'])
        expect((await problemsOf(remind(method))).join()).toContain(`overdue.do "${method}" is not a method of Approve.`);
    });

    it('B-23 a name that means something to JavaScript means nothing here', async () => {
      const activities = ['constructor', 'toString', 'hasOwnProperty'];
      const nothing = Object.create(null) as Behaviours; // has none of these either
      const linear = await bench.run(await defined(bench, activities), {}, nothing);
      expect(linear.names()).toEqual(activities);
      const drawn = await bench.run(await defined(bench, activities, { flow: { start: ['toString'], toString: ['hasOwnProperty'], hasOwnProperty: ['constructor'] } } as unknown as Partial<WorkflowJson>), {}, nothing); // prettier-ignore
      expect(drawn.names()).toEqual(['toString', 'hasOwnProperty', 'constructor']);
    });

    it('B-23 what is no data, or no database takes, is refused with its place', async () => {
      const name = unique();
      const polluting = JSON.parse('{ "__proto__": { "polluted": true } }') as object;
      const faults: [object, string][] = [
        [{ config: polluting }, 'config.__proto__ cannot be stored: no key may be called that.'],
        [{ config: { run: () => 1 } }, 'config.run cannot be stored: it is a function.'],
        [{ config: { list: [new Map()] } }, 'config.list[0] cannot be stored: it is a Map: store an array or an object.'],
        [{ config: { text: 'half \u0000' } }, 'config.text cannot be stored: it has a NUL or half a surrogate pair, which databases do not take.'],
        [{ completeWhen: () => true }, 'completeWhen must be string'],
      ];
      for (const [fault, problem] of faults) expect(await problemsOf({ ...documentOf(['a']), name, ...fault })).toContain(`workflow "${name}": ${problem}`);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      await expect(bench.workflows.start(name)).rejects.toThrow(UnknownWorkflowError);
    });
  });

  describe('the context', () => {
    it('B-22 a context class gives defaults and rules: what is wrong is said field by field, and nothing is made', async () => {
      const name = await defined(bench, ['a'], { context: 'Article' });
      const { id, groupId } = await bench.run(name, { data_dir: '/data' });
      expect(await bench.context(id)).toEqual({ data_dir: '/data', urls: [], ready: false });
      expect(bench.journal.of(groupId)[0]!.context).toEqual({ data_dir: '/data', urls: [], ready: false });
      await expect(bench.workflows.start(name, { data_dir: 7 })).rejects.toThrow(/data_dir must be a string/);
      await expect(bench.workflows.start(name, { data_dir: '/data', ulrs: [] })).rejects.toThrow(/ulrs is not a key of the context. Did you mean "urls"\?/);
    });

    it('B-22 a JSON Schema does the same', async () => {
      const context = {
        type: 'object',
        required: ['data_dir'],
        additionalProperties: false,
        properties: {
          data_dir: { type: 'string', minLength: 1 },
          urls: { type: 'array', items: { type: 'string', format: 'uri' }, default: [] },
          sizes: { type: 'object', properties: { most: { type: 'integer', default: 10 } }, default: {} },
          done: { type: 'boolean' },
        },
      };
      const name = await defined(bench, ['a', { name: 'b', if: 'done' }], { context });
      const { id, names } = await bench.run(name, { data_dir: '/data', urls: ['http://x/1'] }, { a: () => ({ done: true }) });
      expect(await bench.context(id)).toEqual({ data_dir: '/data', urls: ['http://x/1'], sizes: { most: 10 }, done: true });
      expect(names()).toEqual(['a', 'b']);
      const groupId = unique('g');
      const wrong: unknown = await bench.workflows
        .start(name, { urls: ['not one'], sizes: { most: 1.5 }, othr: 1, ulrs: 1 }, { groupId })
        .catch((thrown: unknown) => thrown);
      expect(wrong).toBeInstanceOf(InvalidInputError);
      expect((wrong as InvalidInputError).problems.toSorted()).toEqual([
        'data_dir: must be given', 'othr: is not a key of it.', 'sizes.most: must be integer', 'ulrs: is not a key of it. Did you mean "urls"?', 'urls.0: must match format "uri"',
      ]); // prettier-ignore
      expect((await bench.workflows.find({ groupId })).items).toEqual([]);
    });

    it('B-22 a schema that is none is refused; one that reaches out for another is too', async () => {
      for (const context of [{ type: 'text' }, { $ref: 'https://example.com/schema.json' }, { properties: { a: { minimum: 'much' } } }]) {
        expect((await problemsOf(documentOf(['a'], { context }))).join()).toMatch(/: context is no JSON Schema: /);
      }
    });
  });

  describe('what a document can say', () => {
    it('B-17 config: that of the workflow, with that of the step on top, and no other step sees it', async () => {
      const configs: unknown[] = [];
      const look = (_context: unknown, step: StepRef) => void configs.push(step.config);
      const activities = [{ name: 'a', config: { bucket: 'a', deep: { own: 1 } } }, 'b', { name: 'c', queue: 'work', config: {} }];
      const name = await defined(bench, activities, { config: { bucket: 'all', deep: { of: 'all' }, list: [1] } });
      const { id } = await bench.start(name, {}, { a: look, b: look, c: look });
      await bench.reaches(id, 'completed');
      const all = { bucket: 'all', deep: { of: 'all' }, list: [1] };
      expect(configs).toEqual([{ ...all, bucket: 'a', deep: { own: 1 } }, all, all]);
    });

    it('B-17 what a step does to its config stays with it', async () => {
      const seen: unknown[] = [];
      const spoil = (_context: unknown, { config }: StepRef) => {
        seen.push(structuredClone(config));
        try {
          (config as Record<string, unknown>)['list'] = 'spoilt';
          (config['deep'] as Record<string, unknown>)['of'] = 'spoilt';
        } catch {} // it may be frozen
      };
      const name = await defined(bench, [{ name: 'a', config: { own: { of: 1 } } }, 'b'], { config: { deep: { of: 'all' }, list: [1] } });
      for (const _time of [1, 2]) await bench.run(name, {}, { a: spoil, b: spoil });
      const all = { deep: { of: 'all' }, list: [1] };
      expect(seen).toEqual([{ ...all, own: { of: 1 } }, all, { ...all, own: { of: 1 } }, all]);
    });

    it('B-3 flow: a digraph, with decisions by name or index, loops, and branches that meet again', async () => {
      const flow = { start: ['look'], look: ['small', 'big', 'look'], small: ['end-of-it'], big: ['end-of-it'] };
      const name = await defined(bench, ['look', 'small', 'big', 'end-of-it'], { flow });
      const choices = [2, 'look', 'big'];
      const { process, names } = await bench.run(name, {}, { look: () => choices.shift() });
      expect([process.status, names()]).toEqual(['completed', ['look', 'look', 'look', 'big', 'end-of-it']]);
      const wrong = await bench.run(name, {}, { look: () => 'medium' });
      expect(wrong.process).toMatchObject({ status: 'failed', cause: expect.stringContaining('"medium"') as string });
    });

    it('B-17 a step class with a DTO makes the document wait for an input, which is checked and typed', async () => {
      const name = await defined(bench, ['a', { name: 'sign', use: 'Approve' }, 'b']);
      const { id, process, names } = await bench.run(name);
      expect([process.status, names()]).toEqual(['waiting', ['a']]);
      const [owed] = (await bench.workflows.waitingForInput({ workflow: name })).items;
      expect(owed).toMatchObject({ processId: id, step: 'sign', schema: { type: 'object', required: ['by', 'amount'] } });
      await expect(bench.workflows.provideInput(name, 'sign', id, { by: 7 })).rejects.toThrow(/by must be a string.*amount must be an integer/s);
      expect((await bench.workflows.get(id)).status).toBe('waiting');
      await bench.workflows.provideInput(name, 'sign', id, { by: 'ann', amount: 3 });
      expect((await bench.settled(id)).status).toBe('completed');
      expect(await bench.context(id)).toEqual({ approvedBy: 'ann', isTyped: true });
      expect(names()).toEqual(['a', 'sign', 'b']);
    });

    it('B-17 child: another document, with the keys it starts with; its failure waits for a person, its end lets the parent go on', async () => {
      const child = await defined(bench, ['inner'], { context: { type: 'object', properties: { url: {}, fetched: {} }, additionalProperties: false } });
      const parent = await defined(bench, [{ name: 'fetch', child: { workflow: child, with: ['url', 'missing'] } }, 'after']);
      const { id, groupId } = await bench.start(parent, { url: 'http://x', secret: 1 }, { fetch: (_context, { message }) => ({ got: message }) });
      await bench.reaches(id, 'completed');
      expect(await bench.context(id)).toEqual({ url: 'http://x', secret: 1, got: { url: 'http://x' } });
      const { items } = await bench.workflows.find({ workflow: child });
      expect(items).toMatchObject([{ status: 'completed', parentId: id }]);
      expect(bench.journal.names(groupId)).toEqual(['fetch', 'after']);
    });

    it('B-17 two documents may each be the child of the other, once the second is known', async () => {
      const [one, two] = [unique(), unique()];
      await bench.workflows.define({ ...documentOf(['a']), name: two });
      await bench.workflows.define({ ...documentOf([{ name: 'b', if: 'deeper', child: two }]), name: one });
      await bench.workflows.define({ ...documentOf([{ name: 'c', child: one }]), name: two });
      const { id } = await bench.start(two);
      await bench.reaches(id, 'completed');
    });

    it('B-26 forEach: once for each item, so many at a time, in a queue or not; the next step waits for all', async () => {
      for (const queue of [{}, { queue: 'work' }]) {
        const gate = new Turnstile();
        const fetched = (_context: unknown, { item }: StepRef) => gate.pass().then(() => ({ got: (latest: unknown[] = []) => [...latest, item] }));
        const name = await defined(bench, [{ name: 'a', forEach: 'urls', concurrency: 2, ...queue }, 'b'], { context: { type: 'object' } });
        const { id, groupId } = await bench.start(name, { urls: ['x', 'y', 'z', 'w'] }, { a: fetched });
        for (const [left] of [[2], [2], [2], [1]]) {
          await gate.isFull(left!);
          expect(bench.journal.of(groupId, 'b')).toEqual([]);
          await gate.letOut();
        }
        await bench.reaches(id, 'completed');
        expect(gate.most).toBe(2);
        expect((await bench.context(id)).got.toSorted()).toEqual(['w', 'x', 'y', 'z']);
        expect(bench.journal.of(groupId, 'a').map(({ index }) => index).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]); // prettier-ignore
        expect(bench.journal.of(groupId, 'b')).toHaveLength(1);
      }
    });

    it('B-9 forEach of a step that is not required passes over the items that fail, and no others', async () => {
      const odd = (_context: unknown, { index }: StepRef) => {
        if (index % 2 === 1) throw new Error('odd');
        return { got: (latest: number[] = []) => [...latest, index] };
      };
      const { id, process } = await bench.run(await defined(bench, [{ name: 'a', forEach: 'urls', required: false }, 'b']), { urls: [0, 1, 2, 3] }, { a: odd });
      expect(process.status).toBe('completed');
      expect((await bench.context(id)).got.toSorted()).toEqual([0, 2]);
      expect(await bench.steps(id, 'step-skipped')).toEqual(['a', 'a']);
    });

    it('B-15 a document is taken as an object, as the path of a file, and by define(), and is the same', async () => {
      const { name: _name, ...document } = documentOf(['a', { name: 'b', independent: true }, 'c']);
      const [object, file, run] = [unique(), unique(), unique()];
      const path = join(folder, `${file}.json`);
      writeFileSync(path, JSON.stringify({ ...document, name: file }));
      const app = await bench.instance({ options: { workflows: [{ ...document, name: object }, path] } }, bench.journal);
      try {
        await app.workflows.define({ ...document, name: run } as WorkflowJson);
        const drawings = [object, file, run].map((name) => app.workflows.draw(name).replaceAll(name, 'it'));
        expect(new Set(drawings).size).toBe(1);
        for (const name of [object, file, run]) {
          const { id } = await app.workflows.start(name);
          expect((await app.workflows.settled(id, { timeout: '10s' })).status).toBe('completed');
          expect((await bench.steps(id)).at(-1)).toBe('c');
        }
        await until(() => [object, file, run].every((name) => bench.app.engine.registry.names().includes(name)), Boolean); // prettier-ignore
      } finally {
        await app.close();
      }
    });

    it('B-27 what the author does to his object after define() changes nothing', async () => {
      const document = structuredClone(documentOf([{ name: 'a', config: { colour: 'red' } }])) as any;
      await bench.workflows.define(document);
      document.activities[0].config.colour = 'blue';
      document.activities.push({ name: 'b', use: 'Act' });
      const configs: unknown[] = [];
      const { names } = await bench.run(document.name, {}, { a: (_context, step) => void configs.push(step.config) });
      expect([names(), configs]).toEqual([['a'], [{ colour: 'red' }]]);
      expect((await bench.workflows.start(document.name)).workflowVersion).toBe(1);
    });
  });
}

describe('the JSON Schema of documents', () => {
  const check = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(workflowSchema);

  it('B-23 takes the document of Libero’s README as it is, and the file of the package is the same schema', () => {
    expect(check(DUMMY), JSON.stringify(check.errors)).toBe(true);
    expect(JSON.parse(readFileSync(join(import.meta.dirname, '../../workflow.schema.json'), 'utf8'))).toEqual(workflowSchema);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', []],
    ['no name', { activities: DUMMY.activities }],
    ['an empty name', { ...DUMMY, name: '' }],
    ['no steps', { name: 'x' }],
    ['steps and activities', { ...DUMMY, steps: DUMMY.activities }],
    ['a word there is not', { ...DUMMY, on_failure: 'x' }],
    ['a word there is not, in an activity', { ...DUMMY, activities: [{ name: 'a', max_retries: 3 }] }],
    ['an activity without a name', { ...DUMMY, activities: [{ required: true }] }],
    ['a word for yes', { ...DUMMY, activities: [{ name: 'a', required: 'true' }] }],
    ['code for a condition', { ...DUMMY, activities: [{ name: 'a', if: { $js: 'x > 1' } }] }],
    ['a time that is none', { ...DUMMY, activities: [{ name: 'a', timeout: '10 parsecs' }] }],
    ['an endless retry', { ...DUMMY, activities: [{ name: 'a', retry: { attempts: 'unlimited' } }] }],
    ['a loser of no race', { ...DUMMY, activities: [{ name: 'a', parallel: { group: 'g', losers: 'finish' } }] }],
  ])('B-23 refuses %s', (_fault, wrong) => expect(check(wrong)).toBe(false));
});
