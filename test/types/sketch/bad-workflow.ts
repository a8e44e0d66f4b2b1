import { type Digraph, type Flow, Step, type StepRef, Workflow, type WorkflowJson } from 'nestjs-argonaut';
import { KycReply, ReviewDto } from './quick-start.support.js';

class Parcel {
  weight = 0;
  city = '';
  state: 'new' | 'sent' = 'new';
  stops: string[] = [];
}
class Drive {
  to = '';
}
@Step()
class Weigh {
  run(given: { grams: number }) {
    return { kilos: given.grams / 1000 };
  }
}
@Step()
class Visit {
  run(_parcel: Parcel, step: StepRef<unknown, string>) {
    return { city: step.item };
  }
}

@Workflow({ name: 'drive', context: Drive })
class DriveWorkflow {
  @Step() drive(_drive: Drive) {}
}

@Workflow({ name: 'bad', context: Parcel })
export class BadWorkflow {
  // @ts-expect-error ✗ 'shipp' is not a method of this workflow. Its methods: ...
  @Step({ next: 'shipp' })
  one(_parcel: Parcel) {}

  // @ts-expect-error ✗ it returns 'holt', which is not in next: ship, hold
  @Step({ next: ['ship', 'hold'] })
  decide(parcel: Parcel) {
    return parcel.weight > 3 ? 'ship' : 'holt';
  }

  // @ts-expect-error Type '"scorng"' is not assignable to type
  @Step({ queue: 'scorng' })
  two(_parcel: Parcel) {}

  // @ts-expect-error ✗ 'wieght' is not a key of the context. Its keys: weight, city, state, stops
  @Step()
  three(_parcel: Parcel) {
    return { wieght: 3 };
  }

  // @ts-expect-error ✗ 'weight' has another type in the context
  @Step()
  four(_parcel: Parcel) {
    return { weight: 'heavy' };
  }

  // @ts-expect-error ✗ its second argument does not fit what the step waits for
  @Step({ input: ReviewDto })
  five(_parcel: Parcel, _input: KycReply) {}

  // @ts-expect-error ✗ 'askIdentiti' is not a method of this workflow. Its methods: ...
  @Step({ request: 'askIdentiti' })
  six(_parcel: Parcel, _reply: KycReply) {}

  // @ts-expect-error ✗ within: '2 dayz' is neither a duration nor a key of the context with one or with a date. Such keys: weight, city, state
  @Step({ within: '2 dayz' })
  seven(_parcel: Parcel) {}

  // @ts-expect-error ✗ it waits for two things: split it into two steps
  @Step({ input: ReviewDto, on: 'loan.withdrawn' })
  eight(_parcel: Parcel, _input: ReviewDto) {}

  // @ts-expect-error ✗ it returns 'ship' but has no list of next steps" | "✗ it returns 'hold' but has no list of next steps
  @Step()
  nine(parcel: Parcel) {
    return parcel.weight > 3 ? 'ship' : 'hold';
  }

  // @ts-expect-error 'nxt' does not exist in type
  @Step({ nxt: 'ship' })
  ten(_parcel: Parcel) {}

  // @ts-expect-error ✗ its step.item is not what forEach goes over
  @Step({ forEach: 'stops' })
  eleven(_parcel: Parcel, _step: StepRef<unknown, number>) {}

  // @ts-expect-error ✗ its second argument is the step: there is nothing it waits for
  @Step()
  twelve(_parcel: Parcel, _input: ReviewDto) {}

  // @ts-expect-error ✗ its second argument is the step: there is nothing it waits for
  @Step({ forEach: 'stops' })
  thirteen(_parcel: Parcel, _stop: string) {}

  // @ts-expect-error ✗ it has a step.item but no forEach
  @Step()
  fourteen(_parcel: Parcel, _step: StepRef<unknown, string>) {}

  // @ts-expect-error ✗ it can end without choosing one of next
  @Step({ next: ['ship', 'hold'] })
  fifteen(parcel: Parcel) {
    if (parcel.weight > 3) return 'ship';
  }

  // @ts-expect-error ✗ it returns something else than a name of next: say go(name, patch)
  @Step({ next: ['ship', 'hold'] })
  sixteen(parcel: Parcel) {
    return parcel.weight > 3 ? 'ship' : { weight: 3 };
  }

  // @ts-expect-error ✗ it returns a number: only the decisions of a digraph go by index
  @Step()
  seventeen(_parcel: Parcel) {
    return 1;
  }

