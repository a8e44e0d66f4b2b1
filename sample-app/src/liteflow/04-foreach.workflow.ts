import { type Flow, Workflow } from 'nestjs-argonaut';
import { Goodbye, Hello, ShowItem } from './steps.js';

/** Each item by itself, at the same time; then once for all. */
@Workflow({ name: '04-foreach' })
export class ForEachItem {
  flow(flow: Flow<object>) {
    // prettier-ignore
    return flow
      .startWith(Hello)
      .forEach(() => ['abc', 'def', 'xyz']).do(ShowItem)
      .then(Goodbye);
  }
}
