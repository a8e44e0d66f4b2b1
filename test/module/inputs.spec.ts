import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsDate, IsInt, IsString, Min } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  again,
  type AuditRecord,
  InvalidInputError,
  NotWaitingError,
  ProcessFinishedError,
  ProcessNotFoundError,
  Step,
  type StepRef,
  UnknownStepError,
  Workflow,
} from '../../lib/index.js';
import { bootApp, type TestApp, until } from '../support/app.js';
import { type Database, isThere, libsqlFile, mysql, postgres, titleOf } from '../support/databases.js';

class FileDto {
  @IsString() path!: string;
  @IsInt() @Min(1) size!: number;
  @IsDate() @Type(() => Date) at!: Date;
}
class Upload {
  path = '';
  by = '';
  people: string[] = ['ada', 'bob'];
  votes: string[] = [];
  seen: unknown = null;
}
const file = () => ({ path: '/a', size: 3, at: new Date(5) });
const given: unknown[] = [];
const byText = (a: string, b: string) => a.localeCompare(b);

@Workflow({ name: 'upload', context: Upload })
class UploadWorkflow {
  @Step({ input: FileDto })
  validate(_upload: Upload, input: FileDto, step: StepRef) {
    given.push(input, step.message);
    return { path: input.path };
  }
  @Step({ input: FileDto })
  approve(_upload: Upload, _input: FileDto) {}
  @Step() plain() {}
}

@Workflow({ name: 'vote', context: Upload })
class VoteWorkflow {
  @Step({ input: FileDto, forEach: 'people', within: '1 day' })
  vote(_upload: Upload, input: FileDto, step: StepRef<any, string>) {
    return { votes: (all: string[]) => [...all, `${step.item}#${step.index}: ${input.path}`] };
  }
}

@Workflow({ name: 'beside', context: Upload })
class BesideWorkflow {
  @Step({ on: 'never' }) wait(_upload: Upload, _event: unknown) {}
  @Step({ input: FileDto, unsolicited: true })
  remark(_upload: Upload, input: FileDto) {
    return { votes: (all: string[]) => [...all, input.path] };
  }
}

let tries = 0;
@Workflow({ name: 'twice', context: Upload })
class TwiceWorkflow {
  @Step({ input: FileDto, retry: 2 })
  flaky(_upload: Upload, input: FileDto) {
    if (++tries === 1) throw new Error('once');
    return { path: input.path };
  }
  @Step({ input: FileDto })
  more(upload: Upload, input: FileDto) {
    const votes = [...upload.votes, input.path];
    return votes.length < 2 ? again({ patch: { votes } }) : { votes };
  }
}

const databases = [libsqlFile(), await postgres(), await mysql()];

