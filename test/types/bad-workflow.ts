/** Every wrong line has its directive, and after it a part of what the compiler says. `types.spec.ts` checks both. */
import { type Flow, type StepInfo, Step, type StepRef, Workflow, type WorkflowJson } from 'nestjs-argonaut';
import { LoanWorkflow, Parcel, type Reply } from './support.js';

@Workflow({ name: 'bad', context: Parcel })
export class BadWorkflow {
  // @ts-expect-error ✗ 'shipp' is not a method of this workflow. Its methods: ...
  @Step({ next: 'shipp' }) one(_parcel: Parcel) {}

  // @ts-expect-error ✗ it returns 'holt', which is not in next: ship, hold
  @Step({ next: ['ship', 'hold'] }) two(parcel: Parcel) {
    return parcel.weight > 3 ? 'ship' : 'holt';
  }

  // @ts-expect-error ✗ 'shipp' is not a method of this workflow. Its methods: ...
  @Step({ next: ['shipp', 'hold'] }) three(_parcel: Parcel) {
    return 'hold' as const;
  }

  // @ts-expect-error ✗ 'wieght' is not a key of the context. Its keys: weight, city, state, stops, dueAt, known
  @Step() four(_parcel: Parcel) {
    return { wieght: 3 };
  }

  // @ts-expect-error ✗ 'weight' has another type in the context
  @Step() five(_parcel: Parcel) {
    return { weight: 'heavy' };
  }

  // @ts-expect-error ✗ 'stops' has another type in the context
  @Step() six(_parcel: Parcel) {
    return { stops: (_stops: string[]) => 3 };
  }

  // @ts-expect-error ✗ its second argument does not fit what the step waits for
  @Step({ request: 'ask', response: Parcel }) seven(_parcel: Parcel, _reply: Reply) {}

  // @ts-expect-error ✗ 'aks' is not a method of this workflow. Its methods: ...
  @Step({ request: 'aks' }) eight(_parcel: Parcel, _reply: Reply) {}

  // @ts-expect-error ✗ 'askBadly' may return nothing, asked({ correlationId }) or done()
  @Step({ request: 'askBadly' }) nine(_parcel: Parcel, _reply: Reply) {}

  // @ts-expect-error ✗ within: '2 dayz' is neither a duration nor a key of the context with one or with a date. Such keys: weight, city, state, dueAt
  @Step({ within: '2 dayz' }) ten(_parcel: Parcel) {}

  // @ts-expect-error ✗ after: 'dueAtt' is neither a duration nor a key of the context with one or with a date. Such keys: weight, city, state, dueAt
  @Step({ after: 'dueAtt' }) eleven(_parcel: Parcel) {}

  // @ts-expect-error ✗ when: 'wieght' is not a key of the context with a boolean. Such keys: known
  @Step({ when: 'wieght' }) twelve(_parcel: Parcel) {}

  // @ts-expect-error ✗ it waits for two things: split it into two steps
  @Step({ request: 'ask', on: 'news' }) thirteen(_parcel: Parcel, _reply: Reply) {}

  // @ts-expect-error ✗ it waits for two things: split it into two steps
  @Step({ on: 'news', after: '1 hour' }) fourteen(_parcel: Parcel, _news: object) {}

  // @ts-expect-error ✗ it returns 'ship' but has no list of next steps
  @Step() fifteen(_parcel: Parcel) {
    return 'ship' as const;
  }

  // @ts-expect-error 'nxt'
  @Step({ nxt: 'ship' }) sixteen(_parcel: Parcel) {}

  // @ts-expect-error ✗ its second argument is the step: there is nothing it waits for
  @Step() seventeen(_parcel: Parcel, _reply: Reply) {}

  // @ts-expect-error ✗ it can end without choosing one of next
  @Step({ next: ['ship', 'hold'] }) eighteen(parcel: Parcel) {
    if (parcel.weight > 3) return 'ship';
    return undefined;
  }

