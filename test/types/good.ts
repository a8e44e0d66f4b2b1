/** All that must compile: the ways there are to write a workflow, and to use one. */
import { Injectable, Module } from '@nestjs/common';
import { of } from 'rxjs';
import {
  again,
  asked,
  type ContextOf,
  done,
  type Duration,
  fail,
  go,
  HandlesResponse,
  type Patch,
  pause,
  Step,
  type StepRef,
  type StepResult,
  Workflow,
  WorkflowModule,
  WorkflowService,
} from 'nestjs-argonaut';
import { bullTaskQueue } from 'nestjs-argonaut/bull';
import { aStep, assertValid, memoryProcessStore, memoryTaskQueue, type ProcessProbe, WorkflowHarness } from 'nestjs-argonaut/testing';
import { type Letter, LoanWorkflow, Parcel, type Reply } from './support.js';

@Workflow({ name: 'parcel', version: 2, context: Parcel, defaults: { retry: 3, timeout: '30s' } })
export class GoodWorkflow {
  @Step() nothing() {}
  @Step() patch(parcel: Parcel) {
    return { weight: parcel.weight + 1, stops: (stops: string[]) => [...stops, 'Ulm'] };
  }
  @Step() remove(_parcel: Parcel): Patch<Parcel> {
    return { dueAt: undefined };
  }
  @Step() async later(parcel: Parcel, step: StepRef) {
    step.note(`attempt ${step.attempt}`);
    return parcel.weight > 3 ? { city: 'Ulm' } : undefined;
  }
  @Step() observable(_parcel: Parcel) {
    return of({ city: 'Bonn' });
  }
  @Step({ next: ['patch', 'nothing', 'end'] }) decide(parcel: Parcel) {
    if (parcel.weight > 3) return 'patch';
    return parcel.weight > 2 ? go('nothing', { weight: 2 }) : 'end';
  }
  @Step({
    retry: { attempts: 5, delay: '1s', backoff: 'exponential', maxDelay: '1 hour', jitter: true, unless: [TypeError] },
    timeout: '1 minute',
    within: '2 days',
    required: false,
  })
  patient() {}

  @Step({ request: 'ask', response: Parcel }) answered(_parcel: Parcel, answer: Parcel, step: StepRef<{ count: number }>) {
    return answer.weight > 3 ? done({ weight: answer.weight }) : again({ after: '5 minutes', state: { count: (step.state?.count ?? 0) + 1 } });
  }
  async ask(_parcel: Parcel, step: StepRef) {
    return step.attempt > 3 ? fail('asked three times') : asked({ correlationId: 'S-1' });
  }
  @Step({ on: 'news', within: 'dueAt' }) heard(_parcel: Parcel, news: { text: string }): StepResult<Parcel> {
    return news.text === '' ? pause('nothing in it') : { city: news.text };
  }
  @Step({ after: 'dueAt', when: (parcel: Parcel) => parcel.weight > 3 }) due() {}
  @Step({ after: (parcel: Parcel, step: Pick<StepRef, 'now'>) => parcel.dueAt ?? step.now, queue: 'evening' }) evening() {}
  @Step({ parallel: 'letters', queue: 'letters' }) print() {}
  @Step({ parallel: 'letters', transactional: true }) async book(_parcel: Parcel, step: StepRef) {
    await step.manager.query('select 1');
  }
  @Step({ on: 'stop', unsolicited: true, next: 'end' }) stop(_parcel: Parcel, _stop: { why: string }) {}
}

@Workflow({ name: 'loose' })
export class LooseWorkflow {
  @Step() any(context: Record<string, any>) {
    return { whatever: context['x'] };
  }
}

@Injectable()
export class Consumer {
  @HandlesResponse(LoanWorkflow, 'identity', (letter: Letter) => letter.requestId, { messageId: ({ requestId }) => `m-${requestId}` })
  onLetter(letter: Letter) {
    return letter.passed ? { passed: true } : undefined;
  }
  @HandlesResponse(() => LoanWorkflow, 'identity', (letter: Letter) => letter.requestId)
  async onLetterToo(letter: Letter): Promise<Reply> {
    return { passed: letter.passed };
  }
  @HandlesResponse('loan', 'identity', (letter: Letter) => letter.requestId)
  onLetterByName(letter: Letter) {
    return letter;
  }
}

export async function goodCalls(workflows: WorkflowService, harness: WorkflowHarness): Promise<void> {
  const { id } = await workflows.start(LoanWorkflow, { weight: 3 }, { groupId: 'L-1', ifLive: 'return', actor: 'ada' });
  await workflows.start('loan', { anything: 1 });
  await workflows.respond(LoanWorkflow, 'identity', 'C-1', { passed: true });
  await workflows.emit('news', ['L-1', 'L-2'], { text: 'x' });
  const weight: number = (await workflows.get(LoanWorkflow, id)).context.weight;
  const probe: ProcessProbe<typeof LoanWorkflow> = await harness.start(LoanWorkflow, { city: 'Ulm' });
  await probe.respond('identity', { passed: true });
  await harness.advance(`${weight} days`);
  await workflows.cancel({ workflow: LoanWorkflow, groupId: 'L-1' }, { reason: 'enough' });
  workflows.records.subscribe((record) => record.type === 'step-completed');
}

export type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
export const contextIsRead: Same<ContextOf<LoanWorkflow>, Parcel> = true;
export const lengths: Duration[] = ['30s', '2 days', '1.5h', 1000];

assertValid(LoanWorkflow);
void new LoanWorkflow().identity(new Parcel(), { passed: true });
new LoanWorkflow().askIdentity(new Parcel(), aStep({ attempt: 2 }));

class Config {
  get(key: string) {
    return process.env[key];
  }
}

@Module({
  imports: [
    WorkflowModule.forRootAsync({
      taskQueue: bullTaskQueue({ queues: { scoring: { concurrency: 5, rate: { max: 100, per: '1 minute' } } } }),
      inject: [Config],
      useFactory: (config: Config) => ({
        worker: { enabled: config.get('ROLE') !== 'api', shutdownTimeout: '30s' },
        defaults: { retry: 5, timeout: '30s' },
        keepUnmatched: '3 days',
      }),
    }),
    WorkflowModule.forRoot({ store: memoryProcessStore(), taskQueue: memoryTaskQueue({ queues: ['scoring'] }), schema: 'off' }),
    WorkflowModule.forRoot(),
  ],
})
export class AppModule {}
