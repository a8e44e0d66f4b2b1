/** What an instance knows of a process, and when it looks again. */
import { describe, expect, it } from 'vitest';
import { ProcessAlreadyLiveError } from '../../lib/values/errors.js';
import { startRequest } from '../../lib/writer/start-request.js';
import { Uncommitted } from '../../lib/writer/uncommitted.js';
import { aFork, aMessage, aProcess, aStepNode, hearing } from '../core/builders.js';
import { LINE, started, WriterBench } from './bench.js';

const resume = { type: 'resumed' } as const;

function code(bench: WriterBench, step: string, given: object): void {
  (bench.registry.get('order').steps as Map<string, object>).set(step, given);
}

describe('conditions are asked of the values after the event', () => {
  const nodes = [aFork('both', ['a', 'b']), aStepNode('a', { next: [] }), aStepNode('b', { next: [], when: true })];

  it('a patch, a restart', async () => {
    const bench = new WriterBench(nodes as never);
    code(bench, 'b', { when: (context: { go?: boolean }) => context.go === true });
    await bench.start();
    expect(bench.row().tokens.filter(({ parked }) => parked === 'condition')).toHaveLength(1);
    await bench.done({ go: true });
    expect(bench.row().tokens.map(({ node, parked }) => `${node} ${parked}`)).toContain('b undefined');
    const places = new Map([['0', { node: 'b' }]]);
    await bench.apply({ type: 'restarted', root: 0, version: 1, values: {}, places });
    expect(bench.row().tokens.map(({ node, parked }) => `${node} ${parked}`)).toEqual(['b condition']);
    await bench.apply({ type: 'restarted', root: 1, version: 1, values: { go: true }, places });
    expect(bench.row().tokens.map(({ node, parked }) => `${node} ${parked}`)).toEqual(['b undefined']);
  });

  it('a start: with its group id, and its values', async () => {
    const bench = new WriterBench(nodes as never);
    const seen: unknown[] = [];
    code(bench, 'b', { when: (context: object, step: object) => (seen.push({ ...context }, step), true) });
    await bench.start('p', { groupId: 'g', values: { set: { x: 1 }, remove: [] } });
    expect(seen).toMatchObject([{ x: 1 }, { processId: 'p', groupId: 'g' }]);
  });
});

describe('messages of an event', () => {
  it('are read with it, so a repeated one is known', async () => {
    const bench = await started([aStepNode('a', { next: ['b'], gate: hearing('news') }), aStepNode('b')]);
    const received = { type: 'message-received', key: '0', run: 1, message: aMessage('m', { address: 'e:news:p' }) } as const;
    expect((await bench.apply(received))?.change?.records.map(({ type }) => type)).toEqual(['message-delivered']);
    bench.tables.inbox.set('m', { ...received.message, disposition: 'delivered', processId: 'p' });
    expect((await bench.apply(received))?.change?.records.map(({ type }) => type)).toEqual(['message-duplicate']);
    expect(bench.calls).toEqual(['load p 0 with values', 'commit p', 'load p 0', 'commit p']);
  });
});

