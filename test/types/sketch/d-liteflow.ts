import { Injectable } from '@nestjs/common';
import { IsString } from 'class-validator';
import { type Flow, Step, type StepRef, Workflow, WorkflowService, again } from 'nestjs-argonaut';

@Step()
class Hello {
  run() {
    console.log('Hello world');
  }
}
@Step()
class Goodbye {
  run() {
    console.log('Goodbye');
  }
}

// 01 hello world
@Workflow({ name: '01-hello-world' })
export class HelloWorld {
  flow(flow: Flow<object>) {
    return flow.startWith(Hello).then(Goodbye);
  }
}

// 02 passing data: a step that knows nothing of the context
class Numbers {
  value1 = 0;
  value2 = 0;
  value3 = 0;
}
@Step()
class Add {
  run(given: { a: number; b: number }) {
    return { sum: given.a + given.b };
  }
}

@Workflow({ name: '02-passing-data', context: Numbers })
export class PassingData {
  flow(flow: Flow<Numbers>) {
    return flow
      .startWith(Hello)
      .then(Add)
      .input('a', (data) => data.value1)
      .input('b', (data) => data.value2)
      .output('value3', (result) => result.sum)
      .then(Goodbye);
  }
}

// 03 waiting for events
class Captured {
  @IsString() id!: string;
  value = '';
}

@Workflow({ name: '03-events', context: Captured })
export class WaitingForEvents {
  flow(flow: Flow<Captured>) {
    return flow
      .startWith(Hello)
      .waitFor('event1', (data) => data.id)
      .output('value', (event) => event)
      .then(Goodbye);
  }
}

@Injectable()
export class Publisher {
  constructor(private readonly workflows: WorkflowService) {}
  publish() {
    return this.workflows.emit('event1', 'key1', 'hello');
  }
}

// 04 foreach
@Step()
class ShowItem {
  run(_data: object, step: StepRef<unknown, string>) {
    console.log(`${step.index}: ${step.item}`);
  }
}

@Workflow({ name: '04-foreach' })
export class ForEachItem {
  flow(flow: Flow<object>) {
    return flow
      .startWith(Hello)
      .forEach(() => ['abc', 'def', 'xyz'])
      .do(ShowItem)
      .then(Goodbye);
  }
}

@Workflow({ name: '04-add-up', context: Numbers })
export class AddUp {
  flow(flow: Flow<Numbers>) {
    return flow
      .forEach((data) => [data.value1, data.value2])
      .do((each) =>
        each
          .then(Add)
          .input('a', (data, step) => step.item)
          .input('b', (data) => data.value3)
          .output('value3', (result) => result.sum),
      );
  }
}

// 05 if
@Step()
class DoStuff {
  run() {
    console.log('doing stuff...');
  }
}

@Workflow({ name: '05-if', context: Numbers })
export class IfBigger {
  flow(flow: Flow<Numbers>) {
    return flow
      .startWith(Hello)
      .if((data) => data.value1 > 3)
      .do(DoStuff)
      .then(Goodbye);
  }
}

// 06 while
@Step()
class Increment {
  run(data: Numbers) {
    return { value1: data.value1 + 1 };
  }
}

@Workflow({ name: '06-while', context: Numbers })
export class WhileSmaller {
  flow(flow: Flow<Numbers>) {
    return flow
      .startWith(Hello)
      .while((data) => data.value1 < 3)
      .do(Increment)
      .then(Goodbye);
  }
}

// on_error
@Step()
class Risky {
  run() {
    throw new Error('sorry');
  }
}

@Workflow({ name: 'on-error' })
export class OnError {
  flow(flow: Flow<object>) {
    return flow
      .startWith(Hello)
      .then(Risky, { retry: { attempts: 3, delay: '10s', jitter: true, unless: [TypeError] } })
      .onError('suspend')
      .then(Goodbye);
  }
}

// persist and sleep: a step that is called again with its own state
@Step()
class Countdown {
  run(_data: object, step: StepRef<number>) {
    const left = step.state ?? 3;
    if (left > 0) return again({ state: left - 1, after: '1 minute' });
  }
}

// delay, schedule, recur; a second use of a step has a name
@Workflow({ name: 'timing', context: Numbers })
export class Timing {
  flow(flow: Flow<Numbers>) {
    return flow
      .startWith(Hello)
      .schedule('1 hour')
      .do(DoStuff)
      .recur('5 minutes', (data) => data.value1 >= 3)
      .do((body) => body.then(Increment))
      .after('1 day')
      .any(
        (other) => other.then(Goodbye),
        (late) => late.after('2 days'),
      )
      .then(Hello, { name: 'HelloAgain', when: (data) => data.value1 >= 3 });
  }
}

// saga: what was done is undone, last first
class Trip {
  hotel?: string;
  flight?: string;
}
@Step()
class BookHotel {
  run() {
    return { hotel: 'H1' };
  }
  compensate(_trip: Trip) {
    console.log('hotel cancelled');
  }
}
@Step()
class BookFlight {
  run() {
    return { flight: 'F1' };
  }
}
@Step()
class CancelFlight {
  run(trip: Trip) {
    console.log(`${trip.flight} cancelled`);
  }
}
@Step()
class Pay {
  run() {
    throw new Error('card refused');
  }
}

@Workflow({ name: 'trip', context: Trip })
export class BookTrip {
  flow(flow: Flow<Trip>) {
    return flow.startWith(BookHotel).then(BookFlight).compensateWith(CancelFlight).then(Countdown).then(Pay).onError('compensate');
  }
}

declare module 'nestjs-argonaut' {
  interface Events {
    event1: string;
  }
}