  // @ts-expect-error ✗ it returns something else than a name of next: say go(name, patch)
  @Step({ next: ['ship', 'hold'] }) nineteen(parcel: Parcel) {
    return parcel.weight > 3 ? 'ship' : { weight: 3 };
  }

  // @ts-expect-error ✗ it returns a number: only the decisions of a digraph go by index
  @Step() twenty(_parcel: Parcel) {
    return 1;
  }

  // @ts-expect-error ✗ it returns something that is no patch
  @Step() twentyOne(_parcel: Parcel) {
    return true;
  }

  // @ts-expect-error ✗ retry counts the tries in all: a whole number from 1, not 0
  @Step({ retry: 0 }) twentyTwo(_parcel: Parcel) {}

  // @ts-expect-error ✗ retry: there is no option 'dely'. There are: attempts, delay, backoff, maxDelay, jitter, unless
  @Step({ retry: { attempts: 3, dely: '1s' } }) twentyThree(_parcel: Parcel) {}

  // @ts-expect-error is not assignable to type
  @Step({ timeout: (parcel: Parcel) => parcel.weight }) twentyFour(_parcel: Parcel) {}

  // @ts-expect-error is not assignable to type
  @Step({ timeout: '3 months' }) twentyFive(_parcel: Parcel) {}

  // @ts-expect-error ✗ an unsolicited step needs 'on' or 'input'
  @Step({ unsolicited: true }) twentySix(_parcel: Parcel) {}

  // @ts-expect-error is not assignable to type
  @Step({ required: 'no' }) twentySeven(_parcel: Parcel) {}

  // @ts-expect-error ✗ 'undoo' is not a method of this workflow. Its methods: ...
  @Step({ compensate: 'undoo' }) twentyEight(_parcel: Parcel) {}

  // @ts-expect-error ✗ 'undoo' is not a method of this workflow. Its methods: ...
  @Step({ compensate: { do: 'undoo', retry: 3 } }) twentyEightB(_parcel: Parcel) {}

  // @ts-expect-error ✗ compensate: there is no option 'retyr'. There are: do, request, response, retry, timeout, within
  @Step({ compensate: { do: 'undo', retyr: 3 } }) twentyEightC(_parcel: Parcel) {}

  // @ts-expect-error ✗ retry counts the tries in all: a whole number from 1, not 0
  @Step({ compensate: { do: 'undo', retry: 0 } }) twentyEightD(_parcel: Parcel) {}

  // @ts-expect-error ✗ compensate does not say what to do: do: '...'
  @Step({ compensate: { retry: 3 } }) twentyEightE(_parcel: Parcel) {}

  // @ts-expect-error ✗ 'askk' is not a method of this workflow. Its methods: ...
  @Step({ compensate: { do: 'undo', request: 'askk' } }) twentyEightF(_parcel: Parcel) {}

  // @ts-expect-error ✗ the second argument of 'undoReply' is not the response of compensate
  @Step({ compensate: { do: 'undoReply', request: 'ask', response: Parcel } }) twentyEightG(_parcel: Parcel) {}

  // @ts-expect-error ✗ the second argument of 'undoReply' is the step: its compensate has no request
  @Step({ compensate: { do: 'undoReply' } }) twentyEightH(_parcel: Parcel) {}

  // @ts-expect-error ✗ the second argument of 'undoReply' is the step: its compensate has no request
  @Step({ compensate: 'undoReply' }) twentyEightI(_parcel: Parcel) {}

  // @ts-expect-error ✗ 'asksWrong' may return nothing, asked({ correlationId }) or done()
  @Step({ compensate: { do: 'undo', request: 'asksWrong' } }) twentyEightJ(_parcel: Parcel) {}

  undo() {}
  undoReply(_parcel: Parcel, _reply: Reply, _step: StepRef) {}
  asksWrong(_parcel: Parcel) {
    return { weight: 3 };
  }

  // @ts-expect-error ✗ 'shipp' is not a method of this workflow. Its methods: ...
  @Step({ onError: { next: 'shipp' } }) twentyNine(_parcel: Parcel) {}

