import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { go, Step, Workflow, type Class } from 'nestjs-argonaut';
import { branchesOf, isContainer, type Node, type WorkflowDefinition } from '../../lib/definition/graph.js';
import { compileWrittenOrder } from '../../lib/definition/written-order.js';
import type { DefinitionDefaults } from '../../lib/definition/source.js';
import { sourceOf } from '../../lib/workflows/explorer.js';
import { problemsOf } from './problems.js';

function compiled(type: Class, defaults?: DefinitionDefaults): WorkflowDefinition {
  expect(problemsOf(type)).toEqual([]);
  return compileWrittenOrder(sourceOf(type, Object.create(type.prototype as object) as object), defaults).definition;
}

/** `a > b, b > end`, with the branches of a fork in brackets. */
function edges(type: Class): string {
  const { nodes, start } = compiled(type);
  const of = (node: Node) =>
    node.kind === 'choice'
      ? `${node.name} ? ${node.then} : ${node.otherwise}`
      : `${node.name}${isContainer(node) ? ` [${branchesOf(node).join(' ')}]` : ''} > ${node.next.join('|') || '.'}`;
  return [`> ${start}`, ...[...nodes.values()].map(of)].join(', ');
}

describe('the order written', () => {
  it('is the order run', () => {
    @Workflow({ name: 'line' })
    class Line {
      @Step() c() {}
      @Step() a() {}
      help() {}
      @Step() b() {}
    }
    expect(edges(Line)).toBe('> c, c > a, a > b, b > end');
  });

  it('branches of a decision do not fall through into one another', () => {
    @Workflow({ name: 'decision' })
    class Decision {
      @Step({ next: ['pay', 'hold', 'reject'] }) decide() {
        return go('pay');
      }
      @Step() pay() {}
      @Step() hold() {}
      @Step() reject() {}
      @Step() close() {}
    }
    expect(edges(Decision)).toBe('> decide, decide > pay|hold|reject, pay > close, hold > close, reject > close, close > end');
  });

  it('a decision as the last thing, with the end among its choices', () => {
    @Workflow({ name: 'ending' })
    class Ending {
      @Step({ next: ['more', 'end'] }) decide() {
        return go('end');
      }
      @Step() more() {}
    }
    expect(edges(Ending)).toBe('> decide, decide > more|end, more > end');
  });

  it('a decision that goes back: the step before it runs on as written', () => {
    @Workflow({ name: 'loop' })
    class Loop {
      @Step() begin() {}
      @Step() draft() {}
      @Step({ next: ['draft', 'publish'] }) review() {
        return go('publish');
      }
      @Step() publish() {}
    }
    expect(edges(Loop)).toBe('> begin, begin > draft, draft > review, review > draft|publish, publish > end');
  });

  it('a branch of several steps says where it goes', () => {
    @Workflow({ name: 'long branch' })
    class LongBranch {
      @Step({ next: ['pay', 'reject'] }) decide() {
        return go('pay');
      }
      @Step({ next: 'paid' }) pay() {}
      @Step({ next: 'close' }) paid() {}
      @Step() reject() {}
      @Step() close() {}
    }
    expect(edges(LongBranch)).toBe('> decide, decide > pay|reject, pay > paid, paid > close, reject > close, close > end');
  });

  it('neighbours of one group run together; the next group is another', () => {
    @Workflow({ name: 'groups' })
    class Groups {
      @Step({ parallel: 'x' }) a() {}
      @Step({ parallel: 'x' }) b() {}
      @Step({ parallel: 'y' }) c() {}
      @Step() d() {}
    }
    expect(edges(Groups)).toBe('> x (all), x (all) [a b] > y (all), a > ., b > ., y (all) [c] > d, c > ., d > end');
  });

  it('unsolicited steps stand beside it, wherever they are written', () => {
    @Workflow({ name: 'beside' })
    class Beside {
      @Step({ parallel: 'x' }) a() {}
      @Step({ on: 'news', unsolicited: true }) hear() {}
      @Step({ parallel: 'x' }) b() {}
      @Step({ on: 'stop', unsolicited: true, next: 'end' }) stop() {}
    }
    expect(edges(Beside)).toBe('> x (all), x (all) [a b] > end, a > ., b > ., hear > ., stop > end');
  });

  it('what a class inherits comes first; what it overrides stays where it was', () => {
    class Base {
      @Step() open() {}
      @Step() work() {}
    }
    @Workflow({ name: 'heir' })
    class WorkerRecovery extends Base {
      @Step() close() {}
      @Step({ queue: 'q' }) override work() {}
    }
    expect(edges(WorkerRecovery)).toBe('> open, open > work, work > close, close > end');
    expect(compiled(WorkerRecovery).nodes.get('work')).toMatchObject({ queue: 'q' });
  });

  it('a method overridden without @Step is the step that it was', () => {
    class Base {
      @Step({ queue: 'q' }) open() {}
      @Step() work() {}
    }
    @Workflow({ name: 'other' })
    class Other extends Base {
      override open() {}
    }
    expect(edges(Other)).toBe('> open, open > work, work > end');
    expect(compiled(Other).nodes.get('open')).toMatchObject({ queue: 'q' });
  });

  it('a method that another decorator puts in place of a step is the step', () => {
    const Traced = () => (_target: object, _key: string, descriptor: PropertyDescriptor) => {
      const original = descriptor.value as () => unknown;
      descriptor.value = function (this: unknown) { return original.call(this); }; // prettier-ignore
    };
    @Workflow({ name: 'traced' })
    class TracedWorkflow {
      @Step() open() {}
      @Traced() @Step({ queue: 'q' }) work() {}
    }
    expect(edges(TracedWorkflow)).toBe('> open, open > work, work > end');
    expect(compiled(TracedWorkflow).nodes.get('work')).toMatchObject({ queue: 'q' });
  });

  class Account {
    static open() {}
    get balance() { return 1; } // prettier-ignore
    [Symbol.for('pay')]() {}
  }
  it.each<[string, object, string | symbol, RegExp]>([
    ['an accessor', Account.prototype, 'balance', /@Step\(\) on Account\.balance: a step is a method, not a property or an accessor/],
    ['a property', Account.prototype, 'owner', /@Step\(\) on Account\.owner: a step is a method, not a property/],
    ['a symbol', Account.prototype, Symbol.for('pay'), /cannot be a symbol/],
    ['a static method', Account, 'open', /@Step\(\) on static Account\.open: .*cannot be static/],
  ])('refuses %s as a step', (_, target, key, message) => {
    const decorate = Step() as unknown as MethodDecorator;
    expect(() => decorate(target, key, Object.getOwnPropertyDescriptor(target, key)!)).toThrow(message);
  });

  it('never runs a getter', () => {
    @Workflow({ name: 'getter' })
    class Getter {
      get boom(): never {
        throw new Error('boom');
      }
      @Step() a() {}
    }
    expect(edges(Getter)).toBe('> a, a > end');
  });
});

