/** Every wrong line has its directive, and after it a part of what the compiler says. `types.spec.ts` checks both. */
import { type Flow, type StepInfo, Step, type StepRef, Workflow, type WorkflowJson } from 'nestjs-argonaut';
import { LoanWorkflow, Parcel, type Reply } from './support.js';

@Workflow({ name: 'bad', context: Parcel })
export class BadWorkflow {
  // @ts-expect-error ✗ 'shipp' is not a method of this workflow
  @Step({ next: 'shipp' }) one(_parcel: Parcel) {}

  // @ts-expect-error ✗ it returns 'holt', which is not in next
  @Step({ next: ['ship', 'hold'] }) two(parcel: Parcel) {
    return parcel.weight > 3 ? 'ship' : 'holt';
  }

  // @ts-expect-error ✗ 'shipp' is not a method of this workflow
  @Step({ next: ['shipp', 'hold'] }) three(_parcel: Parcel) {
    return 'hold' as const;
  }

  // @ts-expect-error ✗ 'wieght' is not a key of the context
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

  // @ts-expect-error ✗ 'aks' is not a method of this workflow
  @Step({ request: 'aks' }) eight(_parcel: Parcel, _reply: Reply) {}

  // @ts-expect-error ✗ 'askBadly' may return nothing, asked({ correlationId }) or done()
  @Step({ request: 'askBadly' }) nine(_parcel: Parcel, _reply: Reply) {}

  // @ts-expect-error ✗ '2 dayz' is neither a key of the context nor a duration
  @Step({ within: '2 dayz' }) ten(_parcel: Parcel) {}

  // @ts-expect-error ✗ 'dueAtt' is neither a key of the context nor a duration
  @Step({ after: 'dueAtt' }) eleven(_parcel: Parcel) {}

  // @ts-expect-error ✗ 'wieght' is neither a key of the context nor a duration
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

  // @ts-expect-error ✗ retry counts the tries in all: at least 1
  @Step({ retry: 0 }) twentyTwo(_parcel: Parcel) {}

  // @ts-expect-error is not assignable to type
  @Step({ retry: { attempts: 3, dely: '1s' } }) twentyThree(_parcel: Parcel) {}

  // @ts-expect-error is not assignable to type
  @Step({ timeout: (parcel: Parcel) => parcel.weight }) twentyFour(_parcel: Parcel) {}

  // @ts-expect-error is not assignable to type
  @Step({ timeout: '3 months' }) twentyFive(_parcel: Parcel) {}

  // @ts-expect-error ✗ an unsolicited step needs 'on' or 'input'
  @Step({ unsolicited: true }) twentySix(_parcel: Parcel) {}

  // @ts-expect-error is not assignable to type
  @Step({ required: 'no' }) twentySeven(_parcel: Parcel) {}

  // @ts-expect-error ✗ 'undoo' is not a method of this workflow
  @Step({ compensate: 'undoo' }) twentyEight(_parcel: Parcel) {}

  // @ts-expect-error ✗ 'undoo' is not a method of this workflow
  @Step({ compensate: { do: 'undoo', retry: 3 } }) twentyEightB(_parcel: Parcel) {}

  // @ts-expect-error Type 'number' is not assignable to type 'never'
  @Step({ compensate: { do: 'undo', retyr: 3 } }) twentyEightC(_parcel: Parcel) {}

  // @ts-expect-error ✗ retry counts the tries in all: at least 1
  @Step({ compensate: { do: 'undo', retry: 0 } }) twentyEightD(_parcel: Parcel) {}

  // @ts-expect-error ✗ compensate does not say what to do: do: '...'
  @Step({ compensate: { retry: 3 } }) twentyEightE(_parcel: Parcel) {}

  undo() {}

  // @ts-expect-error ✗ 'shipp' is not a method of this workflow
  @Step({ onError: { next: 'shipp' } }) twentyNine(_parcel: Parcel) {}

