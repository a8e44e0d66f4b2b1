import { IsBoolean } from 'class-validator';
import { type Flow, Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { Goodbye, Hello } from './steps.js';

export class Risk {
  @IsBoolean() works = false;
}

@Step()
export class Risky {
  run({ works }: Risk, step: StepRef) {
    if (!works) throw new Error(`sorry, ${step.attempt}`);
  }
}

/** Tried three times, with a growing pause; then the process is suspended, for somebody to look at. */
@Workflow({ name: 'on-error', context: Risk })
export class OnError {
  flow(flow: Flow<Risk>) {
    // prettier-ignore
    return flow
      .startWith(Hello)
      .then(Risky, { retry: { attempts: 3, delay: '100ms', backoff: 'exponential', jitter: true } })
        .onError('suspend')
      .then(Goodbye);
  }
}
