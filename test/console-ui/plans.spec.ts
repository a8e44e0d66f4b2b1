import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ActionName, PossibleAction, Process } from '../../console/src/api/types.js';
import { bulkBody, countedWords, EMPTY, missingFilter, type Plan, stepFor } from '../../console/src/bulk/plan.js';
import { layoutOf, type PlacedNode } from '../../console/src/graph/layout.js';
import { pathThrough, shortened, sizeOf } from '../../console/src/graph/sizes.js';
import { actionLabel, actionRequest, ACTIONS, inOrder } from '../../console/src/words/actions.js';
import { aProcess, graph } from './fixture-data.js';

const process = aProcess('p 1') as Process;
const action = (name: ActionName, step: string | null = null): PossibleAction => ({
  action: name,
  step,
  right: 'mend',
  allowed: true,
  why: null,
  says: '',
  schema: null,
});
const given = { reason: ' because ', data: { a: 1 }, next: '', contextVersion: 2 };
const requestOf = (name: ActionName, step: string | null = null, more: object = {}) => actionRequest(action(name, step), process, { ...given, ...more });

describe('an action', () => {
  it.each<[ActionName, string | null, object, string, object]>([
    ['retry', null, {}, 'processes/p%201/retry', {}],
    ['retry', 'pay', {}, 'processes/p%201/retry', { step: 'pay' }],
    ['skip', 'pay', { next: 'end' }, 'processes/p%201/skip', { step: 'pay', patch: { a: 1 }, next: 'end' }],
    ['skip', 'pay', { data: undefined }, 'processes/p%201/skip', { step: 'pay', patch: {} }],
    ['restartFrom', null, {}, 'processes/p%201/restart', { contextVersion: 2 }],
    ['cancel', null, {}, 'processes/p%201/cancel', {}],
    ['cancelAndUndo', null, {}, 'processes/p%201/cancel', { compensate: true }],
    ['suspend', null, {}, 'processes/p%201/suspend', {}],
    ['resume', null, {}, 'processes/p%201/resume', {}],
    ['provideInput', 're/view', {}, 'workflows/loan/processes/p%201/inputs/re%2Fview', { input: { a: 1 } }],
    ['respond', 'identity', {}, 'processes/p%201/respond', { step: 'identity', response: { a: 1 } }],
    ['emit', 'paid', {}, 'processes/p%201/emit', { step: 'paid', data: { a: 1 } }],
    ['erase', null, {}, 'erasures', { process: 'p 1', cancel: true }],
  ])('%s of %s is one request, with its reason', (name, step, more, path, body) => {
    expect(requestOf(name, step, more)).toEqual({ path, body: { ...body, reason: 'because' } });
  });

  it('without a reason sends none', () => {
    expect(requestOf('cancel', null, { reason: '  ' }).body).toEqual({});
  });

  it('is named by its verb, and what helps comes before what ends', () => {
    expect(actionLabel({ action: 'cancel', step: null }, process)).toBe('Cancel L-p 1');
    expect(actionLabel({ action: 'retry', step: 'pay' }, process)).toBe('Retry pay');
    expect(inOrder([action('erase'), action('cancel'), action('retry')]).map((each) => each.action)).toEqual(['retry', 'cancel', 'erase']);
    expect(Object.values(ACTIONS).filter(({ isDangerous, data }) => isDangerous && data === 'input')).toEqual([]);
  });
});

describe('a bulk run', () => {
  const plan = (over: Partial<Plan>): Plan => ({ action: 'retry', ...EMPTY, ...over });

  it('takes the filter of the list and the options of its action alone', () => {
    const retry = bulkBody(plan({ input: '{"x":1}', to: '3', limit: '10', perMinute: '60', reason: 'why' }), 'processes', { workflow: 'loan' }, true);
    expect(retry).toEqual({ action: 'retry', filter: { workflow: 'loan' }, limit: 10, perMinute: 60, reason: 'why', dryRun: true });
    expect(bulkBody(plan({ action: 'migrate', to: '3' }), 'processes', {}, false)).toEqual({
      action: 'migrate',
      filter: {},
      options: { to: 3 },
      dryRun: false,
    });
    expect(bulkBody(plan({ action: 'provideInput', step: 'review', input: '{"x":1}' }), 'processes', {}, true)).toMatchObject({
      options: { step: 'review', input: { x: 1 } },
    });
    expect(bulkBody(plan({ action: 'discard' }), 'outbox', { parked: 'true', workflow: null }, true)).toEqual({
      action: 'discard',
      filter: { parked: true },
      options: { box: 'outbox' },
      dryRun: true,
    });
  });

  it('has counted all of them where its limit is reached', () => {
    const counted = { dryRun: true, count: 2, isMore: true, examples: [] } as const;
    expect(countedWords(counted, plan({ limit: '2' }))).toBe('2');
    expect(countedWords(counted, plan({}))).toBe('2+');
  });

  it('proposes the step of the list where an action needs one', () => {
    expect(stepFor('skip', { step: 'pay' })).toBe('pay');
    expect(stepFor('retry', { step: 'pay' })).toBe('');
    expect(stepFor('cancel', { step: 'pay' })).toBe('');
  });

  it('needs a filter, and an order is none', () => {
    expect(missingFilter({ workflow: null, order: 'oldest' })).toContain('Filter the list first');
    expect(missingFilter({ workflow: 'loan' })).toBeNull();
  });

  it('refuses what is no JSON and no number, before anything is sent', () => {
    expect(() => bulkBody(plan({ action: 'skip', step: 'a', patch: '{' }), 'processes', {}, true)).toThrow('The data is no JSON');
    expect(() => bulkBody(plan({ limit: '1.5' }), 'processes', {}, true)).toThrow('The limit must be a whole number from 1.');
  });
});

