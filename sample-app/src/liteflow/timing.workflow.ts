import { type Flow, Workflow } from 'nestjs-argonaut';
import { Increment, Numbers } from './numbers.js';
import { Goodbye, Hello, Say } from './steps.js';

/** Something later, something every now and then, and a pause: the first two beside the flow. */
@Workflow({ name: 'timing', context: Numbers })
export class Timing {
  flow(flow: Flow<Numbers>) {
    // prettier-ignore
    return flow
      .startWith(Hello)
      .schedule('1 second').do((later) => later
        .then(Say)
          .input('text', () => 'a second later'))
      .recur('500ms', ({ value1 }) => value1 >= 3).do(Increment)
      .after('2 seconds')
      .then(Goodbye, { when: ({ value1 }) => value1 >= 3 });
  }
}
