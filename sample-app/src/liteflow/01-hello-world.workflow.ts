import { type Flow, Workflow } from 'nestjs-argonaut';
import { Goodbye, Hello } from './steps.js';

@Workflow({ name: '01-hello-world' })
export class HelloWorld {
  flow(flow: Flow<object>) {
    return flow.startWith(Hello).then(Goodbye);
  }
}
