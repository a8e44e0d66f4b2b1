import { describe, expect, it } from 'vitest';
import {
  asksForChild, askerIn, childAddress, detachedAddress, eventAddress, eventIn, eventKeyIn, inputAddress, isFromOutside, keyNameIn, nameIn, namedIn, overAddress,
  responseAddress, startAddress, tellsOfChild, turnAddress,
} from '../../lib/core/addresses.js'; // prettier-ignore

const ALL = {
  response: responseAddress('x'),
  event: eventAddress('x', ''),
  over: overAddress('x'),
  turn: turnAddress('x'),
  input: inputAddress('x', 1),
  start: startAddress('x'),
  child: childAddress('x'),
  detached: detachedAddress('x'),
};

describe('addresses', () => {
  it('no two kinds share one', () => {
    expect(ALL).toEqual({ response: 'r:x', event: 'e:x:', over: 'x:x', turn: 'o:x', input: 'i:x.1', start: 's:x', child: 'c:x', detached: 'd:x' });
  });

  it('responses and events come from outside, and nothing else does', () => {
    expect(Object.entries(ALL).filter(([, address]) => isFromOutside(address)).map(([kind]) => kind)).toEqual(['response', 'event']); // prettier-ignore
  });

  it('a correlation id of ours names the process and the step run that asked; another one names nobody', () => {
    expect(askerIn(responseAddress('order.7.12'))).toEqual({ id: 'order.7', run: 12 });
    expect(askerIn(responseAddress(`order.12.${'a_-9'.repeat(5)}zz`))).toEqual({ id: 'order', run: 12 });
    for (const other of ['theirs', 'order.x', '.5', `order.12.${'a'.repeat(21)}`]) expect(askerIn(responseAddress(other)), other).toBeUndefined();
    expect(askerIn(`${eventAddress('x', '')}order.7`), 'an event').toBeUndefined();
  });

  it.each([
    ['news', 'g', undefined],
    ['a:b', 'c', undefined],
    ['a', 'b:c', undefined],
    ['a\\', ':b', undefined],
    ['paid', '4711', 'customer'],
    ['pa\\:id', 'x:=y', 'customer'],
    ['lines\nof text', 'k\n', undefined],
    ['', '', undefined],
  ])('event %j with key %j is found again in its address (key name %j)', (event, key, name) => {
    const address = eventAddress(event, key, name);
    expect([eventIn(address), eventKeyIn(address), keyNameIn(address)]).toEqual([event, key, name]);
  });

  it('an event with a colon in its name is no other event with a colon in its key', () => {
    const addresses = [eventAddress('a:b', 'c'), eventAddress('a', 'b:c'), eventAddress('a', 'c', 'b'), eventAddress('a', '=b:c'), eventAddress('a\\', 'b:c')];
    expect(new Set(addresses).size).toBe(5);
  });

  it('people know a response by its correlation id, a child by its id, an event by its name, and an input not at all', () => {
    expect([nameIn(ALL.response), nameIn(childAddress('c1')), nameIn(eventAddress('a:b', 'key')), nameIn(ALL.input)]).toEqual(['x', 'c1', 'a:b', null]);
    expect(namedIn('r:some:id')).toBe('some:id');
  });

  it('what starts a child is not what tells of its end', () => {
    expect([asksForChild(ALL.start), tellsOfChild(ALL.start), asksForChild(ALL.child), tellsOfChild(ALL.child)]).toEqual([true, false, false, true]);
  });
});
