/** What another tenant learns by ids, and whose a child is. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { IsBoolean } from 'class-validator';
import { Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { ProcessStore } from 'nestjs-argonaut/ports';
import { until } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';
import { ALL, type ApiApp, apiForBlock, AppraisalWorkflow, Away, bootApi, clientOf, guardedApi, LoanWorkflow, PLATFORMS, type User } from './support.js';

class Seen {
  @IsBoolean() seen: boolean;
}

/** A child that sends a message, refuses an answer, and waits for an input. */
@Workflow({ name: 'survey' })
class SurveyWorkflow {
  @Step({ request: 'ask' })
  answer(_given: object, _answer: { ok: boolean }) {}

  ask(_given: object, step: StepRef) {
    step.send(Away, 'survey.asked', {});
  }
}

@Workflow({ name: 'visit' })
class VisitWorkflow {
  @Step({ input: Seen })
  look() {}
}

/** Its child is the parent of a further child. */
@Workflow({ name: 'trip' })
class TripWorkflow {
  @Step({ child: { workflow: VisitWorkflow } })
  visit() {}
}

@Workflow({ name: 'tour' })
class TourWorkflow {
  @Step({ child: { workflow: TripWorkflow } })
  trip() {}
}

/** It ends before its child. */
@Workflow({ name: 'hint' })
class HintWorkflow {
  @Step({ child: { workflow: VisitWorkflow, detached: true } })
  visit() {}
}

@Workflow({ name: 'poll' })
class PollWorkflow {
  @Step({ child: { workflow: SurveyWorkflow } })
  survey() {}
}

const providers = [LoanWorkflow, AppraisalWorkflow, SurveyWorkflow, VisitWorkflow, TripWorkflow, TourWorkflow, PollWorkflow, HintWorkflow, Away];
const childOf = async ({ workflows }: ApiApp, workflow: string, parentId: string) =>
  (await until(() => workflows.find({ workflow }), ({ items }) => items.some((each) => each.parentId === parentId))).items.find((each) => each.parentId === parentId)!.id; // prettier-ignore
const LOAN = 'workflows/loan/processes';
const loanOf = (tenant: string, more: object = {}) => ({ context: { tenant, amount: 5 }, groupId: `${tenant}:${Math.random()}`, ...more });

describe.each(PLATFORMS)('ids of hidden processes, on %s', (platform) => {
  let db: Database;
  let api: ApiApp;
  beforeAll(async () => {
    db = libsqlFile();
    api = await bootApi(db, { platform });
    await api.workflows.start('loan', { tenant: 'a', amount: 5 }, { groupId: 'a:1', id: 'hidden' });
  });
  afterAll(async () => {
    await api.close();
    await db.drop();
  });

  it('a start answers the same for the id of a hidden process and for a free one, and starts nothing', async () => {
    const send = (id: string, more: object = {}) => clientOf(api, 'b read,input,mend')('POST', LOAN, loanOf('b', { id, ...more }));
    const before = (await api.workflows.find()).items.length;
    const [hidden, free, returned] = [await send('hidden'), await send('free'), await send('hidden', { ifLive: 'return' })];
    expect([hidden.status, hidden.text.replaceAll('hidden', 'free')]).toEqual([403, free.text]);
    expect(returned.text).toBe(hidden.text);
    expect(hidden.body.detail).toContain('"administer"');
    expect((await api.workflows.find()).items).toHaveLength(before);
  });

  it('who administers chooses ids', async () => {
    const started = await clientOf(api, 'b input,administer')('POST', LOAN, loanOf('b', { id: 'chosen' }));
    expect([started.status, started.body.id]).toEqual([201, 'chosen']);
  });

  it('a restart does not tell the id of the hidden process that has the group id now', async () => {
    const byContext = async ({ user }: { user: User }, process: { context(): Promise<{ tenant?: string }> }) =>
      (await process.context()).tenant === user.tenant;
    const other = await bootApi(db, { platform, api: guardedApi({ maySee: byContext }) });
    const { id } = await other.workflows.start('loan', { tenant: 'b', amount: 5 }, { groupId: 'shared' });
    await other.workflows.cancel(id);
    const { id: secret } = await other.workflows.start('loan', { tenant: 'a', amount: 5 }, { groupId: 'shared' });
    const answer = await clientOf(other, `b ${ALL.join(',')}`)('POST', `processes/${id}/restart`, { contextVersion: 1 });
    expect([answer.status, answer.body.code, answer.text.includes(secret)]).toEqual([409, 'ProcessAlreadyLiveError', false]);
    const own = await clientOf(other, `a ${ALL.join(',')}`)('POST', LOAN, { context: { tenant: 'a', amount: 5 }, groupId: 'shared' });
    expect([own.status, own.body.processId]).toEqual([409, secret]);
    await other.close();
  });
});

