import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { IsEmail } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { InvalidWorkflowError, Step, type StepRef, Workflow } from '../../lib/index.js';
import { aStep, assertValid, WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';

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
    return { ended: 'expired' as const };
  }

  @Step({ on: 'trial.bought', unsolicited: true, next: 'end' })
  buy() {
    return { ended: 'bought' as const };
  }
}

class Patience {
  ok = false;
  attempts = 0;
}

@Workflow({ name: 'patient', context: Patience })
class PatientWorkflow {
  tries = 0;

  @Step({ request: 'ask', within: '2 days', retry: 2 })
  answer(_context: Patience, reply: { ok: boolean }) {
    return { ok: reply.ok };
  }
  ask() {
    this.tries++;
  }

  @Step({ queue: 'slow', retry: { attempts: 3, delay: '1 minute', backoff: 'exponential' }, timeout: '10s' })
  async flaky(_context: Patience, step: StepRef) {
    if (step.attempt < 3) await new Promise((_, reject) => step.signal.addEventListener('abort', () => reject(new Error('too slow'))));
    return { attempts: step.attempt };
  }
}

async function boot() {
  const sent: string[] = [];
  const patient = new PatientWorkflow();
  const module = await Test.createTestingModule({
    imports: [WorkflowTestingModule.forRoot({ now: '2026-01-01T00:00:00Z' })],
    providers: [
      TrialWorkflow,
      { provide: PatientWorkflow, useValue: patient },
      { provide: Mailer, useValue: { send: (_to: string, what: string, key: string) => sent.push(`${what} ${key}`) } },
    ],
  }).compile();
  await module.init();
  return { harness: module.get(WorkflowHarness), sent, patient };
}

describe('a clock that stands still', () => {
  it('reminds after 25 days and ends after 30, without sleeping', async () => {
    const { harness, sent } = await boot();
    const trial = await harness.start(TrialWorkflow, { email: 'ada@example.org' });
    await harness.advance('24 days');
    expect(sent).toEqual([]);
    await harness.advance('1 day');
    expect(sent).toEqual([`five days left ${trial.id}.1`]);
    expect(trial.waitingFor).toEqual(['expire']);
    await harness.advance('5 days');
    expect(trial.status).toBe('completed');
    expect(trial.context.ended).toBe('expired');
    expect(trial.path).toEqual(['remind', 'expire']);
    expect(harness.now()).toEqual(new Date('2026-01-31T00:00:00Z'));
    expect(trial.records.at(-1)!.createdAt).toEqual(new Date('2026-01-31T00:00:00Z'));
  });

  it('takes an event at any time', async () => {
    const { harness, sent } = await boot();
    const trial = await harness.start(TrialWorkflow, { email: 'ada@example.org' }, { groupId: 't-1' });
    await harness.advance('3 days');
    expect(await harness.emit('trial.bought', 't-1', {})).toMatchObject([{ processId: trial.id, disposition: 'delivered' }]);
    expect(trial).toMatchObject({ status: 'completed', context: { ended: 'bought' } });
    await harness.advance('30 days');
    expect(sent).toEqual([]);
  });

  it('lets a worker die in the middle of a step: the body has run twice, the completion is recorded once', async () => {
    const { harness, sent } = await boot();
    harness.crashIn('remind');
    const trial = await harness.start(TrialWorkflow, { email: 'ada@example.org' });
    await harness.advance('25 days');
    expect(trial.context.reminded).toBe(true);
    expect(sent).toEqual([`five days left ${trial.id}.1`, `five days left ${trial.id}.1`]);
    expect(trial.path).toEqual(['remind']);
    expect(trial.records.map(({ type }) => type)).toContain('process-recovered');
  });

  it('asks again when no answer comes within the time given, then fails', async () => {
    const { harness, patient } = await boot();
    const process = await harness.start(PatientWorkflow);
    await harness.advance('2 days');
    expect(patient.tries).toBe(2);
    expect(process.status).toBe('waiting');
    await harness.advance('2 days');
    expect(process.status).toBe('failed');
    expect(process.records.filter(({ type }) => type === 'step-timed-out')).toHaveLength(2);
  });

  it('runs out of time in a body, and tries again with a growing delay', async () => {
    const { harness } = await boot();
    const process = await harness.start(PatientWorkflow);
    await process.respond('answer', { ok: true });
    await harness.advance('10s');
    expect(process.waitingFor).toEqual(['flaky']);
    await harness.advance('59s');
    expect(process.records.filter(({ type }) => type === 'step-failed')).toHaveLength(1);
    await harness.advance('11s');
    expect(process.records.filter(({ type }) => type === 'step-failed')).toHaveLength(2);
    await harness.advance('2 minutes');
    expect(process).toMatchObject({ status: 'completed', context: { attempts: 3 } });
  });
});

describe('without a harness', () => {
  it('a step is a method', () => {
    const trial = new TrialWorkflow({ send: async () => {} });
    expect(trial.buy()).toEqual({ ended: 'bought' });
    expect(aStep({ attempt: 2 }).attempt).toBe(2);
  });

  it('assertValid runs the checks of boot on one class', () => {
    expect(() => assertValid(TrialWorkflow)).not.toThrow();
    class Loose {}
    expect(() => assertValid(Loose)).toThrow(InvalidWorkflowError);
  });
});