describe('what is known', () => {
  it('is dropped where the database has refused a change', async () => {
    const bench = await started();
    bench.commits.troubles.push({ rejection: 'refused', error: new Error('no') });
    await bench.done().catch(() => {});
    await bench.done();
    expect(bench.calls).toEqual(['commit p', 'load p with values', 'commit p']);
  });

  it('is dropped where it is forgotten, with its hold; forgetting what is not known does nothing', async () => {
    const bench = await started();
    bench.writer.forget('none');
    bench.writer.forget('p');
    expect([bench.writer.size, bench.limit.room]).toEqual([0, 10]);
  });

  it('of another revision than what was just read is read again, with its values', async () => {
    const bench = await started([aStepNode('a', { next: ['b'] }), aStepNode('b')]);
    const other = bench.other('w');
    await other.done({ x: 1 });
    await bench.apply({ type: 'came-due', key: '0', run: 1 });
    expect(bench.calls).toEqual(['load p 0', 'load p 0 with values']);
    expect(bench.writer.known('p')?.context).toEqual({ x: 1 });
  });

  it('of a commit elsewhere counts as held, and leaves a backlog where there is no room', async () => {
    const bench = new WriterBench(LINE, { room: 1 });
    let backlog = 0;
    bench.limit.onRoom(() => backlog++);
    await bench.start('q');
    const other = bench.other('w');
    const ours = (await other.start('p'))!.change!;
    other.worker = null;
    const free = (await other.start('r'))!.change!;
    bench.writer.committedElsewhere(free, null);
    expect([bench.limit.room, bench.writer.size]).toEqual([0, 1]);
    for (let i = 0; i < 3; i++) await bench.done({}, {}, 'q');
    expect(backlog, 'the free one may be taken').toBe(1);
    bench.writer.committedElsewhere(ours, {});
    expect([bench.limit.room, bench.writer.size]).toEqual([0, 2 - 1]);
  });

  it('of an instance that runs nothing makes no backlog', async () => {
    const bench = new WriterBench(LINE, { room: 1 });
    let backlog = 0;
    bench.limit.onRoom(() => backlog++);
    bench.worker = null;
    const { change } = (await bench.start('p'))!;
    bench.writer.committedElsewhere(change!, null);
    bench.limit.backlogIs(false);
    await bench.start('q');
    const hold = bench.limit.holdOf('x');
    hold.take();
    hold.letGo();
    expect(backlog).toBe(0);
  });

  it('is what the last commit elsewhere left, also where an older reading ends after it', async () => {
    const bench = await started();
    const { change } = (await bench.other('w').done({ x: 1 }))!;
    bench.writer.committedElsewhere(change!, { x: 1 });
    expect((await bench.apply(resume))?.change).toBeNull();
    expect(bench.followed).toEqual(['2 step-completed', 'seen 2']);
  });
});

describe('a rejection', () => {
  it('because the process is there already is no lost race', async () => {
    const bench = new WriterBench(LINE);
    bench.commits.troubles.push({ rejection: 'exists' });
    await expect(bench.start()).rejects.toThrow(ProcessAlreadyLiveError);
    expect(bench.calls).toEqual(['commit p']);
  });
});

describe('a savepoint in a savepoint', () => {
  it('that is rolled back leaves the changes before and after it', () => {
    const ends: { done: () => void; undone: () => void }[] = [];
    const uncommitted = new Uncommitted(
      { afterCommit: (_: unknown, done: () => void, undone: () => void) => void ends.push({ done, undone }) } as never,
      () => {},
    );
    const manager = {};
    const ids = () => ['a', 'b', 'c', 'd'].filter((id) => uncommitted.newest(manager, (process) => process.id === id));
    for (const id of ['a', 'b', 'c', 'd']) uncommitted.add(manager, { process: aProcess({ id }) } as never, null);
    ends[1]!.undone();
    expect(ids()).toEqual(['a', 'c', 'd']);
    ends[2]!.undone();
    expect(ids()).toEqual(['a', 'd']);
    ends[0]!.done();
    expect(ids(), 'what has committed is read').toEqual(['d']);
  });
});

describe('the id of a new process', () => {
  const ids = (options: object) => startRequest(options, 'order', 5);

  it('is given, follows from the workflow and a seed, or is new', () => {
    expect(ids({ id: 'p' })).toEqual({ id: 'p', groupId: 'p' });
    expect(ids({ id: 'p', groupId: 'g' })).toEqual({ id: 'p', groupId: 'g' });
    expect(ids({ seed: 's' })).toEqual(ids({ seed: 's' }));
    expect(new Set([ids({ seed: 's' }).id, ids({ seed: 't' }).id, startRequest({ seed: 's' }, 'other', 5).id, ids({}).id, ids({}).id]).size).toBe(5);
  });

  it('is refused if it is none, or given twice', () => {
    for (const options of [{ id: '' }, { id: 'x'.repeat(81) }, { groupId: '' }, { id: 'p', seed: 's' }])
      expect(() => ids(options), JSON.stringify(options)).toThrow();
  });
});