  // @ts-expect-error ✗ 'cal' is not a method of this workflow. Its methods: ...
  @Step({ overdue: { after: '1 day', do: 'cal' } }) thirty(_parcel: Parcel) {}

  // @ts-expect-error ✗ 'toLoann' is not a method of this workflow. Its methods: ...
  @Step({ child: { workflow: LoanWorkflow, with: 'toLoann' } }) thirtyOne(_parcel: Parcel, _loan: Parcel) {}

  // @ts-expect-error ✗ its second argument does not fit what the step waits for
  @Step({ child: LoanWorkflow }) thirtyTwo(_parcel: Parcel, _loan: Reply) {}

  // @ts-expect-error ✗ overdue.after: 'dueAtt' is neither a duration nor a key of the context with one or with a date. Such keys: weight, city, state, dueAt
  @Step({ overdue: { after: 'dueAtt', do: 'ask' } }) thirtyThree(_parcel: Parcel) {}

  // @ts-expect-error ✗ on.key: 'cty' is not a key of the context with a string. Such keys: city, state
  @Step({ on: { event: 'news', key: 'cty' } }) thirtyFour(_parcel: Parcel, _news: object) {}

  // @ts-expect-error ✗ forEach: 'stop' is not a key of the context with a list. Such keys: stops
  @Step({ forEach: 'stop' }) thirtyFive(_parcel: Parcel) {}

  // @ts-expect-error ✗ if: 'sent' is not a key of the context with a boolean. Such keys: known
  @Step({ if: 'sent' }) thirtySix(_parcel: Parcel) {}

  // @ts-expect-error ✗ while: 'sent' is not a key of the context with a boolean. Such keys: known
  @Step({ while: 'sent' }) thirtySeven(_parcel: Parcel) {}

  // @ts-expect-error ✗ concurrency says how many items of a forEach run at once, and there is none
  @Step({ concurrency: 3 }) thirtyEight(_parcel: Parcel) {}

  // @ts-expect-error ✗ concurrency counts the items at once: a whole number from 1, not 0
  @Step({ forEach: 'stops', concurrency: 0 }) thirtyNine(_parcel: Parcel) {}

  // @ts-expect-error ✗ a method is called what it is called: only a step class has a name
  @Step({ name: 'else' }) forty(_parcel: Parcel) {}

  // @ts-expect-error ✗ on: there is no option 'kye'. There are: key, since, event, matchOne, skipAhead, reprocess
  @Step({ on: { event: 'news', kye: 'city' } }) fortyOne(_parcel: Parcel, _news: object) {}

  // @ts-expect-error ✗ child: there is no option 'wiht'. There are: with, workflow, detached, onParentCancel
  @Step({ child: { workflow: LoanWorkflow, wiht: 'ask' } }) fortyTwo(_parcel: Parcel, _loan: Parcel) {}

  // @ts-expect-error ✗ parallel: there is no option 'jion'. There are: join, group, losers
  @Step({ parallel: { group: 'letters', jion: 'any' } }) fortyThree(_parcel: Parcel) {}

  // @ts-expect-error ✗ overdue: there is no option 'then'. There are: after, do
  @Step({ overdue: { after: '1 day', do: 'ask', then: 'ask' } }) fortyFour(_parcel: Parcel) {}

  // @ts-expect-error ✗ onError: there is no option 'nxt'. There are: next
  @Step({ onError: { next: 'ship', nxt: 'ship' } }) fortyFive(_parcel: Parcel) {}

  // @ts-expect-error is not assignable to type
  @Step({ onError: 'ignore' }) fortySix(_parcel: Parcel) {}

  // @ts-expect-error Property 'manager' does not exist on type 'StepInfo'
  @Step({ when: (_parcel: Parcel, step: StepInfo) => step.manager !== undefined }) fortySeven(_parcel: Parcel) {}

  // @ts-expect-error ✗ its step.item is not what forEach goes over
  @Step({ forEach: (parcel: Parcel) => parcel.stops }) fortyEight(_parcel: Parcel, _step: StepRef<unknown, number>) {}

