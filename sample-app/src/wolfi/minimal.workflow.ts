import { Step, Workflow } from 'nestjs-argonaut';

/** Three steps that do nothing. */
@Workflow({ name: 'minimal' })
export class MinimalWorkflow {
  @Step() first() {}
  @Step() second() {}
  @Step() third() {}
}
