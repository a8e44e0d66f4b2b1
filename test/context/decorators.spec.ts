/** What class-transformer's decorators do to data that is stored, read back, and given by callers. */
import 'reflect-metadata';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import { IsString } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { UnserialisableValueError } from 'nestjs-argonaut';
import { startingValues, storedPatch } from '../../lib/context/context.js';
import { checkedMessage } from '../../lib/context/message.js';
import { roundTripProblems } from '../../lib/context/round-trip.js';
import { fromStored, toStored } from '../../lib/context/typed-data.js';

class Payment {
  kind = '';
}
class Card extends Payment {
  @Expose({ name: 'card_number' }) number = '';
}
class Transfer extends Payment {
  @Type(() => Date) on!: Date;
}
const KINDS = { property: 'kind', subTypes: [{ value: Card, name: 'card' }, { value: Transfer, name: 'transfer' }] }; // prettier-ignore

class Address {
  @Expose({ name: 'zip_code' }) zip = '';
}

class Person {
  @Expose({ name: 'first_name' }) firstName = 'nobody';
  @Expose({ groups: ['admin'] }) email = '';
  @Expose({ since: 2 }) nickname = '';
  @Type(() => Address) home?: Address;
  @Type(() => Address) others: Address[] = [];
  @Type(() => Address) byName: Map<string, Address> = new Map();
  @Type(() => Payment, { discriminator: KINDS }) payment?: Payment;
  @Type(() => Payment, { discriminator: KINDS, keepDiscriminatorProperty: true }) payments: Payment[] = [];
  bornAt = new Date(0);
  word?: string;
  @Expose() get loud(): string {
    return this.word!.toUpperCase();
  }
}

@Exclude()
class Reply {
  @Expose({ name: 'kyc_result' }) @IsString() result!: string;
  @Expose() score = 0;
}

/** What a step sees of values that were stored. */
const comesBack = <T>(schema: new () => T, stored: object) => fromStored(schema, JSON.parse(JSON.stringify(stored)) as never) as T;

describe('between steps', () => {
  it('every key is stored under its own name, and comes back: names, groups, versions, maps, subclasses, dates', () => {
    const person = Object.assign(new Person(), {
      firstName: 'Ann',
      email: 'a@b.c',
      nickname: 'A',
      word: 'hi',
      home: Object.assign(new Address(), { zip: '1' }),
      others: [Object.assign(new Address(), { zip: '2' })],
      byName: new Map([['mum', Object.assign(new Address(), { zip: '3' })]]),
      payment: Object.assign(new Card(), { number: '4' }),
      payments: [Object.assign(new Transfer(), { on: new Date(5) }), Object.assign(new Card(), { number: '6' })],
    });
    const stored = toStored(Person, person, '');
    expect(stored).toMatchObject({ firstName: 'Ann', email: 'a@b.c', nickname: 'A', home: { zip: '1' }, byName: { mum: { zip: '3' } }, payment: { kind: 'card', number: '4' } }); // prettier-ignore
    expect(stored).not.toHaveProperty('loud');
    const back = comesBack(Person, stored);
    expect(back).toMatchObject({
      firstName: 'Ann',
      email: 'a@b.c',
      nickname: 'A',
      home: { zip: '1' },
      others: [{ zip: '2' }],
      loud: 'HI',
      bornAt: new Date(0),
    });
    expect(back.byName.get('mum')).toBeInstanceOf(Address);
    expect([back.payment, ...back.payments].map((each) => each!.constructor)).toEqual([Card, Transfer, Card]);
    expect((back.payments[0] as Transfer).on).toEqual(new Date(5));
    expect(toStored(Person, back, '')).toEqual(stored);
  });

  it('storing changes nothing of what a step has returned', () => {
    const payment = Object.assign(new Card(), { number: '4' });
    toStored(Person, { payment }, '');
    expect(payment).toEqual(Object.assign(new Card(), { kind: '', number: '4' }));
  });

  it('a patch removes and sets a renamed key by its own name', () => {
    const latest = toStored(Person, { firstName: 'Ann', home: { zip: '1' } }, '');
    expect(storedPatch(Person, { firstName: (name: string) => `${name}a`, home: undefined }, latest)).toEqual({ set: { firstName: 'Anna' }, remove: ['home'] });
  });

  it('a class with @Exclude() on it comes back as itself', () => {
    const back = comesBack(Reply, toStored(Reply, { result: 'pass', score: 3 }, ''));
    expect(back).toBeInstanceOf(Reply);
    expect(back.constructor).toBe(Reply);
    expect(Object.entries(back)).toEqual([['result', 'pass'], ['score', 3]]); // prettier-ignore
  });

  it.each<[string, object, string]>([
    ['a list with a gap', { payments: Object.assign([], { 1: new Card() }) as unknown[] }, 'payments[0] cannot be stored: it is a gap in a list: store null.'],
    ['an object of none of the classes', { payment: new Payment() }, 'payment cannot be stored: its "kind" is "", and @Type knows card, transfer.'],
    ['one that does not say of which', { payments: [{ number: '1' }] }, 'payments[0] cannot be stored: its "kind" is missing, and @Type knows card, transfer.'],
    ['a poisoned key inside', { payment: JSON.parse('{"kind": "card", "__proto__": {}}') as object }, 'payment.__proto__ cannot be stored: no key may be called that.'], // prettier-ignore
  ])('refused: %s', (_what, patch, sentence) => {
    expect(() => toStored(Person, patch, '')).toThrow(UnserialisableValueError);
    expect(() => toStored(Person, patch, '')).toThrow(sentence);
  });

  it('a gap is refused without a class, too', () => {
    expect(() => toStored(undefined, { list: Object.assign([], { 1: 1 }) as unknown[] }, '')).toThrow('list[0] cannot be stored: it is undefined.');
  });
});

