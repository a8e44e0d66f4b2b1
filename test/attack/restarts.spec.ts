/** What is undone after a process has begun again from an old version. */
import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Flow, Step, type StepRef, Workflow } from '../../lib/index.js';
import { bootApp, type TestApp, until } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';
import { nobodySweeps } from './support.js';

class Trip {
  rounds = 0;
}

const undone: string[] = [];
let fails = false;

@Workflow({ name: 'trip', context: Trip })
class BookTrip {
  flow(flow: Flow<Trip>) {
    return flow
      .startWith(this.before)
      .while((trip) => trip.rounds < 2)
      .do((round) => round.stage('trip', (stage) => stage.then(this.hotel).then(this.wait).then(this.pay), { onError: 'compensate', required: false }))
      .then(this.last);
  }
  @Step({ compensate: 'undo' }) before() {}
  @Step({ compensate: 'undo' }) hotel() {
    return { rounds: (rounds: number) => rounds + 1 };
  }
  @Step({ on: 'go' }) wait() {}
  @Step() pay() {
    if (fails) throw new Error('refused');
  }
  @Step({ on: 'over' }) last() {}
  undo(_trip: Trip, step: StepRef) {
    undone.push(`${step.name} ${step.idempotencyKey.slice(step.processId.length + 1)}`);
  }
}

describe('SQLite', () => {
  let database: Database;
  let app: TestApp;
  beforeEach(async () => {
    database = libsqlFile();
    [undone.length, fails] = [0, false];
    app = await bootApp(database, 'database', { providers: [BookTrip], options: nobodySweeps });
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const at = (id: string, step: string) => until(() => app.workflows.get(id), ({ waits }) => waits.some((wait) => wait.step === step)); // prettier-ignore
  /** In its first or second round, behind the hotel; and the version with the hotel. */
  async function inRound(round: number) {
    const { id, groupId } = await app.workflows.start(BookTrip);
    for (let i = 1; i < round; i++) {
      await at(id, 'wait');
      const { contextVersion } = await app.workflows.get(id);
      await app.workflows.emit('go', groupId, {});
      await until(() => app.workflows.get(id), (process) => process.contextVersion > contextVersion + 1 && process.status === 'waiting'); // prettier-ignore
    }
    const { contextVersion } = await at(id, 'wait');
    return { id, groupId, version: contextVersion };
  }
  async function failing({ id, groupId }: { id: string; groupId: string }): Promise<void> {
    fails = true;
    await app.workflows.emit('go', groupId, {});
    await until(() => app.workflows.history(id), (records) => records.some(({ type, step }) => type === 'step-skipped' && step === 'trip')); // prettier-ignore
  }

  it.each([0, 1, 2])('a stage undoes what was done in it before the process was restarted inside of it, %i times', async (restarts) => {
    const process = await inRound(1);
    for (let i = 0; i < restarts; i++) {
      await app.workflows.restartFrom(process.id, (await app.workflows.get(process.id)).contextVersion);
      await at(process.id, 'wait');
    }
    await failing(process);
    expect(undone).toEqual(['hotel 4.undo']);
  });

  it('and nothing of the round before', async () => {
    const process = await inRound(2);
    await app.workflows.restartFrom(process.id, process.version);
    await at(process.id, 'wait');
    await failing(process);
    expect(undone).toHaveLength(1);
    expect(undone[0]).not.toBe('hotel 4.undo');
  });

  it('everything is everything, whatever has been restarted', async () => {
    const { id, version } = await inRound(1);
    await app.workflows.restartFrom(id, version);
    await at(id, 'wait');
    await app.workflows.cancel(id, { compensate: true });
    await app.workflows.settled(id);
    expect(undone).toEqual(['hotel 4.undo', 'before 1.undo']);
  });
});
