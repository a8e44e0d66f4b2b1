import { Test } from '@nestjs/testing';
import { IsEmail } from 'class-validator';
import { expect, it } from 'vitest';
import { WorkflowHarness, WorkflowTestingModule, aStep } from 'nestjs-argonaut/testing';
import { LoanWorkflow } from './a-quick-start.js';
import { Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { Bank, KycClient, ScoreService } from './quick-start.support.js';

class Trial {
  @IsEmail() email!: string;
  reminded = false;
  ended?: 'bought' | 'expired';
}
abstract class Mailer {
  abstract send(to: string, what: string, key: string): Promise<void>;
}

@Workflow({ name: 'trial', context: Trial })
class TrialWorkflow {
  constructor(private readonly mailer: Mailer) {}

  @Step({ after: '25 days' })
  async remind(trial: Trial, step: StepRef) {
    await this.mailer.send(trial.email, 'five days left', step.idempotencyKey);
    return { reminded: true };
  }

  @Step({ after: '5 days' })
  expire() {
    return { ended: 'expired' };
  }

  @Step({ on: 'trial.bought', unsolicited: true, next: 'end' })
  buy() {
    return { ended: 'bought' };
  }
}

async function trials() {
  const sent: string[] = [];
  const module = await Test.createTestingModule({
    imports: [WorkflowTestingModule.forRoot({ now: '2026-01-01T00:00:00Z' })],
    providers: [TrialWorkflow, { provide: Mailer, useValue: { send: (_to: string, what: string) => sent.push(what) } }],
  }).compile();
  await module.init();
  return { harness: module.get(WorkflowHarness), sent };
}

it('reminds after 25 days and ends after 30', async () => {
  const { harness, sent } = await trials();
  const trial = await harness.start(TrialWorkflow, { email: 'ada@example.org' });

  await harness.advance('25 days');
  expect(sent).toEqual(['five days left']);
  expect(trial.waitingFor).toEqual(['expire']);

  await harness.advance('5 days');
  expect(trial.status).toBe('completed');
  expect(trial.context.ended).toBe('expired');
  expect(trial.path).toEqual(['remind', 'expire']);
});

it('sends the reminder although its worker dies', async () => {
  const { harness, sent } = await trials();
  harness.crashIn('remind');
  const trial = await harness.start(TrialWorkflow, { email: 'ada@example.org' });
  await harness.advance('25 days');
  expect(trial.context.reminded).toBe(true);
  expect(sent.length).toBeGreaterThanOrEqual(1);
});

it('needs no harness for one step', () => {
  const loans = new LoanWorkflow(new KycClient(), new ScoreService(), new Bank());
  expect(loans.decide({ reference: 'L-1', applicant: 'Ada', amount: 5000, fee: 50, identified: true, score: 700 })).toBe('pay');
  expect(aStep({ attempt: 2 }).attempt).toBe(2);
});

declare module 'nestjs-argonaut' {
  interface Events {
    'trial.bought': object;
  }
}