  // @ts-expect-error ✗ 'cal' is not a method of this workflow
  @Step({ overdue: { after: '1 day', do: 'cal' } }) thirty(_parcel: Parcel) {}

  // @ts-expect-error ✗ 'toLoann' is not a method of this workflow
  @Step({ child: { workflow: LoanWorkflow, with: 'toLoann' } }) thirtyOne(_parcel: Parcel, _loan: Parcel) {}

  // @ts-expect-error ✗ its second argument does not fit what the step waits for
  @Step({ child: LoanWorkflow }) thirtyTwo(_parcel: Parcel, _loan: Reply) {}

  // @ts-expect-error ✗ 'dueAtt' is neither a key of the context nor a duration
  @Step({ overdue: { after: 'dueAtt', do: 'ask' } }) thirtyThree(_parcel: Parcel) {}

  // @ts-expect-error ✗ 'cty' is neither a key of the context nor a duration
  @Step({ on: { event: 'news', key: 'cty' } }) thirtyFour(_parcel: Parcel, _news: object) {}

  // @ts-expect-error ✗ 'stop' is neither a key of the context nor a duration
  @Step({ forEach: 'stop' }) thirtyFive(_parcel: Parcel) {}

  // @ts-expect-error ✗ 'sent' is neither a key of the context nor a duration
  @Step({ if: 'sent' }) thirtySix(_parcel: Parcel) {}

  // @ts-expect-error ✗ 'sent' is neither a key of the context nor a duration
  @Step({ while: 'sent' }) thirtySeven(_parcel: Parcel) {}

  // @ts-expect-error ✗ concurrency says how many items of a forEach run at once, and there is none
  @Step({ concurrency: 3 }) thirtyEight(_parcel: Parcel) {}

  // @ts-expect-error ✗ concurrency counts the items at once: at least 1
  @Step({ forEach: 'stops', concurrency: 0 }) thirtyNine(_parcel: Parcel) {}

  // @ts-expect-error ✗ a method is called what it is called: only a step class has a name
  @Step({ name: 'else' }) forty(_parcel: Parcel) {}

  // @ts-expect-error is not assignable to type 'never'
  @Step({ on: { event: 'news', kye: 'city' } }) fortyOne(_parcel: Parcel, _news: object) {}

  // @ts-expect-error is not assignable to type 'never'
  @Step({ child: { workflow: LoanWorkflow, wiht: 'ask' } }) fortyTwo(_parcel: Parcel, _loan: Parcel) {}

  // @ts-expect-error is not assignable to type 'never'
  @Step({ parallel: { group: 'letters', jion: 'any' } }) fortyThree(_parcel: Parcel) {}

  // @ts-expect-error is not assignable to type 'never'
  @Step({ overdue: { after: '1 day', do: 'ask', then: 'ask' } }) fortyFour(_parcel: Parcel) {}

  // @ts-expect-error is not assignable to type 'never'
  @Step({ onError: { next: 'ship', nxt: 'ship' } }) fortyFive(_parcel: Parcel) {}

  // @ts-expect-error is not assignable to type
  @Step({ onError: 'ignore' }) fortySix(_parcel: Parcel) {}

  // @ts-expect-error Property 'manager' does not exist on type 'StepInfo'
  @Step({ when: (_parcel: Parcel, step: StepInfo) => step.manager !== undefined }) fortySeven(_parcel: Parcel) {}

  // @ts-expect-error ✗ its step.item is not what forEach goes over
  @Step({ forEach: (parcel: Parcel) => parcel.stops }) fortyEight(_parcel: Parcel, _step: StepRef<unknown, number>) {}

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

// @ts-expect-error Property 'name' is missing
@Workflow({ context: Parcel })
export class NamelessWorkflow {}

// @ts-expect-error 'verson' does not exist in type
@Workflow({ name: 'misspelt', verson: 2 })
export class MisspeltWorkflow {}

// @ts-expect-error ✗ a step class has run(context, step); what it waited for is step.message
@Step()
export class Idle {}

// @ts-expect-error ✗ 'call' is not a method of this class
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
