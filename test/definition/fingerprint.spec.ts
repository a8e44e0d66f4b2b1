import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { type Class, Step, Workflow } from 'nestjs-argonaut';
import { fingerprintOf } from '../../lib/definition/fingerprint.js';
import { compile } from './graphs.js';

@Step()
class Pick {
  run() {}
}
const print = (workflow: Class | object) => fingerprintOf(compile(workflow, { steps: [Pick] }));

function written(options: object, body: () => void = () => {}): Class {
  class Written {
    one() {
      body();
    }
  }
  Step(options)(Written.prototype, 'one' as never, Object.getOwnPropertyDescriptor(Written.prototype, 'one')!);
  Workflow({ name: 'written' })(Written);
  return Written;
}

describe('a fingerprint', () => {
  it('is of 32 characters, and always the same', () => {
    expect(print(written({ retry: 2 }))).toMatch(/^[\w-]{32}$/);
    expect(print(written({ retry: 2 }))).toBe(print(written({ retry: { attempts: 2, backoff: 'fixed' } }, () => {}))); // the same, in other words
    expect(print(written({ when: () => true }))).toBe(print(written({ when: () => false }))); // functions cannot be seen
  });

  it('changes with the graph', () => {
    const prints = [{}, { retry: 2 }, { timeout: '1s' }, { if: 'x' }, { queue: 'q' }, { on: 'e' }, { on: { event: 'e', key: 'x' } }, { within: '1h' }].map((options) => print(written(options))); // prettier-ignore
    expect(new Set(prints).size).toBe(prints.length);
  });

  it('of a document changes with its settings and the keys it names, and not with its words', () => {
    const base = { name: 'd', steps: [{ name: 'Pick', if: 'x' }] };
    const { steps, ...rest } = base;
    expect(print({ ...rest, activities: steps })).toBe(print(base));
    expect(print({ $schema: 'x', steps: [{ if: 'x', name: 'Pick', required: true }], name: 'd' })).toBe(print(base));
    const others = [
      { ...base, config: { a: 1 } },
      { ...base, steps: [{ name: 'Pick', if: 'y' }] },
      { ...base, steps: [{ name: 'Pick', if: 'x', config: { a: 1 } }] },
      { ...base, steps: [{ name: 'Pick', when: 'x' }] },
    ].map(print);
    expect(new Set([print(base), ...others]).size).toBe(5);
  });
});
