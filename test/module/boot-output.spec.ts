/** What a terminal shows of an error of ours: its sentences, and no dump. */
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { inspect, stripVTControlCharacters } from 'node:util';
import { HttpException } from '@nestjs/common';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { InvalidInputError, InvalidWorkflowError, NotWaitingError, SchemaError, StoreUnavailableError, type WorkflowError } from 'nestjs-argonaut';
import { instancesOf } from '../support/instances.js';

vi.setConfig({ testTimeout: 60_000 }); // applications that boot, beside other tests

/** Where Node throws, in four lines, and its version in two. */
const NODES_OWN = /^node:internal.*\n.*\n.*\n\n|\n\nNode\.js v[\d.]+\n$/g;

describe('an application that cannot boot prints', () => {
  let start: Awaited<ReturnType<typeof instancesOf>>;
  beforeAll(async () => void (start = await instancesOf(new URL('./wrong-boot.ts', import.meta.url))));

  async function printed(wrong: string): Promise<string[]> {
    const instance = start({ wrong }, { silent: true });
    const [out] = await Promise.all([text(instance.stderr!), once(instance, 'exit')]);
    expect(instance.exitCode).toBe(1);
    return stripVTControlCharacters(out).replace(NODES_OWN, '').trim().split('\n');
  }

  const help = (name: string) => new RegExp(`^ {2}What helps: node_modules/nestjs-argonaut/docs/reference/errors\\.md#${name.toLowerCase()}\\]?$`);

  const noData = (sentence: RegExp) => [/ERROR \[ExceptionHandler\] \[?InvalidWorkflowError: There is a problem in the modules of this application:$/, sentence, help('InvalidWorkflowError')]; // prettier-ignore

  it.concurrent.each<[string, RegExp[]]>([
    ['no data source', noData(/^ {2}- WorkflowModule: there is no data source "default": import TypeOrmModule\.forRoot\(\{ \.\.\., autoLoadEntities: true \}\) in the root module\.$/)],
    ['no data source of a name', noData(/^ {2}- WorkflowModule: there is no data source "orders": import .* in the root module, with name: 'orders'\.$/)],
    ['another name', noData(/^ {2}- WorkflowModule: there is no data source "default", only "orders": say WorkflowModule\.forRoot\(\{ dataSource: 'orders' \}\), or give TypeOrmModule\.forRoot\(\) that name\.$/)],
    ['the default one', noData(/^ {2}- WorkflowModule: there is no data source "orders", only "default": leave out `dataSource`, or give .* that name\.$/)],
    ['hidden', noData(/^ {2}- WorkflowModule: the data source "default" is a provider of DatabaseModule, which does not share it: export it there, and put @Global\(\) on DatabaseModule\.$/)],
    ['graph', [/^\[?InvalidWorkflowError: There are 2 problems in WrongWorkflow:$/, /^ {2}- WrongWorkflow\.ask: next "pya" is not a step/, /^ {2}- WrongWorkflow\.pay: request "x" is not a method/, help('InvalidWorkflowError')]],
    ['tables', [/^SchemaError: The data source "default" is not ready: the tables workflow_process, .* are missing\. .* or set `schema: 'migrate'` to have it done at boot\.$/, help('SchemaError')]],
    ['place', [/ERROR \[ExceptionHandler\] \[?InvalidWorkflowError: There is a problem in the options of WorkflowModule:$/, /^ {2}- WorkflowModule: tables is for the TypeORM store, and the module has another `store`\.$/, help('InvalidWorkflowError')]],
  ])('the sentences, and nothing else but the line of the caller: %s', async (wrong, sentences) => {
    const lines = await printed(wrong);
    sentences.forEach((sentence, i) => expect(lines[i]).toMatch(sentence));
    expect(lines.slice(sentences.length).filter((line) => !/^ {4}at .*instance\.mjs:\d+:\d+/.test(line))).toEqual([]);
  }); // prettier-ignore
});

describe('a database that is down', () => {
  it.each(['down', 'down, and imported later'])('is named by the error of its driver, and not taken for a data source that is missing: %s', async (wrong) => {
    const start = await instancesOf(new URL('./wrong-boot.ts', import.meta.url));
    const instance = start({ wrong }, { silent: true });
    const [out] = await Promise.all([text(instance.stderr!), once(instance, 'exit')]);
    expect(instance.exitCode).toBe(1);
    expect(stripVTControlCharacters(out)).toMatch(/\[ExceptionHandler\] Error: connect ECONNREFUSED 127\.0\.0\.1:1/);
    expect(out).not.toContain('InvalidWorkflowError');
  });
});

describe('an error of a call', () => {
  const printed = (error: WorkflowError) => inspect(error).split('\n').filter((line) => !line.startsWith('    at ')); // prettier-ignore

  it('prints its message once, the ids that it has, and its stack', () => {
    expect(printed(new InvalidInputError('input', ['weight must be a number', 'city must be a string']))).toEqual([
      'InvalidInputError: input: weight must be a number; city must be a string',
    ]);
    const waiting = new NotWaitingError('p-1', 'pay', ['ask'], 'It waits for ask.');
    expect(printed(waiting)).toEqual(['NotWaitingError: It waits for ask.', expect.stringMatching(/ {$/), "  processId: 'p-1',", "  step: 'pay',", "  waitingFor: [ 'ask' ]", '}'].filter((line) => typeof line === 'string')); // prettier-ignore
    expect(waiting.stack).toContain('boot-output.spec.ts');
  });

  it('prints its cause with the stack of that: a real fault is not hidden', () => {
    const error = new StoreUnavailableError(new Error('connect ECONNREFUSED'));
    expect(inspect(error)).toMatch(/StoreUnavailableError: The database cannot be reached: connect ECONNREFUSED\n {4}at [^]*cause[^]*Error: connect ECONNREFUSED\n {6}at /);
  }); // prettier-ignore

  it('has all that it had, for those who ask', () => {
    for (const error of [new InvalidWorkflowError('x', ['y']), new SchemaError('x'), new InvalidInputError('x', ['y'])]) {
      expect(error).toBeInstanceOf(HttpException);
      expect(error.getResponse()).toMatchObject({ statusCode: error.getStatus(), error: error.name, message: error.message });
    }
    expect(new InvalidWorkflowError('loan', ['y']).problems).toEqual(['y']);
  });
});
