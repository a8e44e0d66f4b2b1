import { Module, type Type } from '@nestjs/common';
import { IsString } from 'class-validator';
import { Step, type StepRef, Workflow, WorkflowModule, asked, done, go } from 'nestjs-argonaut';
import { type Change, CommitStore, type ProcessRequest, ProcessStore } from 'nestjs-argonaut/ports';
import { ShippingWorkflow } from './f-dagger.js';

// What no other sample shows.

class Quote {
  @IsString() box!: string;
  price?: number;
  known?: boolean;
}
abstract class Insurers {
  abstract ask(box: string): Promise<{ id: string }>;
  abstract quote(name: string, box: string): Promise<number>;
}

// A step class that asks under the other side's id, or not at all
@Step({ response: Quote })
export class Known {
  constructor(private readonly insurers: Insurers) {}
  async request(quote: Quote) {
    if (quote.known) return done();
    return asked({ correlationId: (await this.insurers.ask(quote.box)).id });
  }
  run(_quote: Quote, step: StepRef<unknown, unknown, Quote>) {
    return { known: step.message.known };
  }
}

@Workflow({ name: 'quote', context: Quote, within: '30 days' })
export class QuoteWorkflow {
  constructor(private readonly insurers: Insurers) {}

  // The first of two; the other may finish, but counts no more. The next group is another one.
  @Step({ queue: 'quotes', parallel: { group: 'insurers', join: 'any', losers: 'finish' } })
  async one(quote: Quote) {
    return { price: await this.insurers.quote('one', quote.box) };
  }
  @Step({ queue: 'quotes', parallel: { group: 'insurers', join: 'any', losers: 'finish' } })
  async two(quote: Quote) {
    return { price: await this.insurers.quote('two', quote.box) };
  }

  @Step({ next: ['ship', 'end'] })
  decide(quote: Quote) {
    return (quote.price ?? 0) < 100 ? go('ship', { known: true }) : 'end';
  }

  // Started, not waited for, and left alone when this process is cancelled
  @Step({ child: { workflow: ShippingWorkflow, with: 'start', detached: true, onParentCancel: 'leave' } })
  ship(_quote: Quote) {}
  start(quote: Quote) {
    return { box: quote.box };
  }
}

// One's own database: the port in its three parts, which passes `processStoreContract`
abstract class MongoCommits extends CommitStore<never> {
  override async commit(_changes: readonly Change[]) {
    return [];
  }
  override async load(_requests: readonly ProcessRequest[]) {
    return [];
  }
}

abstract class MongoStore extends ProcessStore<never> {
  abstract override readonly commits: MongoCommits;
}

@Module({
  imports: [WorkflowModule.forRoot({ store: { use: MongoStore as unknown as Type<ProcessStore<never>> } })],
  providers: [QuoteWorkflow, Known],
})
export class QuoteModule {}

declare module 'nestjs-argonaut' {
  interface Queues {
    quotes: true;
  }
}
