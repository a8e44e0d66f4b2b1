import { Logger } from '@nestjs/common';
import { again, type Flow, Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { Goodbye, Hello } from './steps.js';

/** Called again with what it left, each time after a sleep. */
@Step()
export class Countdown {
  private readonly logger = new Logger('Countdown');

  run(_data: object, step: StepRef<number>) {
    const left = step.state ?? 3;
    if (left === 0) return;
    this.logger.log(`${left}…`);
    return again({ state: left - 1, after: '1 second' });
  }
}

/**
 * Where LiteFlow brings MongoDB: all of it lies in the database of the application, SQLite here, PostgreSQL or MariaDB by
 * DATABASE_URL. Stop the application while it counts and start it again: it goes on at the number where it stood.
 */
@Workflow({ name: '07-persistence' })
export class Persistence {
  flow(flow: Flow<object>) {
    return flow.startWith(Hello).then(Countdown).then(Goodbye);
  }
}
