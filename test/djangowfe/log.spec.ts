import { Body, Controller, Get, Logger, Param, Post } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { go, ProcessNotFoundError, WorkflowService } from 'nestjs-argonaut';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootApp } from '../support/app.js';
import type { Database } from '../support/databases.js';
import { onEachDatabase, oneApp, Row } from './row.js';
import { DIGRAPHS, FileDto, Insisting, Joining, Line, Talking, Upload } from './workflows.js';

await onEachDatabase((database) => {
  describe('the log of a process', () => logs(database));
  describe('behind HTTP', () => behindHttp(database));
});

function logs(database: Database): void {
  const row = oneApp(database);
  const linesOf = async (id: string) => (await row.workflows.log(id)).map(({ step, attempt, level, text }) => ({ step, attempt, level, text }));

  it('D-4 a step that throws fails the process where it stands; the log has the stack, and nothing later runs', async () => {
    const groupId = row.group();
    row.script.tell(groupId, 'c', function brokenStep() {
      throw new TypeError('broken');
    });
    const { id, process } = await row.started(Line, groupId);
    expect(process).toMatchObject({ status: 'failed', cause: 'c: TypeError: broken', contextVersion: 3 });
    expect(await row.path(id)).toEqual(['a', 'b']);
    const failed = (await row.workflows.history(id)).find(({ type }) => type === 'step-failed');
    expect(failed).toMatchObject({ step: 'c', error: 'TypeError: broken', attempt: 1 });
    expect(failed).not.toHaveProperty('returned');
    const [line] = await linesOf(id);
    expect(line).toMatchObject({ step: 'c', attempt: 1, level: 'error' });
    expect(line!.text).toMatch(/^TypeError: broken\n +at .*brokenStep.*log\.spec\.ts/);
  });

  it('D-4 nobody but retry() runs it again', async () => {
    const groupId = row.group();
    row.script.tell(groupId, 'a', () => {
      throw new Error('no');
    });
    const { id } = await row.started(Line, groupId);
    await row.app.engine.sweeper.sweep();
    await row.app.engine.runner.look(id);
    await row.app.engine.activity.idle();
    expect(row.script.of(groupId)).toEqual(['a']);
    expect((await row.workflows.get(id)).status).toBe('failed');
  });

  it('D-4 each attempt has its lines, also those before it failed', async () => {
    const groupId = row.group();
    row.script.tell(groupId, 'b', (_data, step) => {
      new Logger('Bee').warn(`try ${step.attempt}`);
      if (step.attempt < 3) throw new Error(`no ${step.attempt}`);
    });
    const { id, process } = await row.started(Line, groupId);
    expect(process.status).toBe('completed');
    expect((await linesOf(id)).map(({ attempt, level, text }) => [attempt, level, text.split('\n')[0]])).toEqual([
      [1, 'warn', 'try 1'],
      [1, 'error', 'Error: no 1'],
      [2, 'warn', 'try 2'],
      [2, 'error', 'Error: no 2'],
      [3, 'warn', 'try 3'],
    ]);
  });

  it("D-29 what Nest's Logger says while a step runs is in it, from whichever logger, also after a wait", async () => {
    const groupId = row.group();
    const logger = new Logger('Files');
    row.script.tell(groupId, 'a', async () => {
      logger.log('opened');
      await new Promise((resolve) => setImmediate(resolve));
      Logger.debug({ size: 7 }, 'Sizes');
      logger.error(new Error('odd'));
      logger.verbose('a', 'b');
      logger.fatal('the end');
    });
    logger.log('said by nobody in particular');
    const { id } = await row.started(Talking, groupId);
    const lines = await linesOf(id);
    expect(lines.map(({ step, level }) => [step, level])).toEqual([['a', 'log'], ['a', 'debug'], ['a', 'error'], ['a', 'verbose'], ['a', 'fatal']]); // prettier-ignore
    expect(lines.map(({ text }) => text.split('\n')[0])).toEqual(['opened', '{ size: 7 }', 'Error: odd', 'a', 'the end']);
    const moments = (await row.workflows.log(id)).map(({ at }) => at.getTime());
    expect(moments.every((moment) => Number.isFinite(moment))).toBe(true);
    expect(moments).toEqual(moments.toSorted((a, b) => a - b));
  });

  it('D-29 what a step or a decision notes is in it, in order', async () => {
    const groupId = row.group();
    row.script.tell(groupId, 'first', (_data, step) => step.note('looked'));
    row.script.tell(groupId, 'decide', (_data, step) => (step.note('right, as it is larger'), go('right')));
    const { id } = await row.started(Joining, groupId);
    expect(await linesOf(id)).toEqual([
      { step: 'first', attempt: 1, level: 'note', text: 'looked' },
      { step: 'decide', attempt: 1, level: 'note', text: 'right, as it is larger' },
    ]);
  });

  it('D-29 the lines of each visit of a loop', async () => {
    const groupId = row.group();
    row.script.tell(groupId, 'ask', (_data, step, { answer }: { answer: string }) => (step.note(answer), answer === 'yes' ? 'out' : 'ask'));
    const { id } = await row.started(Insisting, groupId);
    for (const answer of ['no', 'yes']) {
      await row.workflows.provideInput('insisting', 'ask', id, { answer });
      await row.settled(id);
    }
    expect((await linesOf(id)).map(({ text }) => text)).toEqual(['no', 'yes']);
  });

  it('D-29 processes at the same time do not hear one another', async () => {
    const logger = new Logger('Crowd');
    const groups = Array.from({ length: 20 }, () => row.group());
    for (const groupId of groups)
      for (const step of ['a', 'b', 'c'])
        row.script.tell(groupId, step, async () => {
          await new Promise((resolve) => setImmediate(resolve));
          logger.log(`${groupId} ${step}`);
        });
    const all = await Promise.all(groups.map((groupId) => row.started(Talking, groupId)));
    for (const { id, groupId } of all) expect((await linesOf(id)).map(({ text }) => text)).toEqual(['a', 'b', 'c'].map((step) => `${groupId} ${step}`));
  });

  it('D-29 a process that said nothing has an empty log; an unknown one has none', async () => {
    const { id } = await row.started(Line);
    expect(await row.workflows.log(id)).toEqual([]);
    await expect(row.workflows.log(randomUUID())).rejects.toThrow(ProcessNotFoundError);
    await expect(row.workflows.log({ workflow: Line, groupId: row.group() })).rejects.toThrow(ProcessNotFoundError);
  });
}