describe('the policy of a step', () => {
  @Workflow({ name: 'policies', defaults: { retry: 2 } })
  class Policies {
    @Step() plain() {}
    @Step({ retry: { attempts: 5, delay: '2 days', backoff: 'exponential', jitter: true }, timeout: '1.5s', within: '2h', required: false }) own() {}
    @Step({ after: (context: { due: Date }) => context.due, within: 'due' }) asked() {}
  }

  it('is its own, else the workflow’s, else the module’s, else one try', () => {
    const { nodes } = compiled(Policies, { retry: 9, timeout: '1 minute' });
    expect(nodes.get('plain')).toMatchObject({
      retry: { attempts: 2, delayMs: 0, backoff: 'fixed', maxDelayMs: 86_400_000, jitter: false },
      timeout: 60_000,
      required: true,
    });
    expect(nodes.get('own')).toMatchObject({
      retry: { attempts: 5, delayMs: 172_800_000, backoff: 'exponential', jitter: true },
      timeout: 1500,
      within: 7_200_000,
      required: false,
    });
    expect(nodes.get('asked')).toMatchObject({ after: 'asked', within: 'asked' });
    expect(compiled(Policies).nodes.get('plain')).not.toHaveProperty('timeout');
  });

  it('a delay longer than a day is not cut to one', () => {
    expect((compiled(Policies).nodes.get('own') as { retry: { maxDelayMs: number } }).retry.maxDelayMs).toBe(172_800_000);
  });
});