describe.each(databases)('inputs: $name', (database: Database) => {
  describe.skipIf(!isThere(database))(titleOf(database), () => {
    let app: TestApp;
    beforeAll(async () => {
      app = await bootApp(database, 'database', { providers: [UploadWorkflow, VoteWorkflow, BesideWorkflow, TwiceWorkflow] });
    });
    afterAll(async () => {
      await app?.close();
      await database.drop();
    });

    async function waiting(): Promise<string> {
      const { id } = await app.workflows.start(UploadWorkflow);
      expect(await app.workflows.settled(id)).toMatchObject({ status: 'waiting' });
      return id;
    }
    const stateOf = async (id: string) => {
      const { revision, status, contextVersion, waits } = await app.workflows.get(id);
      return { revision, status, contextVersion, waits: waits.map(({ step, kind }) => `${kind} ${step}`) };
    };

    it('a step that wants input is not run, says so, and runs with it once it is here, typed by its class', async () => {
      const required: AuditRecord[] = [];
      const listening = app.workflows.records.subscribe((record) => record.type === 'input-required' && required.push(record));
      given.length = 0;
      const id = await waiting();
      expect(given).toEqual([]);
      expect(required.filter(({ processId }) => processId === id)).toMatchObject([{ step: 'validate' }]); // others may still be about to wait
      listening.unsubscribe();
      const process = await app.workflows.provideInput(UploadWorkflow, 'validate', id, file(), { actor: 'ada', reason: 'here it is' });
      expect(process.id).toBe(id);
      await until(() => stateOf(id), ({ waits }) => waits[0] === 'input approve'); // prettier-ignore
      expect(given[0]).toBeInstanceOf(FileDto);
      expect(given[0]).toEqual(file());
      expect(given[1]).toBe(given[0]);
      const record = (await app.workflows.history(id)).find(({ type }) => type === 'message-delivered')!;
      expect(record).toMatchObject({ step: 'validate', actor: 'ada', reason: 'here it is', message: { path: '/a', size: 3, at: '1970-01-01T00:00:00.005Z' } });
    });

    it('a wrong input has a sentence for each field, and changes nothing', async () => {
      const id = await waiting();
      const before = await stateOf(id);
      const wrong = { path: 3, size: 0, at: new Date(5) } as unknown as FileDto;
      const error = await app.workflows.provideInput(UploadWorkflow, 'validate', id, wrong).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(InvalidInputError);
      expect((error as InvalidInputError).problems).toEqual(['path must be a string', 'size must not be less than 1']);
      expect(await stateOf(id)).toEqual(before);
      await app.workflows.provideInput(UploadWorkflow, 'validate', id, file());
    });

    it('a step that takes none is said whatever the process does', async () => {
      const give = (step: string, id: string) => app.workflows.provideInput('upload', step, id, file());
      await expect(give('plain', 'nobody')).rejects.toThrow(UnknownStepError);
      await expect(give('aprove', 'nobody')).rejects.toThrow('Did you mean "approve"?');
      await expect(give('approve', 'nobody')).rejects.toThrow(ProcessNotFoundError);
      const { id } = await app.workflows.start(VoteWorkflow);
      await expect(give('approve', id)).rejects.toThrow(ProcessNotFoundError);
      await expect(app.workflows.provideInput('nothing', 'approve', id, file())).rejects.toThrow('There is no workflow "nothing"');
    });

    it('not yet, already given, finished: refused, with what it waits for, and the first one stays', async () => {
      const id = await waiting();
      const early = await app.workflows.provideInput(UploadWorkflow, 'approve', id, file()).catch((thrown: unknown) => thrown as NotWaitingError);
      expect(early).toBeInstanceOf(NotWaitingError);
      expect(early).toMatchObject({ step: 'approve', waitingFor: ['validate'] });
      await app.workflows.provideInput(UploadWorkflow, 'validate', id, file());
      await expect(app.workflows.provideInput(UploadWorkflow, 'validate', id, { ...file(), path: '/b' })).rejects.toThrow(NotWaitingError);
      await app.workflows.settled(id);
      expect((await app.workflows.get(UploadWorkflow, id)).context.path).toBe('/a');
      await app.workflows.provideInput(UploadWorkflow, 'approve', id, file());
      await app.workflows.settled(id);
      await expect(app.workflows.provideInput(UploadWorkflow, 'approve', id, file())).rejects.toThrow(ProcessFinishedError);
    });

    it('of two at once one is taken; the other hears of it', async () => {
      const id = await waiting();
      const both = await Promise.allSettled(['/a', '/b'].map((path) => app.workflows.provideInput(UploadWorkflow, 'validate', id, { ...file(), path })));
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect((both.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason).toBeInstanceOf(NotWaitingError);
    });

    it('the same message again is a duplicate, also when its step is over; another under its id is refused', async () => {
      const id = await waiting();
      const give = (path: string) => app.workflows.provideInput(UploadWorkflow, 'validate', id, { ...file(), path }, { messageId: 'm-1' });
      await give('/a');
      await app.workflows.settled(id);
      expect((await give('/a')).id).toBe(id);
      await expect(give('/b')).rejects.toThrow('was given another input under the message id "m-1"');
      const { waits, context } = await app.workflows.get(UploadWorkflow, id);
      expect([waits.map(({ step }) => step), context.path]).toEqual([['approve'], '/a']);
      expect((await app.workflows.history(id)).filter(({ type }) => type.startsWith('message-')).map(({ type }) => type)).toEqual([
        'message-delivered',
        'message-duplicate',
        'message-conflict',
      ]);
    });

    it('inside forEach the item that has waited longest gets it; all that are owed are listed, page by page', async () => {
      const { id } = await app.workflows.start(VoteWorkflow, {}, { groupId: `votes of ${database.name}` });
      await app.workflows.settled(id);
      const filter = { workflow: VoteWorkflow, groupId: `votes of ${database.name}`, limit: 1 };
      const first = await app.workflows.waitingForInput(filter);
      const second = await app.workflows.waitingForInput({ ...filter, cursor: first.next! });
      expect([first, second].flatMap(({ items }) => items.map(({ index }) => index))).toEqual([0, 1]);
      expect(second.next).toBeNull();
      expect(first.items[0]).toMatchObject({ processId: id, workflow: 'vote', step: 'vote', schema: { required: ['path', 'size', 'at'] } });
      expect(first.items[0]!.dueAt!.getTime() - first.items[0]!.since.getTime()).toBe(24 * 3600 * 1000);
      await Promise.all(['/1', '/2'].map((path) => app.workflows.provideInput(VoteWorkflow, 'vote', id, { ...file(), path })));
      expect(await app.workflows.settled(id)).toMatchObject({ status: 'completed' });
      const { votes } = (await app.workflows.get(VoteWorkflow, id)).context;
      expect([votes.map((vote) => vote.split(':')[0]!).toSorted(byText), votes.map((vote) => vote.split(': ')[1]!).toSorted(byText)]).toEqual([
        ['ada#0', 'bob#1'],
        ['/1', '/2'],
      ]);
      expect((await app.workflows.waitingForInput(filter)).items).toEqual([]);
      await expect(app.workflows.waitingForInput({ limit: 0 })).rejects.toThrow('limit must be a whole number');
      await expect(app.workflows.waitingForInput({ cursor: 'x' })).rejects.toThrow('cursor must be the `next`');
    });

    it('inside forEach the item whose number is given gets it, and no other', async () => {
      const { id } = await app.workflows.start(VoteWorkflow, {}, { groupId: `two votes on ${database.name}` });
      await app.workflows.settled(id);
      const vote = (index: number, path: string) => app.workflows.provideInput(VoteWorkflow, 'vote', id, { ...file(), path }, { index });
      await expect(vote(2, '/2')).rejects.toThrow('its step "vote" does not wait for an input for item 2.');
      await expect(vote(-1, '/2')).rejects.toThrow('index: it must be a whole number from 0');
      await vote(1, '/b');
      await expect(vote(1, '/again')).rejects.toThrow(NotWaitingError);
      await vote(0, '/a');
      await app.workflows.settled(id);
      expect((await app.workflows.get(VoteWorkflow, id)).context.votes.toSorted(byText)).toEqual(['ada#0: /a', 'bob#1: /b']);
    });

    it('a step beside the flow takes any number', async () => {
      const { id } = await app.workflows.start(BesideWorkflow);
      for (const path of ['/1', '/2', '/1']) await app.workflows.provideInput(BesideWorkflow, 'remark', id, { ...file(), path });
      await until(() => app.workflows.get(BesideWorkflow, id), ({ context }) => context.votes.length === 3); // prettier-ignore
      await app.workflows.cancel(id);
      await expect(app.workflows.provideInput(BesideWorkflow, 'remark', id, file())).rejects.toThrow(ProcessFinishedError);
    });

    it('a failed attempt runs again with the input it had; again() asks for another', async () => {
      tries = 0;
      const { id } = await app.workflows.start(TwiceWorkflow, {}, { groupId: `twice on ${database.name}` });
      const ref = { groupId: `twice on ${database.name}` };
      await app.workflows.settled(id);
      await app.workflows.provideInput(TwiceWorkflow, 'flaky', ref, file());
      await until(() => stateOf(id), ({ waits }) => waits[0] === 'input more'); // prettier-ignore
      await app.workflows.provideInput(TwiceWorkflow, 'more', ref, { ...file(), path: '/1' });
      await until(() => app.workflows.get(TwiceWorkflow, id), ({ context, status }) => context.votes.length === 1 && status === 'waiting'); // prettier-ignore
      await app.workflows.provideInput(TwiceWorkflow, 'more', ref, { ...file(), path: '/2' });
      expect(await app.workflows.settled(id)).toMatchObject({ status: 'completed' });
      expect((await app.workflows.get(TwiceWorkflow, id)).context).toMatchObject({ path: '/a', votes: ['/1', '/2'] });
      await expect(app.workflows.provideInput(TwiceWorkflow, 'more', ref, file())).rejects.toThrow(ProcessNotFoundError);
    });

    it('in a transaction of the caller’s it counts when that commits', async () => {
      const id = await waiting();
      const undone = app.dataSource.transaction(async (manager) => {
        await app.workflows.provideInput(UploadWorkflow, 'validate', id, file(), { manager });
        throw new Error('undone');
      });
      await expect(undone).rejects.toThrow('undone');
      expect((await stateOf(id)).waits).toEqual(['input validate']);
      await app.dataSource.transaction((manager) => app.workflows.provideInput(UploadWorkflow, 'validate', id, file(), { manager }));
      await until(() => stateOf(id), ({ waits }) => waits[0] === 'input approve'); // prettier-ignore
    });
  });
});
