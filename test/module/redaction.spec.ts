/** What the application takes out of texts is neither stored nor printed by the engine. */
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fail, pause, Step, type StepRef, Workflow, WorkflowService } from '../../lib/index.js';
import { type WorkflowTestingOptions, WorkflowTestingModule } from '../../lib/testing.js';
import { describeError, traceOf } from '../../lib/values/describe-error.js';

const SECRET = 'hunter2';
const address = `postgres://ann:${SECRET}@db:5432`;
const redact = (text: string) => text.replaceAll(/:\/\/\w+:\w+@/g, '://***@');

class Wrong {
  ways: string[] = [];
}
@Workflow({ name: 'telling', context: Wrong })
class Tells {
  private readonly logger = new Logger('Tells');
  @Step() tell(_context: Wrong, step: StepRef) {
    step.note(`note of ${address}`);
    this.logger.debug({ address });
  }
  @Step({ forEach: 'ways' }) fails(_context: Wrong, step: StepRef) {
    if (step.item === 'throw') throw new Error(`cannot reach ${address}`, { cause: new Error(address) });
    if (step.item === 'object') throw { code: 1, address };
    if (step.item === 'many') throw new AggregateError([new Error(address), new Error('no route')]);
    if (step.item === 'pause') return pause(`until ${address} is back`);
    return fail(`no more ${address}`);
  }
}

describe('with `redact`', () => {
  let close = async () => {};
  afterEach(async () => {
    await close();
    vi.restoreAllMocks();
  });
  async function boot(options: WorkflowTestingOptions): Promise<WorkflowService> {
    const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot(options)], providers: [Tells] }).compile();
    await module.init();
    close = () => module.close();
    return module.get(WorkflowService);
  }
  /** What is stored of a process, and what the engine has printed. */
  async function told(workflows: WorkflowService, way: string): Promise<string> {
    const printed = (['log', 'warn', 'error'] as const).map((level) => vi.spyOn(Logger.prototype, level));
    const { id } = await workflows.start(Tells, { ways: [way] });
    await workflows.settled(id);
    const live = await workflows.get(Tells, id);
    if (live.status === 'suspended') await workflows.resume(id, { reason: `as ${address} is back` });
    await workflows.cancel(id, { reason: `instead of ${address}` });
    const stored = [await workflows.history(id), await workflows.log(id), await workflows.get(id), await workflows.explain(id), live];
    return JSON.stringify([stored, printed.map(({ mock }) => mock.calls)]);
  }

  it.each(['throw', 'object', 'many', 'pause', 'fail'])('nothing of a secret is left when a step tells of it: %s', async (way) => {
    const all = await told(await boot({ redact }), way);
    expect(all).not.toContain(SECRET);
    expect(all.split('://***@').length).toBeGreaterThan(4);
  });

  it('a function that fails, or gives no text, withholds the text', async () => {
    for (const wrong of [() => { throw new Error('no'); }, () => undefined as never]) {
      const all = await told(await boot({ redact: wrong }), 'throw');
      expect(all).not.toContain(SECRET);
      expect(all).toContain('(withheld: the redact option has failed)');
      await close();
    }
  }); // prettier-ignore

  it('texts are as they are without it, also after an application that had it has gone', async () => {
    await boot({ redact });
    await close();
    expect(await told(await boot({}), 'throw')).toContain(SECRET);
  });

  it('what is no function does not boot', async () => {
    await expect(boot({ redact: 'secrets' as never })).rejects.toThrow('WorkflowModule: redact: it must be a function');
    close = async () => {};
  });
});

describe('an error in words', () => {
  it('names its causes, one behind the other, and does not go in circles', () => {
    const last = new TypeError('c');
    const first = new Error('a', { cause: new RangeError('b', { cause: last }) });
    expect(describeError(first)).toBe('Error: a (cause: RangeError: b) (cause: TypeError: c)');
    last.cause = last;
    expect(describeError(last)).toBe('TypeError: c (cause: TypeError: c) (cause: TypeError: c) (cause: TypeError: c) (cause: TypeError: c)');
  });

  it('of several errors names them, also as a cause and with its stack', () => {
    const many = new AggregateError([new Error('no route'), new TypeError('no address'), 'text'], '');
    const said = '(3 errors: Error: no route; TypeError: no address; text)';
    expect(describeError(many)).toBe(`AggregateError:  ${said}`);
    expect(describeError(new Error('away', { cause: many }))).toBe(`Error: away (cause: AggregateError:  ${said})`);
    expect(traceOf(many)).toContain(said);
  });

  it('whose parts cannot be read is told by the others', () => {
    const refuses = (key: string, error: Error) => Object.defineProperty(error, key, { get: () => { throw new Error('no'); } }); // prettier-ignore
    expect(describeError(refuses('message', new TypeError('x')))).toBe('TypeError: its message cannot be read');
    expect(describeError(refuses('name', new TypeError('x')))).toBe('an error: x');
    expect(describeError(refuses('cause', new TypeError('x')))).toBe('TypeError: x');
    expect(describeError(refuses('errors', new AggregateError([], 'x')))).toBe('AggregateError: x');
    expect(traceOf(refuses('stack', new TypeError('x')))).toBe('TypeError: x');
    expect(describeError(Object.assign(new Error(), { message: { toString: 1 } }))).toBe('Error: its message cannot be read');
  });
});
