/** How many processes a worker holds, and which starts wait for room. */
import { describe, expect, it } from 'vitest';
import { ClaimLimit } from '../../lib/writer/claim-limit.js';

/** Starts that wait, by id, in the order in which they were let in. */
function waiting(limit: ClaimLimit, ...ids: string[]): string[] {
  const letIn: string[] = [];
  for (const id of ids) void limit.turnToStart(id)?.then(() => letIn.push(id));
  return letIn;
}

function holding(limit: ClaimLimit, count: number) {
  return Array.from({ length: count }, (_, i) => {
    const hold = limit.holdOf(`held ${i}`);
    hold.take();
    return hold;
  });
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

describe('holds', () => {
  it('count once, however often they are taken or let go', () => {
    const limit = new ClaimLimit(2, 0);
    const [one] = holding(limit, 1);
    one!.take();
    expect(limit.room).toBe(1);
    one!.letGo();
    one!.letGo();
    expect(limit.room).toBe(2);
  });

  it('what is held has room, also where there is none for others', () => {
    const limit = new ClaimLimit(1, 0);
    const [one] = holding(limit, 1);
    expect([one!.hasRoom, limit.holdOf('other').hasRoom, limit.hasRoomFor('other')]).toEqual([true, false, false]);
    one!.letGo();
    expect(limit.holdOf('other').hasRoom).toBe(true);
  });

  it('more than the limit leave no room, and no debt that is shown', () => {
    const limit = new ClaimLimit(1, 0);
    holding(limit, 3);
    expect(limit.room).toBe(0);
  });
});

describe('a start', () => {
  it('waits for nothing while there is room, or if it is not to wait at all', () => {
    expect(new ClaimLimit(1, 1000).turnToStart('a')).toBeUndefined();
    const impatient = new ClaimLimit(1, 0);
    holding(impatient, 1);
    expect(impatient.turnToStart('a')).toBeUndefined();
  });

  it('is let in where one process ends, the oldest first, and its room is kept for it', async () => {
    const limit = new ClaimLimit(1, 60_000);
    const [one] = holding(limit, 1);
    const letIn = waiting(limit, 'a', 'b');
    one!.letGo();
    await turns();
    expect(letIn).toEqual(['a']);
    expect([limit.room, limit.hasRoomFor('a'), limit.hasRoomFor('c')]).toEqual([0, true, false]);
    limit.holdOf('a').take();
    expect([limit.room, limit.hasRoomFor('a')]).toEqual([0, false]);
    limit.endTurn('a');
    await turns();
    expect(letIn, 'its room is in use').toEqual(['a']);
  });

  it('that fails gives its room to the next', async () => {
    const limit = new ClaimLimit(1, 60_000);
    const [one] = holding(limit, 1);
    const letIn = waiting(limit, 'a', 'b');
    one!.letGo();
    limit.endTurn('a');
    await turns();
    expect(letIn).toEqual(['a', 'b']);
  });
});

describe('a backlog', () => {
  it('leaves half of the room to what waits in the database', () => {
    const limit = new ClaimLimit(4, 60_000);
    holding(limit, 1);
    limit.backlogIs(true);
    expect(limit.turnToStart('a'), 'three are free, and two kept').toBeUndefined();
    holding(limit, 1);
    expect(limit.turnToStart('b')).toBeInstanceOf(Promise);
    limit.backlogIs(false);
    expect(limit.turnToStart('c')).toBeUndefined();
  });

  it('is taken from when a quarter of the room is free, and not before', () => {
    const limit = new ClaimLimit(20, 0);
    let taken = 0;
    limit.onRoom(() => taken++);
    const held = holding(limit, 20);
    limit.backlogIs(true);
    for (const each of held.slice(0, 4)) each.letGo();
    expect(taken).toBe(0);
    held[4]!.letGo();
    expect(taken).toBe(1);
    limit.backlogIs(false);
    held[5]!.letGo();
    expect(taken).toBe(1);
  });
});

describe('patience', () => {
  it('ends after the time given: the start goes on without room', async () => {
    const limit = new ClaimLimit(1, 20);
    holding(limit, 1);
    await limit.turnToStart('a');
    expect(limit.hasRoomFor('a')).toBe(false);
  });

  it('ends for each start by itself', async () => {
    const limit = new ClaimLimit(1, 20);
    holding(limit, 1);
    const letIn = waiting(limit, 'a', 'b');
    await limit.turnToStart('c');
    expect(letIn).toEqual(['a', 'b']);
    await limit.turnToStart('d');
  });
});
