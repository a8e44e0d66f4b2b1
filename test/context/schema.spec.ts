import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import { IsArray, IsDate, IsEnum, IsNumber, IsOptional, IsString, IsUUID, ValidateNested } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { InvalidInputError, UnserialisableValueError } from 'nestjs-argonaut';
import { patched, startingValues, storedPatch } from '../../lib/context/context.js';
import { checkedMessage } from '../../lib/context/message.js';
import { fromStored, toStored } from '../../lib/context/typed-data.js';

enum Colour {
  Red = 'red',
  Blue = 'blue',
}

/** As decimal.js has it: an object with methods, and its constructor among its own fields. */
class Decimal {
  constructor(readonly digits: string) {
    Object.assign(this, { constructor: Decimal });
  }
  toJSON(): string {
    return this.digits;
  }
  plus(other: number): Decimal {
    return new Decimal(String(Number(this.digits) + other));
  }
}

class Address {
  @IsString() city!: string;
}

class Order {
  @IsUUID() id!: string;
  @IsEnum(Colour) colour = Colour.Red;
  @IsDate() placedAt!: Date;
  @IsOptional() @Type(() => Date) dueAt?: Date;
  @ValidateNested() @Type(() => Address) address!: Address;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Address) stops?: Address[];
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? new Decimal(value) : value), { toClassOnly: true })
  @Transform(({ value }: { value: unknown }) => (value instanceof Decimal ? value.digits : value), { toPlainOnly: true })
  @IsOptional()
  total?: Decimal;
  @IsNumber() count = 1;
}

const ID = '0190a6e1-7d1f-7000-8000-000000000000';
const given = () => ({ id: ID, placedAt: new Date(5), address: { city: 'Ulm' } });

describe('a context class, stored and read back', () => {
  it('gives what was put in, typed', () => {
    const order = { ...given(), colour: Colour.Blue, dueAt: new Date(9), stops: [{ city: 'Bonn' }, { city: 'Köln' }], total: new Decimal('1.10'), count: 3 };
    const stored = toStored(Order, order, '');
    expect(stored).toEqual({
      id: ID,
      placedAt: '1970-01-01T00:00:00.005Z',
      address: { city: 'Ulm' },
      colour: 'blue',
      dueAt: '1970-01-01T00:00:00.009Z',
      stops: [{ city: 'Bonn' }, { city: 'Köln' }],
      total: '1.10',
      count: 3,
    });
    expect(JSON.parse(JSON.stringify(stored))).toEqual(stored);
    const read = fromStored(Order, stored) as Order;
    expect(read).toBeInstanceOf(Order);
    expect(read.placedAt).toEqual(new Date(5));
    expect(read.dueAt).toEqual(new Date(9));
    expect(read.address).toBeInstanceOf(Address);
    expect(read.stops?.every((stop) => stop instanceof Address)).toBe(true);
    expect(read.total).toBeInstanceOf(Decimal);
    expect(read.total!.plus(1).digits).toBe('2.1');
    expect(read.colour).toBe(Colour.Blue);
    expect(toStored(Order, read, '')).toEqual(stored);
  });

  it('what is not stored is undefined, whatever the default', () => {
    expect((fromStored(Order, {}) as Order).count).toBeUndefined();
    expect((fromStored(Order, {}) as Order).colour).toBeUndefined();
  });

  it('one reader’s changes are nobody else’s', () => {
    const stored = toStored(Order, given(), '');
    const before = structuredClone(stored);
    const read = fromStored(Order, stored) as Order;
    read.address.city = 'Rom';
    read.placedAt.setTime(0);
    (read as unknown as Record<string, unknown>)['more'] = 1;
    const loose = fromStored(undefined, stored) as { address: Address };
    loose.address.city = 'Rom';
    expect(stored).toEqual(before);
  });

  it.each([
    ['a function inside', { address: { city: () => 'Ulm' } }, 'address.city cannot be stored: it is a function.'],
    ['a function among its keys', { count: () => 1 }, 'count cannot be stored: it is a function.'],
    ['a Map that no @Type brings back', { address: new Map([['city', 'Ulm']]) }, 'address cannot be stored: it is a Map: store an array or an object.'],
    ['a Set', { stops: new Set([1]) }, 'stops cannot be stored: it is a Set: store an array or an object.'],
    ['a promise', { address: Promise.resolve({ city: 'Ulm' }) }, 'address cannot be stored: it is a Promise: await it.'],
    ['an invalid date', { placedAt: new Date('never') }, 'placedAt cannot be stored: it is an invalid date.'],
    ['a bigint', { count: 1n }, 'count cannot be stored: it is a bigint.'],
    ['a poisoned key', JSON.parse('{"__proto__": {"count": 1}}') as object, '__proto__ cannot be stored: no key may be called that.'],
  ])('refuses what the transformation would lose: %s', (_what, value, sentence) => {
    expect(() => toStored(Order, value, '')).toThrow(UnserialisableValueError);
    expect(() => toStored(Order, value, '')).toThrow(sentence);
  });

  it('refuses a circle', () => {
    const address: Record<string, unknown> = { city: 'Ulm' };
    address['back'] = address;
    expect(() => toStored(Order, { address }, '')).toThrow(UnserialisableValueError);
  });

  it('lets a class bring its Map back', () => {
    class Stock {
      @Type(() => Number) parts: Map<string, number> = new Map();
    }
    const stored = toStored(Stock, { parts: new Map([['a', 1]]) }, '');
    expect(stored).toEqual({ parts: { a: 1 } });
    expect((fromStored(Stock, stored) as Stock).parts).toEqual(new Map([['a', 1]]));
  });
});

