import { type Flow, Workflow } from 'nestjs-argonaut';
import { Increment, Numbers } from './numbers.js';
import { Goodbye, Hello, Say } from './steps.js';

@Workflow({ name: '06-while', context: Numbers })
export class WhileSmaller {
  flow(flow: Flow<Numbers>) {
    // prettier-ignore
    return flow
      .startWith(Hello)
      .while(({ value1 }) => value1 < 3).do((pass) => pass
        .then(Say)
          .input('text', ({ value1 }) => `${value1} is less than 3`)
        .then(Increment))
      .then(Goodbye);
  }
}
