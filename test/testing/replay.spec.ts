/** A process of production as a fixture: where would today's code go another way? */
import 'reflect-metadata';
import { Test, type TestingModule } from '@nestjs/testing';
import type { Provider } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IsInt } from 'class-validator';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { again, Step, type StepRef, Workflow, WorkflowService, workflowEntities } from '../../lib/index.js';
import { fixtureOf, type ProcessFixture, WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';
import { libsqlFile } from '../support/databases.js';

class Loan {
  @IsInt() amount = 0;
  score?: number;
  looks = 0;
  signed = false;
  noted?: string;
  ended?: string;
}
class Signature {
  @IsInt() page!: number;
}

const ran: string[] = [];

class Steps {
  @Step({ retry: 2, compensate: 'unscore' }) score({ amount }: Loan, step: StepRef): object {
    ran.push('score');
    if (step.attempt === 1) throw new Error('no line');
    return { score: amount / 10 };
  }
  unscore() {
    return { score: undefined };
  }
  @Step({ transactional: true }) look(_loan: Loan, step: StepRef<number>) {
    ran.push('look');
    return step.state === undefined ? again({ after: '2 hours', state: 1, patch: { looks: 1 } }) : { looks: 2 };
  }
  @Step({ next: ['sign', 'refuse'] }) decide({ score = 0 }: Loan): 'sign' | 'refuse' {
    ran.push('decide');
    return score >= 50 ? 'sign' : 'refuse';
  }
  @Step({ request: 'ask', response: Signature, within: '2 days', retry: 2, next: 'pay' }) sign(_loan: Loan, _answer: Signature): object {
    ran.push('sign');
    return { signed: true };
  }
  ask() {
    ran.push('ask');
  }
  @Step({ after: '1 day', next: 'end' }) pay() {
    return { ended: 'paid' };
  }
  @Step({ next: 'end' }) refuse() {
    return { ended: 'refused' };
  }
  @Step({ on: 'loan.noted', unsolicited: true }) note(_loan: Loan, event: { text: string }) {
    return { noted: event.text };
  }
}

@Workflow({ name: 'loan', context: Loan })
class LoanWorkflow extends Steps {}

let close = async () => {};
afterEach(() => close());

async function harnessOf(...providers: Provider[]): Promise<WorkflowHarness> {
  const module: TestingModule = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers }).compile();
  module.useLogger(false);
  close = () => module.close();
  await module.init();
  return module.get(WorkflowHarness);
}

/** Records a process over a database, as production would, with the virtual clock for its days. */
async function recordedLoan(): Promise<ProcessFixture> {
  const database = libsqlFile();
  const dataSourceFactory = () => database.connect({ entities: workflowEntities });
  const module = await Test.createTestingModule({
    imports: [TypeOrmModule.forRootAsync({ useFactory: () => ({}), dataSourceFactory }), WorkflowTestingModule.forRoot({ dataSource: 'default' })],
    providers: [LoanWorkflow],
  }).compile();
  module.useLogger(false);
  await module.init();
  const harness = module.get(WorkflowHarness);
  const loan = await harness.start(LoanWorkflow, { amount: 500 }, { groupId: 'L-1' });
  await harness.advance('2 hours');
  await harness.emit('loan.noted', 'L-1', { text: 'a friend' });
  await harness.advance('3 days'); // the first request is not answered
  await loan.respond('sign', { page: 3 });
  await harness.advance('1 day');
  expect(loan.context.ended).toBe('paid');
  const fixture = await fixtureOf(module.get(WorkflowService), loan.id);
  await module.close();
  await database.drop();
  return JSON.parse(JSON.stringify(fixture)) as ProcessFixture;
}

describe('a recorded process', () => {
  let fixture: ProcessFixture;
  beforeAll(async () => void (fixture = await recordedLoan()));

  it('goes the same way today, without a body being run', async () => {
    ran.length = 0;
    const { differences, process } = await (await harnessOf(LoanWorkflow)).replay(fixture);
    expect(differences).toEqual([]);
    expect(process).toMatchObject({
      status: 'completed',
      path: ['score', 'look', 'decide', 'note', 'sign', 'pay'],
      context: { looks: 2, noted: 'a friend', ended: 'paid' },
    });
    expect(ran).toEqual([]);
  });

  it('runs the steps that are named, and says where they change something else', async () => {
    @Workflow({ name: 'loan', context: Loan })
    class Stricter extends Steps {
      override score(loan: Loan, step: StepRef) {
        return { score: (super.score(loan, step) as { score: number }).score / 2 };
      }
    }
    const harness = await harnessOf(Stricter);
    expect((await harness.replay(fixture, { run: ['decide'] })).differences).toEqual([]);
    const { differences } = await harness.replay({ ...fixture, groupId: 'L-2' }, { run: ['score', 'decide'] });
    expect(differences).toEqual([
      'step-completed of "score": it changed {"score":50}. Today it changes {"score":25}.',
      expect.stringMatching(/^Record \d+, response-requested of "sign": today it is in "refuse"$/),
    ]);
  });

  it('says where the graph goes another way', async () => {
    @Workflow({ name: 'loan', context: Loan })
    class Undecided extends Steps {
      @Step({ next: ['pay', 'refuse'] }) override decide(): never {
        throw new Error('it is not run');
      }
      @Step({ next: 'sign' }) override refuse() {
        return { ended: 'refused' };
      }
    }
    const { differences } = await (await harnessOf(Undecided)).replay(fixture);
    expect(differences).toEqual([
      expect.stringMatching(/^Record \d+, step-completed of "decide": today it is failed \("decide" failed: .*"sign", which is not one of its next/),
    ]);
  });

  it('says what today is not taken any more', async () => {
    class Signed {
      @IsInt() page!: number;
      @IsInt() line!: number;
    }
    @Workflow({ name: 'loan', context: Loan })
    class Precise extends Steps {
      @Step({ request: 'ask', response: Signed, within: '2 days', retry: 2, next: 'pay' }) override sign(_loan: Loan, _answer: Signed) {
        return { signed: true };
      }
    }
    const { differences } = await (await harnessOf(Precise)).replay(fixture);
    expect(differences).toEqual([expect.stringMatching(/^Record \d+, message-delivered of "sign": today it is/)]);
  });

  it('a harness goes on as before afterwards', async () => {
    const harness = await harnessOf(LoanWorkflow);
    await harness.replay({ ...fixture, records: fixture.records.slice(0, 3) });
    const other = await harness.start(LoanWorkflow, { amount: 10 }, { groupId: 'L-9' });
    expect(other.status).toBe('failed'); // its look is transactional, and it runs in memory
  });
});