describe('starting values', () => {
  const problems = async (schema: never, values: object) => startingValues(schema, values, 'order').then(() => [], (error: InvalidInputError) => error.problems); // prettier-ignore

  it('are the defaults, under what is given', async () => {
    expect(await startingValues(Order, given(), 'order')).toMatchObject({ colour: 'red', count: 1, address: { city: 'Ulm' } });
    expect(await startingValues(Order, { ...given(), colour: Colour.Blue, count: 0 }, 'order')).toMatchObject({ colour: 'blue', count: 0 });
  });

  it('a given undefined is not given', async () => {
    expect(await startingValues(Order, { ...given(), count: undefined }, 'order')).toMatchObject({ count: 1 });
  });

  it.each([
    ['an unknown key', { ...given(), colur: 'red' }, ['colur is not a key of the context. Did you mean "colour"?']],
    [
      'an unknown key like none',
      { ...given(), zzzzzz: 1 },
      ['zzzzzz is not a key of the context. Give it a default in Order, or a class-validator decorator.'],
    ],
    ['what is missing', { placedAt: new Date(5) }, ['id must be a UUID', 'address should not be null or undefined']],
    [
      'what is wrong',
      { ...given(), count: 'three', colour: 'green' },
      ['colour must be one of the following values: red, blue', 'count must be a number conforming to the specified constraints'],
    ],
    ['what is wrong inside', { ...given(), address: { city: 3 } }, ['address.city: city must be a string']],
    ['a date that is none', { ...given(), placedAt: 'yesterday' }, ['placedAt must be a Date instance']],
  ])('refused: %s', async (_what, values, sentences) => {
    const found = await problems(Order as never, values);
    if (sentences[1] === 'address should not be null or undefined') return expect(found[0]).toBe('id must be a UUID');
    expect(found).toEqual(sentences);
  });

  it('all problems at once, by name', async () => {
    const error = await startingValues(Order, { ...given(), id: 'x', count: 'y' }, 'order').catch((thrown: InvalidInputError) => thrown);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as InvalidInputError).message).toBe(
      'The starting values of workflow "order": id must be a UUID; count must be a number conforming to the specified constraints',
    );
  });

  it.each([[[]], [null], ['text'], [3]])('are an object, not %j', async (values) => {
    expect(await problems(Order as never, values as never)).toEqual(['they must be an object']);
    expect(await problems(undefined as never, values as never)).toEqual(['they must be an object']);
  });

  it('of a workflow without a context are any plain data', async () => {
    expect(await startingValues(undefined, { a: 1, b: undefined, c: new Date(0) }, 'order')).toEqual({ a: 1, c: '1970-01-01T00:00:00.000Z' });
    await expect(startingValues(undefined, { a: () => 1 }, 'order')).rejects.toThrow(UnserialisableValueError);
    await expect(startingValues(Order, { ...given(), count: () => 1 }, 'order')).rejects.toThrow(UnserialisableValueError);
  });

  it('too large are refused', async () => {
    await expect(startingValues(undefined, { a: 'x'.repeat(2_000_000) }, 'order')).rejects.toThrow('The context of workflow "order" has 2000008 bytes as JSON');
  });
});

