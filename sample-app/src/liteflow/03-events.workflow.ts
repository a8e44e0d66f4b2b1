import { IsString } from 'class-validator';
import { type Flow, Workflow } from 'nestjs-argonaut';
import { Goodbye, Hello, Say } from './steps.js';

export class Captured {
  @IsString() id: string;
  value?: string;
}

/** Waits for an event under a key of its own: POST /liteflow/events/:key */
@Workflow({ name: '03-events', context: Captured })
export class WaitingForEvents {
  flow(flow: Flow<Captured>) {
    // prettier-ignore
    return flow
      .startWith(Hello)
      .waitFor('event1', (data) => data.id)
        .output('value', (event) => String(event))
      .then(Say)
        .input('text', (data) => `The data from the event is ${data.value}`)
      .then(Goodbye);
  }
}
