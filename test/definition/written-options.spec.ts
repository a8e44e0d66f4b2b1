import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { type Class, Step, Workflow } from 'nestjs-argonaut';
import type { StepOptions } from '../../lib/definition/step-options.js';
import { compile, definitionOf, edgesOf } from './graphs.js';

/** A workflow with steps of these names and options, in this order. */
function order(steps: Readonly<Record<string, StepOptions>>, options: object = {}): Class {
  class Written {}
  for (const [name, given] of Object.entries(steps)) {
    Object.defineProperty(Written.prototype, name, { value: () => {}, configurable: true });
    Step(given as never)(Written.prototype as never, name as never, Object.getOwnPropertyDescriptor(Written.prototype, name)! as never);
  }
  Workflow({ name: 'written', ...options })(Written);
  return Written;
}
const edges = (steps: Readonly<Record<string, StepOptions>>, options?: object) => edgesOf(definitionOf(order(steps, options))).join(', ');
const yes = () => true;

describe('the options of a step', () => {
  it('if, while and forEach stand around it, in this order', () => {
    expect(edges({ a: {}, b: { if: yes, while: yes, forEach: () => [1], concurrency: 2 }, c: {} })).toBe(
      '> a, a > b (if), b (if) ? b (while) : c, b (while) ? b (each) : c, b (each) [b] > b (while), b > ., c > end',
    );
  });

  it('whoever names a step leads to what stands around it', () => {
    const definition = definitionOf(order({ a: { next: ['b', 'c'] }, b: { if: yes, onError: { next: 'd' } }, c: { next: 'd' }, d: { while: yes } }, { defaults: { onError: { next: 'd' } } })); // prettier-ignore
    expect(edgesOf(definition).join(', ')).toBe(
      '> a, a > b (if) | c, b (if) ? b : d (while), b > d (while) ! d (while), c > d (while), d (while) ? d : end, d > d (while)',
    );
    expect(definition.nodes.get('a')).toMatchObject({ labels: ['b', 'c'] });
    expect(definition.onError).toEqual({ next: 'd (while)' });
  });

  it('onError is the workflow’s, else the module’s, else fail', () => {
    expect(compile(order({ a: {} }, { defaults: { onError: 'suspend' } }), { defaults: { onError: 'cancel' } }).definition.onError).toBe('suspend');
    expect(compile(order({ a: {} }), { defaults: { onError: 'cancel' } }).definition.onError).toBe('cancel');
    expect(compile(order({ a: { onError: 'cancel' } })).definition).toMatchObject({ onError: 'fail' });
  });

  it('a race of neighbours', () => {
    const parallel = { group: 'race', join: 'any', losers: 'finish' } as const;
    const definition = definitionOf(order({ a: { parallel }, b: { parallel }, c: {} }));
    expect(edgesOf(definition).join(', ')).toBe('> race (any), race (any) [a, b] > c, a > ., b > ., c > end');
    expect(definition.nodes.get('race (any)')).toMatchObject({ join: 'any', losers: 'finish' });
  });

  it.each<[string, StepOptions, object]>([
    ['an event', { on: 'e' }, { for: 'event', event: 'e', keyed: false, since: false, matchOne: false }],
    ['an event with a key', { on: { event: 'e', key: 'x', since: () => new Date(), matchOne: true } }, { for: 'event', event: 'e', keyed: true, since: true, matchOne: true }],
    ['a child', { child: 'box' }, { for: 'child', workflow: 'box', detached: false, onParentCancel: 'cancel' }],
    ['a detached child', { child: { workflow: 'box', detached: true } }, { for: 'child', workflow: 'box', detached: true, onParentCancel: 'leave' }],
    ['an input', { input: class Wanted { by = ''; } }, { for: 'input' }],
    ['an input without fields', { input: class Nothing {} }, { for: 'nothing' }],
  ])('waits for %s', (_what, options, gate) => {
    expect((definitionOf(order({ a: options })).nodes.get('a') as { gate: object }).gate).toEqual(gate);
  }); // prettier-ignore

  it('a child by its class is of that version', () => {
    @Workflow({ name: 'box', version: 4 })
    class Box {
      @Step() pack() {}
    }
    expect((definitionOf(order({ a: { child: Box } })).nodes.get('a') as { gate: object }).gate).toMatchObject({ workflow: 'box', version: 4 });
  });

  it('within holds all of the flow in a stage', () => {
    expect(edges({ a: {}, b: {} }, { within: '30 days' })).toBe('> written (within), written (within) [a] > end, a > b, b > end');
  });
});

describe('independent steps', () => {
  const independent = { independent: true };
  it.each<[string, Record<string, StepOptions>, string]>([
    ['begin with the process; others wait for all before them', { a: {}, i: independent, b: {}, j: independent, c: {} }, '> independent 2, independent 2 [independent 1, j] > c, independent 1 [a, i] > b, a > ., i > ., b > ., j > ., c > end'],
    ['the first changes nothing', { a: independent, b: {} }, '> a, a > b, b > end'],
    ['first of several', { a: independent, b: independent, c: {} }, '> independent 1, independent 1 [a, b] > c, a > ., b > ., c > end'],
    ['at the end', { a: {}, b: {}, i: independent }, '> independent 1, independent 1 [a, i] > end, a > b, b > ., i > .'],
    ['with what stands around them', { a: {}, i: { independent: true, if: yes } }, '> independent 1, independent 1 [a, i (if)] > end, a > ., i (if) ? i : end, i > .'],
  ])('%s', (_what, steps, expected) => {
    expect(edges(steps)).toBe(expected);
  }); // prettier-ignore

  it('cannot be jumped out of', () => {
    expect(compile(order({ a: { next: 'c' }, i: independent, b: {}, c: {} })).problems).toEqual([
      'Written: "a" stands inside "independent 1" and leads out of it, to "c". A branch goes on where all of it ends: leave out that way.',
    ]);
  });
});

describe('the code of a step', () => {
  it('is bound to the workflow, and asks the context by functions and keys', () => {
    @Workflow({ name: 'coded', config: { a: 1, b: 1 } })
    class Coded {
      private readonly own = 'own';
      @Step({ compensate: 'undo', overdue: { after: 'due', do: 'remind' }, after: '1h', within: 'due', when: 'ok', retry: { attempts: 2, unless: [TypeError] }, config: { b: 2 } }) // prettier-ignore
      act() {
        return { own: this.own };
      }
      undo() {
        return `${this.own} undone`;
      }
      remind() {
        return `${this.own} reminded`;
      }
    }
    const act = compile(Coded).code.get('act')!;
    expect([act.run!(), act.compensate!(), act.remind!()]).toEqual([{ own: 'own' }, 'own undone', 'own reminded']);
    expect([act.overdue!({ due: 5 }), act.within!({ due: 6 }), act.when!({ ok: true })]).toEqual([5, 6, true]);
    expect(act).not.toHaveProperty('after');
    expect(act.config).toEqual({ a: 1, b: 2 });
    expect([act.isFinal!(new TypeError()), act.isFinal!(new Error())]).toEqual([true, false]);
  });
});