  // @ts-expect-error ✗ forEach: 'weight' is not a key of the context with a list. Such keys: stops
  @Step({ forEach: 'weight' }) fortyNine(_parcel: Parcel) {}

  // @ts-expect-error ✗ within: 'sent' is neither a duration nor a key of the context with one or with a date. Such keys: weight, city, state, dueAt
  @Step({ within: 'sent' }) fifty(_parcel: Parcel) {}

  // @ts-expect-error ✗ on.key: 'weight' is not a key of the context with a string. Such keys: city, state
  @Step({ on: { event: 'news', key: 'weight' } }) fiftyOne(_parcel: Parcel, _news: object) {}

  // @ts-expect-error ✗ on.key: 'stops' is not a key of the context with a string. Such keys: city, state
  @Step({ on: { event: 'news', key: { town: 'stops' } } }) fiftyTwo(_parcel: Parcel, _news: object) {}

  // @ts-expect-error ✗ on.since: 'weight' is not a key of the context with a date. Such keys: city, state, dueAt
  @Step({ on: { event: 'news', since: 'weight' } }) fiftyThree(_parcel: Parcel, _news: object) {}

  // @ts-expect-error ✗ when: 'dueAt' is not a key of the context with a boolean. Such keys: known
  @Step({ when: 'dueAt' }) fiftyFour(_parcel: Parcel) {}

  // @ts-expect-error ✗ every: 'dueAt' is neither a duration nor a key of the context with one. Such keys: weight, city, state
  @Step({ every: 'dueAt' }) fiftyFive(_parcel: Parcel) {}

  // @ts-expect-error ✗ completeBy: 'stops' is neither a duration nor a key of the context with one or with a date. Such keys: weight, city, state, dueAt
  @Step({ every: '1m', completeBy: 'stops' }) fiftySix(_parcel: Parcel) {}

  // @ts-expect-error ✗ overdue.after: 'sent' is neither a duration nor a key of the context with one or with a date. Such keys: weight, city, state, dueAt
  @Step({ overdue: { after: 'sent', do: 'ask' } }) fiftySeven(_parcel: Parcel) {}

  // @ts-expect-error ✗ retry counts the tries in all: a whole number from 1, not -1
  @Step({ retry: -1 }) fiftyEight(_parcel: Parcel) {}

  // @ts-expect-error ✗ retry counts the tries in all: a whole number from 1, not 1.5
  @Step({ retry: { attempts: 1.5 } }) fiftyNine(_parcel: Parcel) {}

  // @ts-expect-error 'delays' does not exist in type 'RetryPolicy'. Did you mean to write 'delay'?
  @Step({ retry: { delays: '1s' } }) sixty(_parcel: Parcel) {}

  // @ts-expect-error ✗ there is no option 'dely'. There are:...
  @Step({ retry: 3, dely: '1s' }) sixtyOne(_parcel: Parcel) {}

  // @ts-expect-error ✗ concurrency counts the items at once: a whole number from 1, not -3
  @Step({ forEach: 'stops', concurrency: -3 }) sixtyTwo(_parcel: Parcel) {}

  // @ts-expect-error ✗ the function of if takes another context than the step
  @Step({ if: (reply: Reply) => reply.passed }) sixtyThree(_parcel: Parcel) {}

  // @ts-expect-error ✗ 'askOther' takes another context than the step
  @Step({ request: 'askOther' }) sixtyFour(_parcel: Parcel, _reply: Reply) {}

  // @ts-expect-error Property 'do' is missing in type '{ after: string; }' but required in type 'OverdueOptions'.
  @Step({ overdue: { after: '1 day' } }) sixtyFive(_parcel: Parcel) {}

  askOther(_reply: Reply) {}
  ask(_parcel: Parcel, _step: StepRef) {}
  askBadly(_parcel: Parcel) {
    return 'R-1';
  }
  @Step() ship(_parcel: Parcel) {
    return { city: 'Ulm' };
  }
  @Step() hold(_parcel: Parcel, step: StepRef) {
    return { state: 'sent', weight: (kilos: number) => kilos + step.attempt };
  }
}

