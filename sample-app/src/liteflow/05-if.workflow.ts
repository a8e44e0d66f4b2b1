import { type Flow, Workflow } from 'nestjs-argonaut';
import { Numbers } from './numbers.js';
import { Goodbye, Hello, Say } from './steps.js';

@Workflow({ name: '05-if', context: Numbers })
export class IfBigger {
  flow(flow: Flow<Numbers>) {
    // prettier-ignore
    return flow
      .startWith(Hello)
      .if(({ value1 }) => value1 > 3).do((then) => then
        .then(Say)
          .input('text', ({ value1 }) => `${value1} is more than 3`))
      .then(Goodbye);
  }
}
