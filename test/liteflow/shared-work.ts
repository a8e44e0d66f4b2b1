import { type Flow, Workflow } from '../../lib/index.js';
import { Act } from './support.js';

class Shared {
  items: string[] = [];
}

/** What instances that share a database do together. */
@Workflow({ name: 'shared-work', context: Shared })
export class SharedWork {
  flow(flow: Flow<Shared>) {
    return flow
      .startWith(Act, { name: 'first' })
      .then(Act, { name: 'second' })
      .forEach((shared) => shared.items).do((each) => each.then(Act, { name: 'here' }).then(Act, { name: 'there', queue: 'work' }))
      .then(Act, { name: 'last' }); // prettier-ignore
  }
}
