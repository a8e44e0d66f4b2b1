import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { IsArray } from 'class-validator';
import { type Flow, Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { Goodbye, Hello } from './steps.js';

export class Work {
  /** Which node did which item. */
  @IsArray() done: { item: number; by: number }[] = [];
}

@Step({ queue: 'nodes' })
export class DoItem {
  private readonly logger = new Logger('DoItem');

  async run(_work: Work, step: StepRef<unknown, number>) {
    await setTimeout(100);
    this.logger.log(`node ${process.pid} does ${step.item}`);
    const mine = { item: step.item, by: process.pid };
    return { done: (all: Work['done']) => [...all, mine] }; // adds up: the items run side by side
  }
}

/**
 * Where LiteFlow brings Azure: whichever instance is free takes an item. Start two over one database (and one Redis):
 *
 *     DATABASE_URL=postgres://… REDIS_URL=redis://… PORT=3000 npm start
 *     DATABASE_URL=postgres://… REDIS_URL=redis://… PORT=3001 npm start
 */
@Workflow({ name: '08-several-nodes', context: Work })
export class SeveralNodes {
  flow(flow: Flow<Work>) {
    // prettier-ignore
    return flow
      .startWith(Hello)
      .forEach(() => [1, 2, 3, 4, 5, 6, 7, 8]).do(DoItem)
      .then(Goodbye);
  }
}
