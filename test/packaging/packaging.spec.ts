import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { until } from '../support/app.js';
import { Consumer, npmInstall, registryMissing, WorkflowCompiler } from './consumer.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const missing = registryMissing();
if (missing && process.env.CI) throw new Error(missing);

describe.skipIf(missing)(`the packed package${missing ? ` (left out: ${missing})` : ''}`, () => {
  let workshop: WorkflowCompiler;
  beforeAll(() => void (workshop = new WorkflowCompiler()));
  afterAll(() => workshop?.remove());

  it('holds what is needed and nothing else', () => {
    const others = workshop.files.filter((path) => !/^dist\/.*\.(js|d\.ts)$|^docs\/.*\.md$/.test(path));
    expect(['package.json', 'LICENSE', 'README.md', 'CHANGELOG.md', 'ARCHITECTURE.md', 'workflow.schema.json', 'openapi.json']).toEqual(
      expect.arrayContaining(others),
    );
    for (const entry of ['index', 'api', 'bull', 'ports', 'testing'])
      expect(workshop.files).toEqual(expect.arrayContaining([`dist/${entry}.js`, `dist/${entry}.d.ts`]));
    expect(workshop.files.filter((path) => path.includes('.spec.'))).toEqual([]);
  });

  it('is as publint wants it', () => {
    expect(workshop.publint()).toMatchObject({ code: 0 });
  });

  describe('in applications on Nest 12', () => {
    let installation: string;
    beforeAll(() => void (installation = workshop.install('nest-12', '^12.0.0')));

    describe('of ES modules', () => worksIn(() => new Consumer(installation, 'module')));

    describe('of CommonJS', () => worksIn(() => new Consumer(installation, undefined)));

    it('takes Bull only by its own entry', () => {
      const app = new Consumer(installation, 'module');
      expect([app.has('bull'), app.has('@nestjs/bull')]).toEqual([false, false]);
      const load = () => app.node('--input-type=module', '--eval', "await import('nestjs-argonaut/bull')");
      expect(load().output).toMatch(/ERR_MODULE_NOT_FOUND|Cannot find package '(@nestjs\/)?bull'/);
      npmInstall(installation, 'bull@^4.16.0', '@nestjs/bull@^12.0.0');
      expect(load()).toMatchObject({ code: 0 });
      expect(faultsOfOurs(app.compile('bull.ts').output)).toEqual([]);
    });
  });

  describe('in applications on Nest 11', () => {
    let installation: string;
    beforeAll(() => void (installation = workshop.install('nest-11', '^11.0.0')));

    describe('of ES modules', () => worksIn(() => new Consumer(installation, 'module')));
  });
});

function worksIn(make: () => Consumer): void {
  let app: Consumer;
  beforeAll(() => void (app = make()));
  afterEach(() => app?.kill());

  it('compiles, and its declarations are sound', () => {
    expect(faultsOfOurs(app.compile().output)).toEqual([]);
  });

  it('boots, runs a process over HTTP, and stops', async () => {
    await app.boot();
    await app.post('/orders', { customer: 'ada' });
    await until(() => app.get('/orders/ada'), ({ waits }) => waits?.[0]?.step === 'credit' && waits[0].kind === 'response'); // prettier-ignore
    expect(await app.post('/orders/credit', { customer: 'ada', credit: 7 })).toContain('delivered');
    const { context } = await until(() => app.get('/orders/ada'), ({ status }) => status === 'completed'); // prettier-ignore
    expect(context).toEqual({ customer: 'ada', greeted: true, credit: 7, printed: true });
    expect(await app.stop()).toMatchObject({ code: 0 });
  });
}

/** Other packages' declarations are not ours to mend. */
function faultsOfOurs(output: string): string[] {
  return output.split('\n').filter((line) => line.includes('error TS') && !/node_modules\/(?!nestjs-argonaut\/)/.test(line));
}
