/** A workflow that was withdrawn: no new process starts, and the API says so as of one that is not there. Its processes stand still. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Step, type WorkflowJson } from 'nestjs-argonaut';
import { WorkflowApi } from 'nestjs-argonaut/api';
import { until } from '../support/app.js';
import { clientOf, PLATFORMS, apiForBlock } from './support.js';

@Step({})
class Sign {
  run() {}
}

const PAPER: WorkflowJson = { name: 'paper', version: 1, steps: [{ name: 'signed', use: 'Sign', on: 'signed' }] };

describe.each(PLATFORMS)('a withdrawn workflow, on %s', (platform) => {
  const api = apiForBlock({ platform, providers: [Sign] });
  let process: string;
  beforeAll(async () => {
    await api.workflows.define(PAPER);
    process = (await api.workflows.start('paper', {}, { groupId: 'a:1' })).id;
  });

  const names = async () => (await clientOf(api)('GET', 'workflows')).body.items.map(({ workflow }: { workflow: string }) => workflow);
  const documented = () => Object.keys(api.app.get(WorkflowApi).openApi().paths).filter((path) => path.includes('paper'));
  const start = () => clientOf(api)('POST', 'workflows/paper/processes', { groupId: 'a:2' });

  it('is in no list and in no document, and is not suggested', async () => {
    expect([await names(), documented()]).toEqual([['paper'], ['/workflow-api/workflows/paper/processes']]);
    await api.workflows.withdraw('paper');
    expect([await names(), documented()]).toEqual([[], []]);
    const [one, version, near] = await Promise.all(['paper', 'paper?version=1', 'papr'].map((path) => clientOf(api)('GET', `workflows/${path}`)));
    for (const answer of [one!, version!, near!]) expect([answer.status, answer.body.code]).toEqual([404, 'UnknownWorkflowError']);
    expect(near!.text).not.toContain('"paper"');
    const refused = await start();
    expect([refused.status, refused.body.code]).toEqual([404, 'UnknownWorkflowError']);
    expect((await api.workflows.find()).items).toHaveLength(1);
  });

  it('leaves its live processes as they are, to be read, until it is defined again', async () => {
    const client = clientOf(api);
    await api.workflows.define(PAPER);
    await api.workflows.withdraw('paper');
    for (const path of ['', '/waits', '/history', '/versions/1']) expect([path, (await client('GET', `processes/${process}${path}`)).status]).toEqual([path, 200]); // prettier-ignore
    expect((await client('GET', `processes/${process}/explanation`)).text).toContain('withdrawn');
    const drawing = await client('GET', `processes/${process}/drawing`);
    expect([drawing.status, drawing.body.code]).toEqual([404, 'UnknownWorkflowError']);
    expect(drawing.body.detail).toContain('define() its document to bring it back');
    await api.workflows.define(PAPER);
    const { body } = await client('POST', 'events/signed', { keys: ['a:1'] });
    expect(body).toEqual({ disposition: 'delivered', items: [{ processId: process, disposition: 'delivered' }] });
    await until(() => api.workflows.get(process), ({ status }) => status === 'completed'); // prettier-ignore
  });
});