describe.each(PLATFORMS)('children, on %s', (platform) => {
  let db: Database;
  let api: ApiApp;
  const [roots, visits, surveys]: Record<string, string>[] = [{}, {}, {}] as [Record<string, string>, Record<string, string>, Record<string, string>];

  beforeAll(async () => {
    db = libsqlFile();
    api = await bootApi(db, { platform, providers });
    for (const tenant of ['a', 'b']) {
      const { id } = await api.workflows.start('tour', {}, { groupId: `${tenant}:tour` });
      roots![tenant] = id;
      visits![tenant] = await childOf(api, 'visit', await childOf(api, 'trip', id));
      surveys![tenant] = await childOf(api, 'survey', (await api.workflows.start('poll', {}, { groupId: `${tenant}:poll` })).id);
      const { waits } = await until(() => api.workflows.get(surveys![tenant]!, { internals: true }), (each) => each.waits[0]?.kind === 'response'); // prettier-ignore
      await api.workflows.respond('appraisal', 'value', waits[0]!.key!, { value: 1 });
    }
    await until(() => api.workflows.outbox.list(), ({ items }) => items.length === 2); // prettier-ignore
    await until(() => api.workflows.waitingForInput(), ({ items }) => items.length === 2); // prettier-ignore
  });
  afterAll(async () => {
    await api.close();
    await db.drop();
  });

  const client = (tenant: string) => clientOf(api, `${tenant} read,input,mend`);

  it('a tenant sees the children and grandchildren of his processes, and none of another', async () => {
    for (const path of ['', '/explanation', '/history', '/waits', '/drawing', '/versions/1']) {
      expect([path, (await client('a')('GET', `processes/${visits!.a}${path}`)).status]).toEqual([path, 200]);
      expect([path, (await client('b')('GET', `processes/${visits!.a}${path}`)).status]).toEqual([path, 404]);
    }
    const refused = await client('b')('POST', `workflows/visit/processes/${visits!.a}/inputs/look`, { input: { seen: true } });
    expect(refused.status).toBe(404);
  });

  it('what an explanation names can be read', async () => {
    const { text } = await client('a')('GET', `processes/${roots!.a}/explanation`);
    const named = (await api.workflows.find({ workflow: 'trip' })).items.find(({ parentId }) => parentId === roots!.a)!.id;
    expect(text).toContain(named);
    expect((await client('a')('GET', `processes/${named}`)).status).toBe(200);
  });

  it.each([
    ['processes', ({ id }: { id: string }) => id, () => visits!],
    ['inputs', ({ processId }: { processId: string }) => processId, () => visits!],
    ['inbox', ({ processId }: { processId: string }) => processId, () => surveys!],
    ['outbox', ({ processId }: { processId: string }) => processId, () => surveys!],
  ])('the list of %s follows the same check', async (path, idOf, ids) => {
    for (const [tenant, other] of [['a', 'b'], ['b', 'a']] as const) {
      const found = (await client(tenant)('GET', path)).body.items.map(idOf);
      expect(found).toContain(ids()[tenant]);
      expect(found).not.toContain(ids()[other]);
    } // prettier-ignore
  });

  it('a list reads once for each generation, however many processes it has, and asks once for each root', async () => {
    const asked: string[] = [];
    const maySee = (_request: unknown, { workflow, groupId }: { workflow: string; groupId: string }) => asked.push(`${workflow} ${groupId}`) > 0;
    const other = await bootApi(db, { platform, providers, api: guardedApi({ maySee }) });
    const load = vi.spyOn(other.app.get(ProcessStore).commits, 'load');
    const { body } = await clientOf(other, 'a read')('GET', 'processes');
    const reads = load.mock.calls.filter(([requests]) => requests.some(({ id }) => Object.values(roots!).includes(id) || Object.values(visits!).includes(id)));
    expect(body.items).toHaveLength(10);
    expect(asked.sort()).toEqual(['poll a:poll', 'poll b:poll', 'tour a:tour', 'tour b:tour']);
    expect(reads).toHaveLength(1); // all generations are on the page
    load.mockClear();
    expect((await clientOf(other, 'a read')('GET', 'processes?workflow=visit')).body.items).toHaveLength(2);
    expect(load.mock.calls.filter(([requests]) => requests.length === 2)).toHaveLength(3);
    await other.close();
  });
});

describe.each(PLATFORMS)('a child that is left, on %s', (platform) => {
  const api = apiForBlock({ platform, providers });

  it('of a root that was deleted, the process that is left is asked about', async () => {
    const { id } = await api.workflows.start('hint', {}, { groupId: 'a:gone' });
    const visit = await childOf(api, 'visit', id);
    expect((await clientOf(api, 'a read,input,mend')('GET', `processes/${visit}`)).status).toBe(200);
    await until(() => api.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
    const { revision } = await api.workflows.get(id);
    expect(await api.app.get(ProcessStore).maintenance.deleteFinished([{ id, revision }], 'none')).toEqual([id]);
    expect((await clientOf(api, 'a read,input,mend')('GET', `processes/${visit}`)).status).toBe(404);
    expect((await clientOf(api, 'all read')('GET', `processes/${visit}`)).status).toBe(200);
  });
});
