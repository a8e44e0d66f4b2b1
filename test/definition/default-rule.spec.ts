import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { type Class, type Flow, Step, Workflow } from 'nestjs-argonaut';
import { compile } from './graphs.js';

@Step()
class Sorry {
  run() {}
}
@Step()
class Pick {
  run() {}
}
@Step()
class Ship {
  run() {}
}
const offered = { steps: [Sorry, Pick, Ship] };
const aside = { next: 'Sorry' } as const;

/** A workflow with this flow, whose steps go on at Sorry where they do not say otherwise. */
function apologising(flow: (flow: Flow<object>) => Flow<object>, options: object = { defaults: { onError: aside } }): Class {
  @Workflow({ name: 'apologising', ...options } as { name: string })
  class Apologising {
    flow(builder: Flow<object>) {
      return flow(builder).if(() => false).do(Sorry); // prettier-ignore
    }
  }
  return Apologising;
}
const leaves = (name: string, container: string) =>
  `"${name}" stands inside "${container}", and the onError of the defaults leads out of it, to "Sorry". Say onError on "${name}" or on a stage around it, or leave it out of the defaults and say it on the steps outside.`;

describe('a rule of the defaults that leads somewhere', () => {
  it.each<[string, (flow: Flow<object>) => Flow<object>, ...[string, string][]]>([
    ['from a fork', (f) => f.all(Pick, Ship), ['Pick', 'all'], ['Ship', 'all']],
    ['from an item', (f) => f.forEach(() => [1]).do(Pick).then(Ship), ['Pick', 'forEach']],
    ['from a step for each item', (f) => f.then(Pick, { forEach: () => [1] } as never), ['Pick', 'Pick (each)']],
    ['from a stage that says something else', (f) => f.stage('s', (s) => s.then(Pick), { overdue: { after: '1h', do: 'flow' } }), ['Pick', 's']],
    ['from a stage inside another that has a limit', (f) => f.all((a) => a.stage('s', (s) => s.then(Pick).onError('fail'), { within: '1h' })), ['s', 'all']],
    ['from an event that is waited for', (f) => f.any((a) => a.waitFor('came'), (b) => b.then(Pick).onError('fail')), ['came', 'any']],
  ])('is refused %s', (_where, flow, ...expected) => {
    const sentences = expected.map(([name, container]) => `Apologising: ${leaves(name, container)}`);
    expect(compile(apologising(flow), offered).problems).toEqual(sentences);
    expect(compile(apologising(flow, {}), { ...offered, defaults: { onError: aside } }).problems).toEqual(sentences);
  }); // prettier-ignore

  it.each<[string, (flow: Flow<object>) => Flow<object>]>([
    ['steps that stand in nothing', (f) => f.then(Pick).while(() => false).do(Ship)],
    ['steps that say onError', (f) => f.all((a) => a.then(Pick).onError('fail'), (b) => b.then(Ship, { onError: 'suspend' }))],
    ['steps nobody requires', (f) => f.all((a) => a.then(Pick, { required: false }), (b) => b)],
    ['a stage around that says', (f) => f.stage('s', (s) => s.all(Pick, Ship), { onError: aside })],
    ['a stage around that nobody requires', (f) => f.stage('s', (s) => s.forEach(() => [1]).do(Pick).then(Ship), { required: false })],
    ['a pause', (f) => f.all((a) => a.after('1h'), (b) => b.after(() => new Date()))],
    ['a label', (f) => f.stage('s', (s) => s.then(Pick))],
  ])('is followed by %s', (_what, flow) => {
    expect(compile(apologising(flow), offered).problems).toEqual([]);
    expect(compile(apologising(flow, { within: '1 day', defaults: { onError: aside } }), offered).problems).toEqual([]);
  }); // prettier-ignore

  it('is no other than that: the end, and rules that lead nowhere', () => {
    for (const onError of ['fail', 'compensate', { next: 'end' }]) expect(compile(apologising((f) => f.all(Pick, Ship), { defaults: { onError } }), offered).problems).toEqual([]); // prettier-ignore
    const inside = apologising((f) => f.all(Pick, Ship), { defaults: { onError: { next: 'Pick' } } });
    expect(compile(inside, offered).problems).toEqual([
      'Apologising: "onError" leads to "Pick", which stands inside "all" and can only be entered with it. Lead to a step before it.',
    ]);
  });

  it('is refused in a group of the order written, beside which a message may be heard', () => {
    @Workflow({ name: 'written', defaults: { onError: { next: 'sorry' } } })
    class Written {
      @Step({ parallel: 'both' }) pick() {}
      @Step({ parallel: 'both', required: false }) ship() {}
      @Step({ unsolicited: true, on: 'heard' }) hear() {}
      @Step() sorry() {}
    }
    expect(compile(Written).problems).toEqual([expect.stringMatching(/^Written: "pick" stands inside "both \(all\)", .*, to "sorry"\./)]);
  });

  it('is refused from what goes on beside the rest, and from the rest, but not from the pause before it', () => {
    @Workflow({ name: 'beside', defaults: { onError: { next: 'sorry' } } })
    class Beside {
      flow(flow: Flow<object>) {
        return flow.schedule('1h').do(Pick).then(Ship);
      }
      @Step() sorry() {}
    }
    const sentences = ['Pick', 'Ship'].map((name) => expect.stringContaining(`Beside: "${name}" stands inside "schedule"`) as string);
    expect(compile(Beside, offered).problems).toEqual(sentences);
  });

  it('is told of a document with its place', () => {
    const document = { name: 'x', steps: [{ name: 'Pick', parallel: 'both' }, { name: 'Ship', parallel: 'both', onError: 'fail' }, { name: 'Sorry' }] };
    expect(compile(document, { ...offered, defaults: { onError: aside } }).problems).toEqual([`x.json: steps[0] (Pick): ${leaves('Pick', 'both (all)')}`]);
  });
});
