/** The export of a process, and the archive: what is deleted by a rule was archived before, in the same shape. */
import 'reflect-metadata';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  InvalidInputError,
  MessageSender,
  ndjsonArchive,
  ProcessArchive,
  type ProcessExport,
  Step,
  type StepRef,
  Workflow,
  WorkflowModule,
} from 'nestjs-argonaut';
import { bootApp, type TestApp } from '../support/app.js';
import { type Database, isThere, libsqlFile, mysql, postgres, titleOf } from '../support/databases.js';

@Injectable()
class Away extends MessageSender {
  override transmit(): Promise<never> {
    return Promise.reject(new Error('nobody is there'));
  }
}
class Loan {
  email = '';
  score = 0;
  asked?: Date;
}
@Workflow({ name: 'loan', context: Loan, keep: { completed: '1 day', cancelled: '1 day' } })
class LoanWorkflow {
  ask() {}
  @Step({ request: 'ask' }) score(_loan: Loan, answer: { score: number }, step: StepRef) {
    step.note('seen by Ada');
    new Logger('Score').log('the score is here');
    step.send(Away, 'scored', { of: 'ada@example.org' });
    return { score: answer.score, asked: new Date(0) };
  }
  @Step({ on: 'paid' }) paid(_loan: Loan, _message: object) {}
}
@Workflow({ name: 'quick', deleteOnCompletion: true })
class Quick {
  @Step() only() {}
}

/** Keeps in memory, and fails or waits when it is told to. */
class MemoryArchive extends ProcessArchive {
  readonly kept: ProcessExport[] = [];
  before: () => Promise<void> | void = () => {};
  override async add(processes: readonly ProcessExport[]): Promise<void> {
    await this.before();
    this.kept.push(...processes);
  }
}

const DAY = 24 * 60 * 60 * 1000;

describe.each([
  ['SQLite', async () => libsqlFile()],
  ['PostgreSQL', postgres],
  ['MySQL', mysql],
] as const)('the archive on %s', async (_name, make) => {
  const database: Database = await make();

  describe.skipIf(!isThere(database))(titleOf(database), () => {
    let app: TestApp;
    let archive: MemoryArchive;
    beforeAll(async () => {
      archive = new MemoryArchive();
      const options = { archive, outbox: { retry: 1 }, worker: { heartbeat: '1h' as const, sweepInterval: '1h' as const } };
      app = await bootApp(database, 'database', { options, providers: [LoanWorkflow, Quick, Away] });
    });
    beforeEach(() => {
      archive.before = () => {};
      archive.kept.splice(0);
    });
    afterAll(async () => {
      await app.close();
      await database.drop();
    });

    let count = 0;
    /** A loan that has been through everything, and ended two days ago. */
    async function ended(): Promise<string> {
      const groupId = `L-${++count}`;
      const { id } = await app.workflows.start(LoanWorkflow, { email: 'ada@example.org' }, { groupId });
      await app.workflows.settled(id);
      const { key } = (await app.workflows.get(id, { internals: true })).waits[0]!;
      await app.workflows.respond(LoanWorkflow, 'score', key!, { score: 7 });
      await app.workflows.settled(id);
      await app.workflows.emit('paid' as never, groupId, { by: 'Ada' } as never, { effectiveAt: new Date(app.engine.clock.now()) });
      expect((await app.workflows.settled(id)).status).toBe('completed');
      await app.dataSource.query(`update workflow_process set finished_at = ${Date.now() - 2 * DAY} where id = '${id}'`);
      return id;
    }
    const isLeft = async (id: string) => (await app.workflows.find({ workflow: 'loan', limit: 200 })).items.some((each) => each.id === id);

    it('an export is everything of a process, as plain JSON', async () => {
      const id = await ended();
      const made = await app.workflows.export(id);
      expect(JSON.parse(JSON.stringify(made))).toEqual(made);
      expect(made.format).toBe('nestjs-argonaut/process/1');
      expect(made.process).toMatchObject({ id, workflow: 'loan', groupId: `L-${count}`, status: 'completed', parentId: null, cause: null });
      expect(made.context).toEqual({ email: 'ada@example.org', score: 7, asked: '1970-01-01T00:00:00.000Z' });
      expect(made.versions.map(({ step, set }) => [step, set])).toEqual([
        ['', { email: 'ada@example.org', score: 0 }],
        ['score', { score: 7, asked: '1970-01-01T00:00:00.000Z' }],
        ['paid', {}],
      ]);
      expect(made.audit.map(({ type }) => type)).toEqual(expect.arrayContaining(['process-started', 'response-requested', 'message-delivered', 'step-completed', 'send-requested', 'process-completed'])); // prettier-ignore
      expect(made.log.map(({ level, text }) => [level, text])).toEqual([['note', 'seen by Ada'], ['log', 'the score is here']]); // prettier-ignore
      expect(made.received).toMatchObject([{ kind: 'response', step: 'score', body: { score: 7 }, disposition: 'delivered' }, { kind: 'event', event: 'paid', key: `L-${count}`, body: { by: 'Ada' } }]); // prettier-ignore
      expect(made.outgoing).toMatchObject([{ sender: 'Away', pattern: 'scored', data: { of: 'ada@example.org' }, parked: true }]);
      expect(await app.workflows.export({ workflow: LoanWorkflow, groupId: `L-${count}` })).toEqual(made);
      await expect(app.workflows.export('none')).rejects.toThrow('There is no process none');
      await app.engine.finished.sweep();
    });

    it('has each process before it is deleted, in the shape of its export', async () => {
      const ids = [await ended(), await ended()];
      const exports = await Promise.all(ids.map((id) => app.workflows.export(id)));
      archive.before = async () => expect(await Promise.all(ids.map(isLeft))).toEqual([true, true]);
      await app.engine.finished.sweep();
      expect([...archive.kept].sort((a, b) => (a.process.id < b.process.id ? -1 : 1))).toEqual(exports.sort((a, b) => (a.process.id < b.process.id ? -1 : 1)));
      expect(await Promise.all(ids.map(isLeft))).toEqual([false, false]);
    });

    it('that fails keeps everything where it is, and gets it again', async () => {
      const id = await ended();
      archive.before = () => Promise.reject(new Error('the disk is full'));
      await expect(app.engine.finished.sweep()).rejects.toThrow('the disk is full');
      expect(await isLeft(id)).toBe(true);
      archive.before = () => {};
      await app.engine.finished.sweep();
      expect(archive.kept.map(({ process }) => process.id)).toEqual([id]);
      expect(await isLeft(id)).toBe(false);
    });

    it('what changes while it is archived is not deleted, and comes again as it is then', async () => {
      const id = await ended();
      archive.before = async () => void (await app.workflows.restartFrom(id, 2, { reason: 'once more' }));
      await app.engine.finished.sweep();
      expect(await isLeft(id)).toBe(true);
      expect((await app.workflows.export(id)).audit.some(({ reason }) => reason === 'once more')).toBe(true);
      archive.before = () => {};
      await app.workflows.cancel(id);
      await app.dataSource.query(`update workflow_process set finished_at = ${Date.now() - 2 * DAY} where id = '${id}'`);
      await app.engine.finished.sweep();
      expect(archive.kept.map(({ process }) => [process.id, process.status])).toEqual([[id, 'completed'], [id, 'cancelled']]); // prettier-ignore
      expect(await isLeft(id)).toBe(false);
    });

    it('does not get what has changed since it was found due: it may not be due any more', async () => {
      const id = await ended();
      const { maintenance } = app.engine.store;
      const real = maintenance.finishedOf.bind(maintenance);
      maintenance.finishedOf = async (...given) => (await real(...given)).map((process) => ({ ...process, revision: process.revision - 1 }));
      await app.engine.finished.sweep();
      maintenance.finishedOf = real;
      expect([archive.kept, await isLeft(id)]).toEqual([[], true]);
      await app.engine.finished.sweep();
      expect(await isLeft(id)).toBe(false);
    });

    it('has those of deleteOnCompletion too', async () => {
      const { id } = await app.workflows.start(Quick, {});
      await app.engine.activity.idle();
      expect(archive.kept.map(({ process }) => process.id)).toEqual([id]);
      await expect(app.workflows.get(id)).rejects.toThrow('There is no process');
    });
  });
});

