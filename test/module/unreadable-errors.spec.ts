/** Whatever a step throws, its process has failed with some reason. */
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { Step, Workflow } from '../../lib/index.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';

const refuses = (key: 'message' | 'stack' | 'name') =>
  Object.defineProperty(new Error('told'), key, {
    get() {
      throw new Error('in the getter');
    },
  });

let thrown: unknown;

@Workflow({ name: 'unreadable' })
class Unreadable {
  @Step() one() {
    throw thrown;
  }
}

describe('a step that throws what cannot be read', () => {
  it.each([
    ['a message', () => refuses('message')],
    ['a stack', () => refuses('stack')],
    ['a name', () => refuses('name')],
    ['an object without a prototype', () => Object.create(null) as object],
    ['a proxy that refuses all', () => new Proxy({}, { get: () => { throw new Error('no'); }, getPrototypeOf: () => { throw new Error('no'); } })], // prettier-ignore
  ])('%s: it has failed, once', async (_, make) => {
    thrown = make();
    const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [Unreadable] }).compile();
    await module.init();
    const process = await module.get(WorkflowHarness).start(Unreadable);
    expect(process.status).toBe('failed');
    expect(process.records.filter(({ type }) => type === 'step-failed')).toHaveLength(1);
    await module.close();
  });
});