  // @ts-expect-error ✗ 'ask' may return nothing, asked({ correlationId }) or done()
  @Step({ request: 'ask' })
  eighteen(_parcel: Parcel, _reply: KycReply) {}
  ask(_parcel: Parcel) {
    return 'R-1';
  }

  // @ts-expect-error ✗ 'toDrive' does not return starting values of the child
  @Step({ child: { workflow: DriveWorkflow, with: 'toDrive' } })
  nineteen(_parcel: Parcel, _drive: Drive) {}
  toDrive(parcel: Parcel) {
    return { too: parcel.city };
  }

  // @ts-expect-error ✗ it waits for two things: split it into two steps
  @Step({ child: DriveWorkflow, request: 'hold' })
  twenty(_parcel: Parcel, _drive: Drive) {}

  // @ts-expect-error ✗ retry counts the tries in all: a whole number from 1, not 0
  @Step({ retry: 0 })
  twentyOne(_parcel: Parcel) {}

  // @ts-expect-error Type 'string' is not assignable to type 'undefined'
  @Step({ parallel: { group: 'letters', join: 'all', losers: 'finish' } })
  twentyTwo(_parcel: Parcel) {}

  // @ts-expect-error ✗ it returns something that is no patch
  @Step()
  twentyThree(_parcel: Parcel) {
    return true;
  }

  // @ts-expect-error is not assignable to type
  @Step({ timeout: (parcel: Parcel) => parcel.weight })
  twentyFour(_parcel: Parcel) {}

  // @ts-expect-error ✗ retry: there is no option 'dely'. There are: attempts, delay, backoff, maxDelay, jitter, unless
  @Step({ retry: { attempts: 3, dely: '1s' } })
  twentyFive(_parcel: Parcel) {}

  // these two are right
  @Step({ forEach: 'stops' }) ship(_parcel: Parcel, step: StepRef<unknown, string>) {
    return { city: step.item };
  }
  @Step() hold(_parcel: Parcel, step: StepRef) {
    return { state: 'sent', weight: (kilos: number) => kilos + step.attempt };
  }
}

// @ts-expect-error Type 'string' is not assignable to type '(context: Parcel) => boolean'
@Workflow({ name: 'worse', context: Parcel, completeWhen: 'sent' })
export class WorseWorkflow {}

// @ts-expect-error ✗ a step class has run(context, step); what it waited for is step.message
@Step({ input: ReviewDto })
export class Review {
  run(_parcel: Parcel, _input: ReviewDto) {}
}

// @ts-expect-error ✗ its step.message is not what it waits for
@Step({ input: ReviewDto })
export class ReviewToo {
  run(_parcel: Parcel, _step: StepRef<unknown, unknown, KycReply>) {}
}

export class BadDigraph {
  flow: Digraph<BadDigraph> = {
    start: ['pack'],
    // @ts-expect-error Type '"sendd"' is not assignable to type '"end" | StepName<BadDigraph>'. Did you mean '"send"'?
    pack: ['sendd'],
  };
  @Step() pack() {}
  @Step() send() {}
}

export class BadFlow {
  flow(flow: Flow<Parcel>) {
    // prettier-ignore
    return flow
      // @ts-expect-error '"gram"' is not assignable to parameter of type '"grams"'
      .then(Weigh).input('gram', (parcel) => parcel.weight)
      // @ts-expect-error Type 'string' is not assignable to type 'number'
      .then(Weigh).output('weight', (result) => String(result.kilos))
      // @ts-expect-error Property 'hold' is missing
      .decide(this.choose, { ship: (f) => f.then(this.ship) })
      // @ts-expect-error ✗ it can end without choosing a branch
      .decide(this.maybe, { ship: Weigh })
      // @ts-expect-error Type 'undefined' is not assignable to type 'string'
      .if((parcel) => parcel.weight > 3).do(Visit)
      // @ts-expect-error Type 'number' is not assignable to type 'string'
      .forEach(() => [1, 2, 3]).do(Visit)
      // @ts-expect-error Property 'then' does not exist on type 'Do<Parcel, undefined, undefined>'
      .schedule('1 hour').then(Weigh)
      // @ts-expect-error Property 'shipp' does not exist
      .then(this.shipp);
  }
  @Step() choose(parcel: Parcel) {
    return parcel.weight > 3 ? 'ship' : 'hold';
  }
  @Step() maybe(parcel: Parcel) {
    if (parcel.weight > 3) return 'ship';
  }
  @Step() ship() {}
}

// @ts-expect-error Types of property 'activities' are incompatible
export const bad: WorkflowJson = { name: 'bad', steps: [{ name: 'Weigh' }], activities: [{ name: 'Weigh' }] };