describe('the layout of a graph', () => {
  it('places every node and edge within its frame, and no two nodes on one place', () => {
    const layout = layoutOf(graph as Parameters<typeof layoutOf>[0], 'LR');
    expect(layout.nodes).toHaveLength(graph.nodes.length);
    expect(layout.edges).toHaveLength(graph.edges.length);
    for (const { x, y, width, height } of layout.nodes) {
      expect(x - width / 2).toBeGreaterThanOrEqual(0);
      expect(x + width / 2).toBeLessThanOrEqual(layout.width);
      expect(y + height / 2).toBeLessThanOrEqual(layout.height);
    }
    const apart = layout.nodes.flatMap((a, index) => layout.nodes.slice(index + 1).map((b) => Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2)); // prettier-ignore
    expect(apart.every(Boolean)).toBe(true);
    expect(layout.edges.filter(({ label }) => label !== null).every(({ labelAt }) => labelAt !== null)).toBe(true);
  });

  it.each(['LR', 'TB'] as const)('%s: a container is a box around its branches and nothing else, with room for its title', (direction) => {
    const { nodes, boxes } = layoutOf(graph as Parameters<typeof layoutOf>[0], direction);
    const [box] = boxes;
    const isWithin = ({ x, y, width, height }: PlacedNode) =>
      Math.abs(x - box!.x) <= (box!.width - width) / 2 && y - height / 2 >= box!.y - box!.height / 2 + 14 && y + height / 2 <= box!.y + box!.height / 2;
    expect(boxes.map(({ id }) => id)).toEqual(['n2']);
    expect(nodes.filter(isWithin).map(({ id }) => id)).toEqual(['n2', 'n3', 'n4', 'n5']);
    const touches = ({ x, y, width, height }: PlacedNode) => Math.abs(x - box!.x) < (box!.width + width) / 2 && Math.abs(y - box!.y) < (box!.height + height) / 2; // prettier-ignore
    expect(nodes.filter(touches)).toHaveLength(4);
  });

  it('draws lines through its points, and shortens long names', () => {
    expect(pathThrough([{ x: 0, y: 0 }, { x: 10, y: 0 }])).toBe('M0 0L10 0'); // prettier-ignore
    expect(pathThrough([{ x: 0, y: 0 }, { x: 5, y: 5 }, { x: 10, y: 0 }])).toBe('M0 0Q5 5 10 0'); // prettier-ignore
    expect(pathThrough([])).toBe('');
    expect(shortened('a'.repeat(40))).toHaveLength(26);
    const node = { id: 'a', kind: 'step', step: 'a', label: 'a'.repeat(200), detail: null, inside: null } as const;
    expect(sizeOf(node).width).toBeLessThan(260);
  });
});

describe('the sources of the console', () => {
  const folder = join(import.meta.dirname, '../../console/src');
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path));
  const files = paths.map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));

  it('have at most 200 lines each', () => {
    expect(files.filter(({ text }) => text.trimEnd().split('\n').length > 200).map(({ path }) => path)).toEqual([]);
  });

  it('write no style into an element, as the policy would forbid it, and put no text in as HTML', () => {
    expect(files.filter(({ text }) => /\bstyle=|dangerouslySetInnerHTML|innerHTML/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('say who acts: "worker", "caller" or "person"', () => {
    expect(files.filter(({ text }) => /\b(nobody|somebody|whoever)\b/i.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('plain functions know no page: they import nothing that draws', () => {
    const plain = files.filter(({ path }) => /^(words|forms\/(model|values)|graph\/(layout|sizes)|bulk\/plan)/.test(path));
    expect(plain.length).toBeGreaterThan(10);
    expect(plain.filter(({ text }) => /from '(preact|@preact\/signals)|from '\.\.\/(state|pages|parts|live)\//.test(text)).map(({ path }) => path)).toEqual([]);
  });
});
