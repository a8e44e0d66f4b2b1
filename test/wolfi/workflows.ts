/** Workflows whose steps do what the test of a group id says, and write down that they ran. */
import { Injectable } from '@nestjs/common';
import { Transform, Type } from 'class-transformer';
import { IsDate, IsEnum, IsInt, IsString, IsUUID, ValidateNested } from 'class-validator';
import { again, Step, type StepRef, Workflow } from '../../lib/index.js';

type Behaviour = (context: any, step: StepRef, message?: any) => unknown;

/** What ran, and what the steps of a group id are to do. */
@Injectable()
export class Journal {
  readonly calls: {
    readonly step: string;
    readonly groupId: string;
    readonly processId: string;
    readonly message?: unknown;
    readonly context: unknown;
    readonly correlationId: string;
  }[] = [];
  private readonly behaviours = new Map<string, Behaviour>();

  tell(groupId: string, step: string, behaviour: Behaviour): void {
    this.behaviours.set(`${groupId} ${step}`, behaviour);
  }

  run(name: string, context: unknown, step: StepRef, otherwise: unknown, message?: unknown): any {
    this.calls.push({
      step: name,
      groupId: step.groupId,
      processId: step.processId,
      message,
      context: structuredClone(context),
      correlationId: step.correlationId,
    });
    const behaviour = this.behaviours.get(`${step.groupId} ${name}`);
    return behaviour ? behaviour(context, step, message) : otherwise;
  }

  /** The steps that ran for a group id, in order. */
  of(groupId: string): string[] {
    return this.calls.filter((call) => call.groupId === groupId).map(({ step }) => step);
  }

  last(groupId: string, step: string) {
    return this.calls.findLast((call) => call.groupId === groupId && call.step === step)!;
  }
}

export class Bag {
  trace: string[] = [];
  note = 'default';
  stock = false;
  closed = false;
  extra?: unknown;
}

const traced = (bag: Bag, name: string) => ({ trace: [...bag.trace, name] });

@Workflow({ name: 'linear', context: Bag })
export class Linear {
  constructor(private readonly journal: Journal) {}
  @Step() a(bag: Bag, step: StepRef): any { return this.journal.run('a', bag, step, traced(bag, 'a')); } // prettier-ignore
  @Step() b(bag: Bag, step: StepRef): any { return this.journal.run('b', bag, step, traced(bag, 'b')); } // prettier-ignore
  @Step() c(bag: Bag, step: StepRef): any { return this.journal.run('c', bag, step, traced(bag, 'c')); } // prettier-ignore
}

@Workflow({ name: 'other', context: Bag })
export class Other extends Linear {}

@Workflow({ name: 'asking', context: Bag })
export class RequestResult {
  constructor(private readonly journal: Journal) {}
  @Step({ request: 'askPartner' }) answer(bag: Bag, reply: any, step: StepRef): any { return this.journal.run('answer', bag, step, { note: reply.note }, reply); } // prettier-ignore
  askPartner(bag: Bag, step: StepRef): any { return this.journal.run('askPartner', bag, step, undefined); } // prettier-ignore
  @Step() onward(bag: Bag, step: StepRef): any { return this.journal.run('onward', bag, step, traced(bag, 'onward')); } // prettier-ignore
}

@Workflow({ name: 'last-asking', context: Bag })
export class LastAsking {
  constructor(private readonly journal: Journal) {}
  @Step() first(bag: Bag, step: StepRef): any { return this.journal.run('first', bag, step, traced(bag, 'first')); } // prettier-ignore
  @Step({ request: 'ask' }) answer(bag: Bag, reply: any, step: StepRef): any { return this.journal.run('answer', bag, step, { note: reply.note }, reply); } // prettier-ignore
  ask(bag: Bag, step: StepRef): any { return this.journal.run('ask', bag, step, undefined); } // prettier-ignore
}

@Workflow({ name: 'queued', context: Bag })
export class Queued {
  constructor(private readonly journal: Journal) {}
  @Step({ queue: 'work' }) task(bag: Bag, step: StepRef): any { return this.journal.run('task', bag, step, traced(bag, 'task')); } // prettier-ignore
  @Step() onward(bag: Bag, step: StepRef): any { return this.journal.run('onward', bag, step, traced(bag, 'onward')); } // prettier-ignore
}

@Workflow({ name: 'queued-asking', context: Bag })
export class QueuedAsking {
  constructor(private readonly journal: Journal) {}
  @Step() first(bag: Bag, step: StepRef): any { return this.journal.run('first', bag, step, traced(bag, 'first')); } // prettier-ignore
  @Step({ queue: 'work', request: 'ask' }) answer(bag: Bag, reply: any, step: StepRef): any { return this.journal.run('answer', bag, step, { note: reply.note }, reply); } // prettier-ignore
  ask(bag: Bag, step: StepRef): any { return this.journal.run('ask', bag, step, undefined); } // prettier-ignore
}

@Workflow({ name: 'evening', context: Bag })
export class Evening {
  constructor(private readonly journal: Journal) {}
  @Step({ queue: 'work', after: (bag: Bag) => new Date(String(bag.extra)) }) task(bag: Bag, step: StepRef): any { return this.journal.run('task', bag, step, traced(bag, 'task')); } // prettier-ignore
}