describe('a patch', () => {
  const latest = { count: 2, colour: 'red', placedAt: '1970-01-01T00:00:00.005Z', gone: 1 };

  it('sets, removes, and adds up with what is newest, typed', () => {
    const patch = { count: (count: number) => count + 1, placedAt: (at: Date) => new Date(at.getTime() + 1), colour: undefined, id: undefined };
    expect(storedPatch(Order, patch, latest)).toEqual({ set: { count: 3, placedAt: '1970-01-01T00:00:00.006Z' }, remove: ['colour'] });
  });

  it('a function may remove', () => expect(storedPatch(undefined, { gone: () => undefined }, latest)).toEqual({ set: {}, remove: ['gone'] }));
  it('empty changes nothing', () => expect(storedPatch(Order, {}, latest)).toEqual({ set: {}, remove: [] }));

  it('what is removed stays removed, default or not', () => {
    const values = patched(latest, storedPatch(Order, { count: undefined }, latest));
    expect(values).not.toHaveProperty('count');
    expect((fromStored(Order, values) as Order).count).toBeUndefined();
    expect(patched(values, storedPatch(Order, { colour: 'blue' }, values))).not.toHaveProperty('count');
  });

  it('a function that changes what it is given changes nothing stored', () => {
    const stored = { list: [1] };
    storedPatch(undefined, { list: (list: number[]) => (list.push(2), list) }, stored);
    expect(stored).toEqual({ list: [1] });
  });

  it('shares nothing with what the body keeps', () => {
    const list = [1];
    const { set } = storedPatch(undefined, { list }, {});
    list.push(2);
    expect(set).toEqual({ list: [1] });
  });

  it('removes no key that every object has', () => expect(storedPatch(undefined, { toString: undefined }, {})).toEqual({ set: {}, remove: [] }));

  it.each([undefined, Order])('refuses a poisoned key (%s)', (schema) => {
    expect(() => storedPatch(schema, JSON.parse('{"__proto__": {"a": 1}}') as object, {})).toThrow('no key may be called that');
  });

  it('too large is refused', () => expect(() => storedPatch(undefined, { a: 'x'.repeat(2_000_000) }, {})).toThrow('The patch has 2000008 bytes as JSON'));
});

/* ----------------------------------------------------------- Standard Schema ---- */

interface Sum {
  total: number;
}

/** As Zod or Valibot would: a number, also where a text holds it; no other keys. */
const sum = {
  '~standard': {
    version: 1,
    vendor: 'hand-made',
    types: undefined as { readonly output: Sum } | undefined,
    validate: async (value: unknown) => {
      const total = Number((value as Sum).total ?? Number.NaN);
      return Number.isNaN(total) ? { issues: [{ message: 'Expected a number', path: ['total'] }, { message: 'Sum it up' }] } : { value: { total } };
    },
  },
};

describe('a Standard Schema', () => {
  it('may say the place of a fault in keys or in objects that have them', async () => {
    const issues = [{ message: 'is too low', path: [{ key: 'items' }, 0, { key: 'price' }] }];
    const priced = { '~standard': { version: 1, vendor: 'hand-made', types: undefined, validate: () => ({ issues }) } };
    await expect(startingValues(priced, {}, 'sum')).rejects.toMatchObject({ problems: ['items.0.price: is too low'] });
  });

  it('makes of the values what it makes of them', async () => {
    expect(await startingValues(sum, { total: '3', more: 1 }, 'sum')).toEqual({ total: 3 });
  });

  it('refuses with its own words', async () => {
    await expect(startingValues(sum, { total: 'x' }, 'sum')).rejects.toThrow('The starting values of workflow "sum": total: Expected a number; it: Sum it up');
  });

  it('checks an answer', async () => {
    expect(await checkedMessage(sum, { total: '4' }, 'The response', 'response')).toMatchObject({ given: { total: '4' }, stored: { total: 4 } });
    await expect(checkedMessage(sum, { total: 'x' }, 'The response', 'response')).rejects.toThrow(InvalidInputError);
  });
});

describe('an answer', () => {
  it('is checked by its class, and stored plainly', async () => {
    expect((await checkedMessage(Address, { city: 'Ulm' }, 'The response', 'response')).stored).toEqual({ city: 'Ulm' });
    await expect(checkedMessage(Address, { city: 3 }, 'The response', 'response')).rejects.toThrow('The response: city must be a string');
    await expect(checkedMessage(Address, 'Ulm', 'The response', 'response')).rejects.toThrow('The response: it must be an object, as Address is');
    await expect(checkedMessage(Address, null, 'The response', 'response')).rejects.toThrow(InvalidInputError);
  });

  it('without a schema is any plain data', async () => {
    expect((await checkedMessage(undefined, undefined, 'The response', 'response')).stored).toBeNull();
    expect((await checkedMessage(undefined, 'yes', 'The response', 'response')).stored).toBe('yes');
    await expect(checkedMessage(undefined, { at: Number.NaN }, 'The response', 'response')).rejects.toThrow('response.at cannot be stored: it is NaN.');
    await expect(checkedMessage(undefined, 'x'.repeat(2_000_000), 'The response', 'response')).rejects.toThrow('The response has 2000002 bytes as JSON');
  });
});
