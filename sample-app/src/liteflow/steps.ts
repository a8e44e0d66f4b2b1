import { Logger } from '@nestjs/common';
import { Step, type StepRef } from 'nestjs-argonaut';

// Steps for any number of workflows. What a step says to Nest's Logger is in the log of its process, too.

@Step()
export class Hello {
  private readonly logger = new Logger('Hello');

  run() {
    this.logger.log('Hello world');
  }
}

@Step()
export class Goodbye {
  private readonly logger = new Logger('Goodbye');

  run() {
    this.logger.log('Goodbye');
  }
}

/** Knows nothing of any context: its workflow says what it is given. */
@Step()
export class Say {
  private readonly logger = new Logger('Say');

  run({ text }: { text: string }) {
    this.logger.log(text);
  }
}

@Step()
export class ShowItem {
  private readonly logger = new Logger('ShowItem');

  run(_data: object, step: StepRef<unknown, string>) {
    this.logger.log(`${step.index}: ${step.item}`);
  }
}
