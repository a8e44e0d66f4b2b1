/** An order that is charged by request and answer, in the four spellings. What undoes it says what it was told. */
import { type Digraph, type Flow, Step, type StepRef, Workflow, type WorkflowJson } from '../../lib/index.js';

/** Everything that was done outside, by group id. */
export class Bank {
  readonly did = new Map<string, string[]>();
  /** How often refunds of this group id fail from now on. */
  readonly down = new Map<string, number>();

  /** The correlation id of the last request. */
  readonly asked = new Map<string, string>();

  said(groupId: string): string[] {
    return this.did.get(groupId) ?? [];
  }
  note(groupId: string, what: string): void {
    this.did.set(groupId, [...this.said(groupId), what]);
  }
  ask(step: StepRef): void {
    this.note(step.groupId, 'asked');
    this.asked.set(step.groupId, step.correlationId);
  }
  paid(answer: { ok: boolean }, step: StepRef) {
    this.note(step.groupId, 'paid');
    if (!answer.ok) throw new Error('the answer is odd');
    return { charge: `C-${step.groupId}` };
  }
  refund(step: StepRef): void {
    const left = this.down.get(step.groupId) ?? 0;
    this.down.set(step.groupId, left - 1);
    if (left > 0) throw new Error('502');
    const same = this.asked.get(step.groupId) === step.correlationId;
    this.note(step.groupId, `refund ${step.reached} ${JSON.stringify(step.message)}${same ? '' : ' of another request'}`);
  }
}

export class Charged {
  charge?: string;
}

const pay = { within: '10m', onError: 'compensate' } as const;
const patient = { retry: { attempts: 3, delay: '1s', backoff: 'exponential' }, timeout: '5s' } as const;

class Methods {
  constructor(protected readonly bank: Bank) {}
  ask(_order: Charged, step: StepRef) { this.bank.ask(step); } // prettier-ignore
  release(_order: Charged, step: StepRef) { this.bank.note(step.groupId, `release ${step.reached}`); } // prettier-ignore
  refund(_order: Charged, step: StepRef) { this.bank.refund(step); } // prettier-ignore
}

@Workflow({ name: 'written', context: Charged })
export class Written extends Methods {
  constructor(bank: Bank) { super(bank); } // prettier-ignore
  @Step({ compensate: 'release' }) reserve() {}
  @Step({ ...pay, request: 'ask', compensate: { do: 'refund', ...patient } }) pay(_order: Charged, answer: { ok: boolean }, step: StepRef) { return this.bank.paid(answer, step); } // prettier-ignore
  @Step({ on: 'shipped' }) ship() {}
}

@Workflow({ name: 'built', context: Charged })
export class Built extends Methods {
  constructor(bank: Bank) { super(bank); } // prettier-ignore
  flow(flow: Flow<Charged>) {
    return flow.startWith(this.reserve).compensateWith(this.release).then(this.pay, pay).compensateWith(this.refund, patient).waitFor('shipped');
  }
  @Step() reserve() {}
  @Step({ request: 'ask' }) pay(_order: Charged, answer: { ok: boolean }, step: StepRef) { return this.bank.paid(answer, step); } // prettier-ignore
}

@Workflow({ name: 'drawn', context: Charged })
export class Drawn extends Methods {
  constructor(bank: Bank) { super(bank); } // prettier-ignore
  flow: Digraph<Drawn> = { start: ['reserve'], reserve: ['pay'], pay: ['ship'] };
  @Step({ compensate: { do: 'release' } }) reserve() {}
  @Step({ ...pay, request: 'ask', compensate: { do: 'refund', ...patient } }) pay(_order: Charged, answer: { ok: boolean }, step: StepRef) { return this.bank.paid(answer, step); } // prettier-ignore
  @Step({ on: 'shipped' }) ship() {}
}

@Step()
export class Reserve {
  constructor(private readonly bank: Bank) {}
  run() {}
  compensate(_order: Charged, step: StepRef) { this.bank.note(step.groupId, `release ${step.reached}`); } // prettier-ignore
}

@Step()
export class Pay {
  constructor(private readonly bank: Bank) {}
  request(_order: Charged, step: StepRef) { this.bank.ask(step); } // prettier-ignore
  run(_order: Charged, step: StepRef<unknown, unknown, { ok: boolean }>) { return this.bank.paid(step.message, step); } // prettier-ignore
  compensate(_order: Charged, step: StepRef) { this.bank.refund(step); } // prettier-ignore
}

@Step()
export class Ship {
  run() {}
}

export const asJson: WorkflowJson = {
  name: 'json',
  context: 'Charged',
  steps: [
    { name: 'reserve', use: 'Reserve' },
    { name: 'pay', use: 'Pay', ...pay, compensate: patient },
    { name: 'ship', use: 'Ship', on: 'shipped' },
  ],
};

export const SPELLINGS = { 'the order written': 'written', 'the builder': 'built', 'the digraph': 'drawn', JSON: 'json' };
export const PROVIDERS = [Bank, Written, Built, Drawn, Reserve, Pay, Ship];