describe('ndjsonArchive', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'archive-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const a = (id: string) => ({ format: 'x', process: { id, note: 'two\nlines' } }) as unknown as ProcessExport;
  const lines = (inside: string) => readdirSync(inside).sort().map((name) => readFileSync(join(inside, name), 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line).process.id)); // prettier-ignore

  it('writes a line for each process, into files of its own, in a folder that it makes', async () => {
    const deep = join(folder, 'a', 'b');
    const [one, two] = [ndjsonArchive(deep), ndjsonArchive(deep)];
    await Promise.all([one.add([a('1'), a('2')]), one.add([a('3')]), two.add([a('4')])]);
    expect(lines(deep).sort()).toEqual([['1', '2', '3'], ['4']]); // prettier-ignore
    for (const name of readdirSync(deep)) expect(name).toMatch(/^\d{4}-\d\d-\d\d-[0-9a-f]{12}\.ndjson$/);
  });

  it('begins a new file after a failure, so that nothing stands behind a line that was cut off', async () => {
    const archive = ndjsonArchive(join(folder, 'x'));
    await archive.add([a('1')]);
    rmSync(join(folder, 'x'), { recursive: true });
    writeFileSync(join(folder, 'x'), 'a file is in the way');
    await expect(archive.add([a('2')])).rejects.toThrow(/EEXIST|ENOTDIR/);
    rmSync(join(folder, 'x'));
    await archive.add([a('2')]);
    await archive.add([a('3')]);
    expect(lines(join(folder, 'x'))).toEqual([['2', '3']]);
  });

  it('refuses what is no path, and the module what is no archive', async () => {
    for (const wrong of ['', 3, undefined]) expect(() => ndjsonArchive(wrong as string)).toThrow(InvalidInputError);
    expect(WorkflowModule.forRoot({ archive: ndjsonArchive(folder) })).toBeDefined();
  });
});
