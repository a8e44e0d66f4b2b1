/** All that must compile: the ways there are to write a workflow, and to use one. */
import { Injectable, Module } from '@nestjs/common';
import { of } from 'rxjs';
import {
  again,
  asked,
  type ContextOf,
  type Digraph,
  done,
  type Duration,
  fail,
  type Flow,
  type StepInfo,
  go,
  HandlesEvent,
  HandlesInput,
  HandlesResponse,
  type Patch,
  pause,
  StartsProcess,
  Step,
  type StepClass,
  type StepRef,
  type StepResult,
  Workflow,
  type WorkflowJson,
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

@Workflow({ name: 'more', context: Parcel, within: '30 days', defaults: { onError: 'suspend' }, config: { copies: 2 } })
export class MoreWorkflow {
  @Step({
    input: Parcel,
    if: (parcel: Parcel) => parcel.dueAt !== undefined,
    compensate: 'undo',
    onError: 'compensate',
    overdue: { after: '1 day', do: 'remind' },
  })
  given(parcel: Parcel, input: Parcel) {
    return { weight: parcel.weight + input.weight };
  }
  undo(_parcel: Parcel, step: StepRef) {
    return step.previous as unknown;
  }
  remind() {}
  @Step({ compensate: { do: 'undone', retry: { attempts: 9, delay: '1m', unless: [TypeError] }, timeout: '5s' } }) undoable(_parcel: Parcel) {}
  @Step({ compensate: { do: 'takenBack', request: 'askToTakeBack', response: Parcel, within: '1 day' } }) taken(_parcel: Parcel) {}
  askToTakeBack(_parcel: Parcel, { undone }: StepRef) {
    return undone === undefined ? done() : asked({ correlationId: undone.correlationId });
  }
  takenBack(parcel: Parcel, answer: Parcel, _step: StepRef) {
    return { weight: parcel.weight - answer.weight };
  }
  undone(_parcel: Parcel, { reached }: StepRef) {
    return reached === 'asked' || reached === 'failed' ? undefined : { weight: 0 };
  }
  @Step({ forEach: 'stops', concurrency: 1, config: { copies: 3 }, onError: { next: 'heard' } }) each(_parcel: Parcel, step: StepRef<unknown, string>) {
    return { stops: (stops: string[]) => [...stops, `${step.index}: ${step.item.trim()} ${step.config['copies']}`] };
  }
  @Step({ forEach: (parcel: Parcel) => [parcel.weight], while: (parcel: Parcel, step: StepInfo<number>) => step.item > parcel.weight + step.index })
  again(_parcel: Parcel, _step: StepRef<unknown, number>) {}
  @Step({ on: { event: 'news', key: 'city', since: (parcel: Parcel) => parcel.dueAt ?? new Date(0), matchOne: true }, stage: 'both' })
  heard(_parcel: Parcel, _news: { text: string }) {}
  @Step({ child: { workflow: LoanWorkflow, with: 'toLoan', onParentCancel: 'leave' }, stage: 'both' }) loan(_parcel: Parcel, loan: Parcel) {
    return { weight: loan.weight };
  }
  toLoan(parcel: Parcel) {
    return { city: parcel.city };
  }
  @Step({ child: LoanWorkflow, independent: true }) loanToo(_parcel: Parcel, _loan: Parcel) {}
  @Step({ child: 'stored', parallel: { group: 'last', join: 'any' } }) stored(_parcel: Parcel, _other: { anything: number }) {}
  @Step({ request: 'ask', after: '1 hour', parallel: { group: 'last', join: 'any' } }) asking(_parcel: Parcel, _answer: Reply) {}
  ask() {}
  @Step({ input: Parcel, unsolicited: true }) correct(_parcel: Parcel, input: Parcel) {
    return { weight: input.weight };
  }
}

/** Half annotated functions beside other options. */
@Workflow({ name: 'half', context: Parcel, completeWhen: 'known' })
export class HalfAnnotated {
  @Step({ after: (_parcel: Parcel, step) => step.now, overdue: { after: '1 day', do: 'remind' } }) first(_parcel: Parcel) {}
  @Step({ when: (parcel: Parcel, step) => step.now > parcel.dueAt!, retry: { attempts: 3, delay: '1s' } }) second(_parcel: Parcel) {}
  @Step({ if: 'known', within: 'dueAt', on: { event: 'news', key: 'city', since: 'dueAt' } }) third(_parcel: Parcel, _news: { text: string }) {}
  remind(_parcel: Parcel) {}
  format(_date: Date) {}
}

@Step({ name: 'weigh', response: Parcel, queue: 'evening', next: ['known', 'only', 'to', 'its', 'use'], overdue: { after: '1 day', do: 'remind' } })
export class Weigh implements StepClass<Parcel> {
  request(parcel: Parcel) {
    return parcel.weight > 3 ? done() : undefined;
  }
  run(parcel: Parcel, step: StepRef<unknown, string, Parcel>) {
    return { weight: parcel.weight + step.message.weight };
  }
  compensate(_parcel: Parcel) {}
  remind() {}
}
@Step()
export class Greet {
  run() {}
}

@Workflow({ name: 'built', context: Parcel })
export class BuiltWorkflow {
  flow(flow: Flow<Parcel>) {
    return flow
      .startWith(this.first)
      .then(Greet, { name: 'greetAgain', when: (parcel) => parcel.weight > 3, retry: 2 })
      .forEach((parcel) => parcel.stops, { concurrency: 2 })
      .do((each) =>
        each
          .then(Weigh)
          .onError({ next: 'first' })
          .if((_parcel, step) => step.item === 'Ulm' && step.index > 0)
          .do(Greet),
      )
      .waitFor('news', (parcel) => parcel.city, { since: (_parcel, step) => step.now, matchOne: true, within: '1 day' })
      .while((parcel) => parcel.weight < 3)
      .do((body) => body.then(this.first))
      .any({ losers: 'finish' }, (one) => one.then(Greet), Greet)
      .stage('both', (both) => both.all(Greet, (one) => one.then(Greet)), { within: '7 days', overdue: { after: '1 day', do: 'first' } })
      .decide(this.choose, { one: Greet, two: (two) => two.end() });
  }
  @Step() first(_parcel: Parcel) {
    return { weight: 1 };
  }
  @Step() choose(parcel: Parcel) {
    return parcel.weight > 3 ? go('one', { weight: 3 }) : 'two';
  }
}
export const contextIsBuilt: Same<ContextOf<BuiltWorkflow>, Parcel> = true;

export class DrawnWorkflow {
  flow: Digraph<DrawnWorkflow> = { start: ['pick'], pick: ['one', 'end'], one: ['pick'] };
  @Step() pick(_parcel: Parcel) {
    return Math.random() > 0.5 ? 0 : 1;
  }
  @Step() one(_parcel: Parcel) {}
}

export const documents = [
  {
    name: 'json',
    version: 2,
    steps: [
      { name: 'Weigh', forEach: 'stops', concurrency: 3, onError: { next: 'last' }, overdue: { after: '1 day', do: 'remind' } },
      { name: 'last', use: 'Greet', on: { event: 'news', key: 'city' }, retry: { attempts: 3, unless: ['TypeError'] } },
      { name: 'Greet', child: { workflow: 'built', with: ['city'] }, transactional: true, parallel: { group: 'g', join: 'any', losers: 'cancel' } },
    ],
  },
] satisfies WorkflowJson[];

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
  @HandlesInput(MoreWorkflow, 'given', (letter: Letter) => letter.requestId, { messageId: ({ requestId }) => requestId })
  onInput(_letter: Letter) {
    return new Parcel();
  }
  @HandlesInput('json', Weigh, (letter: Letter) => letter.requestId)
  async onInputToo(letter: Letter) {
    return letter.passed ? new Parcel() : undefined;
  }
  @HandlesEvent('news', (letter: Letter) => [letter.requestId, 'all'])
  onEvent(_letter: Letter) {
    return of({ text: 'x' });
  }
  @StartsProcess(LoanWorkflow, (letter: Letter) => letter.requestId)
  onStart(_letter: Letter) {
    return { weight: 3 };
  }
  @StartsProcess('json', (letter: Letter) => letter.requestId)
  onStartToo(letter: Letter) {
    return letter;
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
  const said: string = process.argv[2]!; // from outside: the call looks it up
  await workflows.skip(LoanWorkflow, said, { groupId: 'L-1' });
  await workflows.respond(LoanWorkflow, said, 'C-1', JSON.parse('{}'));
  await workflows.provideInput(MoreWorkflow, said, { groupId: 'L-1' }, JSON.parse('{}'));
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
    WorkflowModule.forRoot({
      workflows: [...documents, 'workflows/other.json', JSON.parse('{}') as object],
      contexts: [Parcel],
      defaults: { onError: 'suspend' },
    }),
    WorkflowModule.forRoot(),
  ],
})
export class AppModule {}