/** What a user of django-wfe's REST API would write. */
@Controller('jobs')
class Jobs {
  constructor(private readonly workflows: WorkflowService) {}
  @Post() start(@Body() { workflow }: { workflow: string }) { return this.workflows.start(workflow).then(({ id }) => this.workflows.settled(id)); } // prettier-ignore
  @Get('owed') owed() { return this.workflows.waitingForInput(); } // prettier-ignore
  @Get(':id') status(@Param('id') id: string) { return this.workflows.get(id); } // prettier-ignore
  @Get(':id/logs') logs(@Param('id') id: string) { return this.workflows.log(id); } // prettier-ignore
  @Get(':id/steps') steps(@Param('id') id: string) { return this.workflows.history(id); } // prettier-ignore
  @Post(':id/input') input(@Param('id') id: string, @Body() data: FileDto) { return this.workflows.provideInput(Upload, 'file', id, data); } // prettier-ignore
}

function behindHttp(database: Database): void {
  const row = new Row();
  beforeAll(async () => {
    row.app = await bootApp(database, 'database', { providers: DIGRAPHS, controllers: [Jobs], queues: ['work'] });
    await row.app.app.listen(0);
  });
  afterAll(() => row.app?.close());

  async function http(method: string, path: string, body?: object): Promise<{ status: number; body: any }> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${await row.app.app.getUrl()}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    return { status: answer.status, body: await answer.json() };
  }

  it('D-21 starts a process and answers when it waits for its input', async () => {
    const { status, body } = await http('POST', '/jobs', { workflow: 'upload' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ workflow: 'upload', status: 'waiting' });
    expect((await http('GET', '/jobs/owed')).body.items).toContainEqual(expect.objectContaining({ processId: body.id, step: 'file' }));
  });

  it('D-14 answers a wrong input with its fields, a right one with the process, a second one with a conflict', async () => {
    const { id } = (await http('POST', '/jobs', { workflow: 'upload' })).body;
    const wrong = await http('POST', `/jobs/${id}/input`, { path: 7 });
    expect(wrong).toMatchObject({ status: 400, body: { statusCode: 400, error: 'InvalidInputError', problems: ['path must be a string'] } });
    expect((await http('POST', `/jobs/${id}/input`, { path: 'x' })).status).toBe(201);
    await row.settled(id);
    expect(await http('POST', `/jobs/${id}/input`, { path: 'y' })).toMatchObject({ status: 409, body: { error: 'ProcessFinishedError' } });
    expect((await http('GET', `/jobs/${id}`)).body).toMatchObject({ status: 'completed', waits: [] });
  });

  it('D-22 D-29 what is not there is not found', async () => {
    const nobody = randomUUID();
    expect(await http('POST', '/jobs', { workflow: 'uplaod' })).toMatchObject({ status: 404, body: { error: 'UnknownWorkflowError', workflow: 'uplaod' } });
    for (const path of ['', '/logs', '/steps']) expect(await http('GET', `/jobs/${nobody}${path}`)).toMatchObject({ status: 404, body: { error: 'ProcessNotFoundError' } }); // prettier-ignore
    expect((await http('POST', `/jobs/${nobody}/input`, { path: 'x' })).status).toBe(404);
  });
}