// @ts-expect-error is not assignable to type
@Workflow({ name: 'worse', context: Parcel, completeWhen: 'wieght' })
export class WorseWorkflow {}

// @ts-expect-error is not assignable to type
@Workflow({ name: 'endless', context: Parcel, completeWhen: 'city' })
export class EndlessWorkflow {}

// @ts-expect-error ✗ the first argument is another than the context of this workflow in: pay
@Workflow({ name: 'other', context: Parcel })
export class OtherContext {
  @Step() pay(_reply: Reply, _step: StepRef) {}
  @Step() ship(_parcel: Parcel) {}
  @Step() tell(_parcel: { city: string }, _step: StepRef) {}
}

// @ts-expect-error ✗ the first argument is another than the context of this workflow in: pay
@Workflow({ name: 'other', context: Parcel })
export class AllOther {
  @Step() pay(_reply: Reply) {}
  @Step() ship() {}
  log(_line: string) {}
}

// @ts-expect-error Property 'name' is missing
@Workflow({ context: Parcel })
export class NamelessWorkflow {}

// @ts-expect-error 'verson' does not exist in type
@Workflow({ name: 'misspelt', verson: 2 })
export class MisspeltWorkflow {}

// @ts-expect-error ✗ a step class has run(context, step); what it waited for is step.message
@Step()
export class Idle {}

// @ts-expect-error ✗ 'call' is not a method of this class. Its methods: run
@Step({ overdue: { after: '1 day', do: 'call' } })
export class Slow {
  run(_parcel: Parcel) {}
}

// @ts-expect-error ✗ it waits for two things: split it into two steps
@Step({ input: Parcel, on: 'news' })
export class Torn {
  run(_parcel: Parcel) {}
}

@Step()
class Weigh {
  run(_parcel: Parcel) {
    return { weight: 3 };
  }
}

// prettier-ignore
export class BadFlow {
  flow(flow: Flow<Parcel>) {
    return flow
      // @ts-expect-error 'onlyOne' does not exist in type 'WaitPolicy<Parcel, undefined>'
      .waitFor('news', (parcel) => parcel.city, { onlyOne: true })
      // @ts-expect-error 'retri' does not exist in type 'UsePolicy<Parcel, undefined>'
      .then(Weigh, { retri: 3 })
      // @ts-expect-error Property 'manager' does not exist on type 'StepInfo<undefined>'
      .if((_parcel, step) => step.manager !== undefined).do(Weigh)
      // @ts-expect-error 'queue' does not exist in type 'StagePolicy'
      .stage('both', (both) => both.then(Weigh), { queue: 'evening' })
      // @ts-expect-error is not assignable to parameter of type 'ErrorPolicy'
      .then(Weigh).onError('ignore')
      // @ts-expect-error Property 'output' does not exist on type 'Flow<Parcel, undefined>'
      .if(() => true).do(Weigh).output('weight', () => 3);
  }
}

export const documents: readonly WorkflowJson[] = [
  // @ts-expect-error 'nxt' does not exist in type 'StepJson'
  { name: 'a', steps: [{ name: 'Weigh', nxt: 'end' }] },
  // @ts-expect-error 'input' does not exist in type 'StepJson'
  { name: 'b', steps: [{ name: 'Weigh', input: 'Parcel' }] },
  // @ts-expect-error is not assignable to type
  { name: 'c', steps: [{ name: 'Weigh', if: (parcel: Parcel) => parcel.weight > 3 }] },
  // @ts-expect-error is not assignable to type
  { name: 'd', steps: [{ name: 'Weigh', on: { event: 'news', key: (parcel: Parcel) => parcel.city } }] },
];

@Workflow({ name: 'small', context: Parcel })
export class SmallWorkflow {
  // @ts-expect-error ✗ 'shipp' is not a method of this workflow. Its methods: pack, ship
  @Step({ next: 'shipp' }) pack(_parcel: Parcel) {}
  @Step() ship(_parcel: Parcel) {}
}
