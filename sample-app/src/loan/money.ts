import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsInstance } from 'class-validator';

/** An amount, counted in cents and written `'12.50'`. */
export class Money {
  constructor(private readonly cents: number) {}

  static of(text: string): Money {
    if (!/^\d{1,12}(\.\d{1,2})?$/.test(text)) throw new TypeError(`"${text}" is no amount of money, such as 12.50.`);
    return new Money(Math.round(Number(text) * 100));
  }

  percent(rate: number): Money {
    return new Money(Math.round((this.cents * rate) / 100));
  }

  isMoreThan(other: Money): boolean {
    return this.cents > other.cents;
  }

  toString(): string {
    return (this.cents / 100).toFixed(2);
  }

  toJSON(): string {
    return this.toString();
  }
}

/** A property that is Money here, and text in JSON: in requests, and where the context is stored. */
export function IsMoney(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => moneyIn(value), { toClassOnly: true }),
    Transform(({ value }) => (value instanceof Money ? value.toString() : value), { toPlainOnly: true }),
    IsInstance(Money, { message: '$property must be an amount of money, such as "12.50"' }),
  );
}

function moneyIn(value: unknown): unknown {
  try {
    return typeof value === 'string' ? Money.of(value) : value;
  } catch {
    return value; // IsInstance refuses it
  }
}