@Workflow({ name: 'letters', context: Bag })
export class Letters {
  constructor(private readonly journal: Journal) {}
  @Step({ queue: 'letters', parallel: 'letters' }) print(bag: Bag, step: StepRef): any { return this.journal.run('print', bag, step, { trace: (all: string[]) => [...all, 'print'] }); } // prettier-ignore
  @Step({ queue: 'letters', parallel: 'letters' }) mail(bag: Bag, step: StepRef): any { return this.journal.run('mail', bag, step, { trace: (all: string[]) => [...all, 'mail'] }); } // prettier-ignore
  @Step({ queue: 'letters', parallel: 'letters', request: 'askFax' }) fax(bag: Bag, reply: any, step: StepRef): any { return this.journal.run('fax', bag, step, { trace: (all: string[]) => [...all, 'fax'] }, reply); } // prettier-ignore
  askFax(bag: Bag, step: StepRef): any { return this.journal.run('askFax', bag, step, undefined); } // prettier-ignore
  @Step() onward(bag: Bag, step: StepRef): any { return this.journal.run('onward', bag, step, traced(bag, 'onward')); } // prettier-ignore
}

@Workflow({ name: 'listening', context: Bag, completeWhen: 'closed' })
export class Listening {
  constructor(private readonly journal: Journal) {}
  @Step({ request: 'ask' }) answer(bag: Bag, reply: any, step: StepRef): any { return this.journal.run('answer', bag, step, { note: reply.note }, reply); } // prettier-ignore
  ask(bag: Bag, step: StepRef): any { return this.journal.run('ask', bag, step, undefined); } // prettier-ignore
  @Step({ when: 'stock' }) ship(bag: Bag, step: StepRef): any { return this.journal.run('ship', bag, step, traced(bag, 'ship')); } // prettier-ignore
  @Step({ on: 'alert', unsolicited: true }) alerted(bag: Bag, alert: any, step: StepRef): any {
    return this.journal.run(
      'alerted',
      bag,
      step,
      alert.ignore ? again() : { trace: [...bag.trace, `alert ${alert.text}`], stock: alert.stock ?? bag.stock, closed: alert.closed ?? bag.closed },
      alert,
    );
  }
  @Step({ on: 'withdrawn', unsolicited: true, next: 'end' }) withdraw(bag: Bag, event: any, step: StepRef): any { return this.journal.run('withdraw', bag, step, { note: event.reason }, event); } // prettier-ignore
}

@Workflow({ name: 'hearing', context: Bag })
export class Hearing {
  constructor(private readonly journal: Journal) {}
  @Step() first(bag: Bag, step: StepRef): any { return this.journal.run('first', bag, step, traced(bag, 'first')); } // prettier-ignore
  @Step({ on: 'alert' }) alerted(bag: Bag, alert: any, step: StepRef): any { return this.journal.run('alerted', bag, step, traced(bag, `alert ${alert.text}`), alert); } // prettier-ignore
  @Step() onward(bag: Bag, step: StepRef): any { return this.journal.run('onward', bag, step, traced(bag, 'onward')); } // prettier-ignore
}

@Workflow({ name: 'gated', context: Bag })
export class Gated {
  constructor(private readonly journal: Journal) {}
  @Step({ when: (bag: Bag) => bag.stock, request: 'ask' }) answer(bag: Bag, reply: any, step: StepRef): any { return this.journal.run('answer', bag, step, { note: reply.note }, reply); } // prettier-ignore
  ask(bag: Bag, step: StepRef): any { return this.journal.run('ask', bag, step, undefined); } // prettier-ignore
  @Step({ on: 'alert', unsolicited: true }) alerted(bag: Bag, alert: any, step: StepRef): any { return this.journal.run('alerted', bag, step, { stock: alert.stock }, alert); } // prettier-ignore
}

/* ---------------------------------------------------------------- typed values ---- */

export class Decimal {
  constructor(private readonly cents: bigint) {}
  static of(text: string): Decimal {
    const [whole, part = ''] = text.split('.');
    return new Decimal(BigInt(`${whole}${part.padEnd(2, '0')}`));
  }
  plus(other: Decimal): Decimal {
    return new Decimal(this.cents + other.cents);
  }
  toString(): string {
    const digits = this.cents.toString().padStart(3, '0');
    return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
  }
}

export enum Colour {
  Red = 'red',
  Blue = 'blue',
}

export class Address {
  @IsString() street!: string;
  @IsDate() @Type(() => Date) since!: Date;
}

export class Customer {
  @IsUUID() id!: string;
  @IsDate() born!: Date;
  @IsEnum(Colour) colour!: Colour;
  @ValidateNested() @Type(() => Address) address!: Address;
  @Type(() => Address) former: Address[] = [];
  @Transform(({ value }) => (value instanceof Decimal ? value : Decimal.of(String(value))), { toClassOnly: true })
  @Transform(({ value }) => String(value), { toPlainOnly: true })
  balance: Decimal = Decimal.of('0.10');
  @IsInt() visits = 0;
  loose?: unknown;
}

@Workflow({ name: 'typed', context: Customer })
export class Typed {
  constructor(private readonly journal: Journal) {}
  @Step() look(customer: Customer, step: StepRef): any { return this.journal.run('look', {}, step, { balance: customer.balance.plus(Decimal.of('1.25')), visits: customer.visits + 1, former: [customer.address] }); } // prettier-ignore
  @Step() again(customer: Customer, step: StepRef): any { return this.journal.run('again', {}, step, { loose: [customer.born instanceof Date, customer.address instanceof Address, customer.address.since instanceof Date, customer.former[0] instanceof Address, customer.balance instanceof Decimal] }); } // prettier-ignore
}

export const WOLFI_WORKFLOWS = [Linear, Other, RequestResult, LastAsking, Queued, QueuedAsking, Evening, Letters, Listening, Hearing, Gated, Typed];
