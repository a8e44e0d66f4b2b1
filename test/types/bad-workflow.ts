/** Every wrong line has its directive, and after it a part of what the compiler says. `types.spec.ts` checks both. */
import { Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { Parcel, type Reply } from './support.js';

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

  // @ts-expect-error ✗ it returns a number: a decision returns the name of a step
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

  // @ts-expect-error ✗ an unsolicited step needs 'on'
  @Step({ unsolicited: true }) twentySix(_parcel: Parcel) {}

  // @ts-expect-error is not assignable to type
  @Step({ required: 'no' }) twentySeven(_parcel: Parcel) {}

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