describe('from callers', () => {
  const given = {
    first_name: 'Ann', home: { zip_code: '1' }, others: [{ zip_code: '2' }], byName: { mum: { zip_code: '3' } }, payment: { kind: 'card', card_number: '4' },
  }; // prettier-ignore
  const own = { firstName: 'Ann', home: { zip: '1' }, others: [{ zip: '2' }], byName: { mum: { zip: '3' } }, payment: { kind: 'card', number: '4' } };

  it.each([
    ['their names outside', given],
    ['their own names', own],
  ])('starting values are understood by %s', async (_what, values) => {
    expect(await startingValues(Person, values, 'person')).toMatchObject(own);
  });

  it('a message is understood by names outside and by its own, checked, and kept as it was given', async () => {
    for (const answer of [{ kyc_result: 'pass' }, { result: 'pass' }]) {
      const accepted = await checkedMessage(Reply, answer, 'The response', 'response');
      expect(accepted).toMatchObject({ given: answer, stored: { result: 'pass' } });
      expect(comesBack(Reply, accepted.stored as object)).toMatchObject({ result: 'pass' });
    }
    await expect(checkedMessage(Reply, { kyc_result: 3 }, 'The response', 'response')).rejects.toThrow('result must be a string');
  });

  it('@Exclude() on the class lets in only what is exposed', async () => {
    expect((await checkedMessage(Reply, { kyc_result: 'pass', score: 1, isAdmin: true }, 'The response', 'response')).stored).toEqual({
      result: 'pass',
      score: 1,
    });
  });

  it('one key under two names is refused', async () => {
    await expect(startingValues(Person, { first_name: 'Ann', firstName: 'Bob' }, 'person')).rejects.toThrow('firstName cannot be stored: it is given twice, as "first_name" too.'); // prettier-ignore
  });

  it('an unknown key is refused, and a getter is none', async () => {
    await expect(startingValues(Person, { firstname: 'Ann' }, 'person')).rejects.toThrow('firstname is not a key of the context. Did you mean "firstName"?');
    expect((await startingValues(Person, { word: 'hi' }, 'person')).loud).toBeUndefined();
  });
});

describe('at boot', () => {
  it.each<[string, new () => object]>([
    ['Person', Person],
    ['Reply', Reply],
  ])('finds nothing to say of %s', (_name, type) => expect(roundTripProblems(type)).toEqual([]));

  class Secret {
    name = '';
    @Exclude() password = 'x';
    @Exclude({ toPlainOnly: true }) token = '';
  }
  class Outer {
    @Type(() => Secret) secret?: Secret;
  }
  @Exclude()
  class Half {
    @Expose() a = '';
    b = '';
  }
  class HoldsHalf {
    @Type(() => Reply) reply?: Reply;
  }
  class Twice {
    @Expose({ name: 'b' }) a = '';
    b = '';
  }
  class Held {
    parts = new Map([['a', 1]]);
  }
  class Worded {
    @Transform(({ value }: { value: unknown }) => (value instanceof Date ? value.getTime() : value), { toPlainOnly: true }) at = new Date(0);
  }
  class Circle {
    @Type(() => Circle) again?: Circle;
    @Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value)) note = '';
  }
  const leaves = (key: string) =>
    `${key} has @Exclude(), which would lose it between steps. Take the decorator off, or keep the key in a class that is only shown.`;

  it.each<[string, new () => object, string[]]>([
    ['@Exclude() on keys', Secret, [leaves('Secret.password'), leaves('Secret.token')]],
    ['@Exclude() on keys of a class inside', Outer, [leaves('Outer.secret.password'), leaves('Outer.secret.token')]],
    [
      '@Exclude() on a class that exposes only some keys',
      Half,
      ['Half.b has no @Expose(), and @Exclude() on Half leaves it out. Give it one, or take @Exclude() off the class.'],
    ],
    [
      '@Exclude() on a class inside',
      HoldsHalf,
      ['HoldsHalf.reply is a Reply, and @Exclude() on that class would empty it between steps. Take it off: what is stored needs every key.'],
    ],
    ['a name outside that is a key', Twice, ['Twice.a has @Expose({ name: "b" }), and b is a key of its own. Give it another name.']],
    ['a default that cannot be stored', Held, ['Held cannot be stored with its defaults: parts cannot be stored: it is a Map: store an array or an object.']],
    ['a date that comes back as something else', Worded, ['Worded.at is a Date, and comes back as a number. Give it @Type(() => Date).']],
    ['nothing, of a class inside of itself', Circle, []],
  ])('says: %s', (_what, type, sentences) => expect(roundTripProblems(type)).toEqual(sentences));
});
