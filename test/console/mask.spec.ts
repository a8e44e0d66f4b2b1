/** What the application does not want to be seen leaves it in no answer. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ANSWERS } from '../../lib/api/answers.js';
import type { JsonShape } from '../../lib/api/json-shape.js';
import type { ShownData } from '../../lib/console/console-options.js';
import { maskedAnswer } from '../../lib/console/masked-answers.js';
import { CONSOLE_ROUTES } from '../../lib/console/workflow-console.module.js';
import { refusedBy, scoreIdOf } from '../api/support.js';
import { until } from '../support/app.js';
import { consoleClient, consoleForBlock, guardedConsole } from './support.js';

const asked: ShownData[] = [];

/** Amounts and scores are for those who may mend. */
function mask({ user }: { user: { rights: readonly string[] } }, data: ShownData): unknown {
  asked.push(data);
  if (user.rights.includes('mend') || typeof data.value !== 'object' || data.value === null) return data.value;
  return { ...data.value, ...Object.fromEntries(['amount', 'score', 'value'].filter((key) => key in (data.value as object)).map((key) => [key, '•••'])) };
}

describe('masked', () => {
  const app = consoleForBlock({ api: guardedConsole({ mask }) });
  let process: string;
  let message: string;
  beforeAll(async () => {
    process = (await app.workflows.start('loan', { tenant: 'a', amount: 77_123 }, { groupId: 'a:1' })).id;
    message = (await refusedBy(app, process)).id;
    await app.workflows.respond('loan', 'score', await scoreIdOf(app, process), { score: 88_456 });
    await until(() => app.workflows.get(process), ({ waits }) => waits[0]?.kind === 'input'); // prettier-ignore
  });

  it.each([
    'processes/:process',
    'processes/:process/situation',
    'processes/:process/versions/1',
    'processes/:process/versions/2',
    'processes/:process/diff?from=1&to=2',
    'processes/:process/history',
    'processes/:process/export',
    'inbox',
    'inbox/:message',
  ])('%s shows what a request may see, and no more', async (path) => {
    const at = path.replace(':process', process).replace(':message', message);
    const [masked, whole] = [await consoleClient(app, 'a read')('GET', at), await consoleClient(app, 'a read,mend')('GET', at)];
    expect([masked.status, whole.status]).toEqual([200, 200]);
    expect(masked.text).toContain('•••');
    expect(masked.text).not.toMatch(/77123|88456/);
    expect(whole.text).not.toContain('•••');
    if (!path.startsWith('inbox')) expect(whole.text).toMatch(/77123|88456/);
  });

  it('values and inputs of a bulk run are seen by their keys', () => {
    const hidden = (_kind: string, value: unknown) => ({ ...(value as object), ...(Object.hasOwn(value as object, 'amount') && { amount: '•••' }) });
    const run = { filter: { workflow: 'loan', values: { amount: 1 } }, options: { patch: { amount: 2 }, input: { amount: 3 } } };
    const values = { amount: '•••' };
    expect(maskedAnswer('BulkRun', run, hidden)).toEqual({ filter: { workflow: 'loan', values }, options: { patch: values, input: values } });
  });

  it('the application is given plain JSON, and its kind', async () => {
    asked.length = 0;
    await consoleClient(app, 'a read')('GET', `processes/${process}/export`);
    expect(new Set(asked.map(({ kind }) => kind))).toEqual(new Set(['context', 'message']));
    asked.length = 0;
    await consoleClient(app, 'a read')('GET', `processes/${process}/history`);
    expect(asked).toContainEqual({ kind: 'result', value: { score: 88_456 } });
  });

  it('a mask that throws shows nothing', async () => {
    const broken = maskedAnswerOf({ version: 1, context: { amount: 1 } }, () => {
      throw new Error('broken');
    });
    expect(broken).toThrow('broken');
  });
});

function maskedAnswerOf(answer: object, mask: () => never): () => unknown {
  return () => maskedAnswer('VersionContext', answer, mask);
}

/** Answers that hold any JSON, and why it is no data of a process. */
const NO_DATA: Readonly<Record<string, string>> = {
  Wait: 'schema: made of a class',
  WaitPage: 'schema: made of a class',
  Explanation: 'schema: made of a class',
  OwedInput: 'schema: made of a class',
  OwedInputPage: 'schema: made of a class',
  WorkflowDetail: 'schemas: made of classes',
  WorkflowStep: 'schemas: made of classes',
  OutboxMessage: 'pattern: a name',
  OutboxPage: 'pattern: a name',
  Document: 'the OpenAPI document',
  Problem: 'errors, which `redact` has seen',
};

describe('every answer that holds data of a process', () => {
  const named = (ref: string) => ref.slice(ref.lastIndexOf('/') + 'WorkflowApi'.length + 1);
  /** True if a part of the shape may be any JSON. */
  function isOpen(shape: JsonShape): boolean {
    if (typeof shape.$ref === 'string') return isOpen(ANSWERS[named(shape.$ref)]!);
    if (shape.items) return isOpen(shape.items as JsonShape);
    if (shape.properties) return Object.values(shape.properties as Record<string, JsonShape>).some(isOpen);
    return shape.type === undefined || (Array.isArray(shape.type) ? shape.type.includes('object') : shape.type === 'object');
  }
  /** An answer of a shape, in which any JSON is the text `secret`. */
  function sample(shape: JsonShape): unknown {
    if (typeof shape.$ref === 'string') return sample(ANSWERS[named(shape.$ref)]!);
    if (shape.items) return [sample(shape.items as JsonShape)];
    if (shape.properties) return Object.fromEntries(Object.entries(shape.properties as Record<string, JsonShape>).map(([key, each]) => [key, key === 'key' ? 'k' : isOpen(each) && !each.properties && !each.items && !each.$ref ? { k: 'secret' } : sample(each)])); // prettier-ignore
    return null;
  }

  const answers = [...new Set(CONSOLE_ROUTES.map(({ answer }) => answer))].filter((name) => name in ANSWERS && isOpen(ANSWERS[name]!));

  it.each(answers.filter((name) => !(name in NO_DATA)))('is masked: %s', (name) => {
    const whole = sample(ANSWERS[name]!);
    expect(JSON.stringify(whole)).toContain('secret');
    const schemas = /"schema":\{"k":"secret"\}|"pattern":\{"k":"secret"\}/g;
    expect(JSON.stringify(maskedAnswer(name, whole, () => ({ k: '•' }))).replaceAll(schemas, '')).not.toContain('secret');
  });
});
