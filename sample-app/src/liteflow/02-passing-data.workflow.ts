import { type Flow, Step, Workflow } from 'nestjs-argonaut';
import { Numbers } from './numbers.js';
import { Goodbye, Hello, Say } from './steps.js';

@Step()
export class Add {
  run({ a, b }: { a: number; b: number }) {
    return { sum: a + b };
  }
}

/** What goes into a step and comes out of it, key by key. */
@Workflow({ name: '02-passing-data', context: Numbers })
export class PassingData {
  flow(flow: Flow<Numbers>) {
    // prettier-ignore
    return flow
      .startWith(Hello)
      .then(Add)
        .input('a', (data) => data.value1)
        .input('b', (data) => data.value2)
        .output('value3', ({ sum }) => sum)
      .then(Say)
        .input('text', (data) => `The sum is ${data.value3}`)
      .then(Goodbye);
  }
}
