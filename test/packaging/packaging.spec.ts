import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { documents } from '../docs/document.js';
import { until } from '../support/app.js';
import { writeBareApplication } from './application.js';
import { combinations, installations, isOf, titleOf } from './combinations.js';
import { run } from './command.js';
import { Consumer } from './consumer.js';
import { PackedPackage, registryMissing } from './packed-package.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const ENTRIES = ['', '/api', '/bull', '/console', '/event-emitter', '/ports', '/prometheus', '/terminus', '/testing'];
const SCHEMATICS = ['collection', 'nest-add.schema', 'workflow.schema'].map((name) => `schematics/${name}.json`);
const missing = registryMissing();
if (missing && process.env.CI) throw new Error(missing);

describe.skipIf(missing)(`the packed package${missing ? ` (left out: ${missing})` : ''}`, () => {
  let packed: PackedPackage;
  beforeAll(() => void (packed = new PackedPackage()));
  afterAll(() => packed?.remove());

  it('holds what is needed and nothing else', () => {
    const others = packed.files.filter((path) => !/^dist\/.*\.(js|d\.ts)$|^docs\/.*\.md$|^schematics\/[\w-]+\.cjs$/.test(path));
    const wanted = [
      'package.json',
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'ARCHITECTURE.md',
      'workflow.schema.json',
      'openapi.json',
      'llms.txt',
      ...SCHEMATICS,
      'dist/cjs/package.json',
    ];
    expect(others.sort()).toEqual(wanted.sort());
    for (const entry of ['index', 'api', 'bull', 'console', 'event-emitter', 'ports', 'prometheus', 'terminus', 'testing'])
      for (const folder of ['dist', 'dist/cjs']) expect(packed.files).toEqual(expect.arrayContaining([`${folder}/${entry}.js`, `${folder}/${entry}.d.ts`]));
    expect(packed.files.filter((path) => path.includes('.spec.') || path.startsWith('dist/cjs/cjs'))).toEqual([]);
  });

  it('is as publint wants it', () => {
    expect(packed.publint()).toMatchObject({ code: 0 });
  });

  it('runs the paste of the first page in an empty folder', () => {
    const { text } = documents()
      .find(({ path }) => path === 'README.md')!
      .blocks.find(({ mark }) => mark === 'paste')!;
    const said = packed.paste(text);
    expect(said).toMatch(/ waits in step "pay" since \S+ for the event "order\.paid" under the key "A-1"\.$/m);
    expect(said).toContain('Sent a box with a kettle.\n');
    const recorded = [...said.matchAll(/^\S+Z ([\w-]+) (\w*)$/gm)].map(([, type, step]) => `${type} ${step}`.trim());
    expect(recorded).toEqual([
      'process-started', 'event-awaited pay', 'message-delivered pay', 'step-completed pay', 'process-recovered',
      'step-completed pack', 'step-completed send', 'process-completed',
    ]); // prettier-ignore
    expect(said).toMatch(/ completed at \S+\.\n$/);
  });

  describe.each(installations.map((versions) => [titleOf(versions), versions] as const))('on %s', (_title, versions) => {
    let installation: string;
    beforeAll(() => void (installation = packed.install(versions)));

    it('is one copy for `import` and `require`', () => {
      const entries = JSON.stringify(ENTRIES.map((entry) => `nestjs-argonaut${entry}`));
      const code = `const { createRequire } = await import('node:module'); const require = createRequire(process.cwd() + '/x.js');
        for (const each of ${entries}) if (Object.entries(await import(each)).some(([name, value]) => require(each)[name] !== value)) throw new Error(each);`;
      expect(run(installation, process.execPath, ['--input-type=module', '--eval', code])).toMatchObject({ code: 0 });
    });

    it('has its types for each way to resolve modules', () => {
      expect(typesNotFound(installation)).toEqual([]);
    });

    const whenNew = async () => {
      const app = new Consumer(
        installation,
        { ...versions, form: versions.nest === 11 ? 'commonjs' : 'module', compiler: 'tsc', runner: 'vitest' },
        writeBareApplication,
        'bare',
      );
      onTestFinished(() => app.kill());
      for (const args of [
        ['add', 'nestjs-argonaut', '--skip-install'],
        ['g', '-c', 'nestjs-argonaut', 'workflow', 'loan'],
      ])
        expect(app.nestCli(packed.folder, ...args)).toMatchObject({ code: 0 });
      expect(app.compile()).toEqual([]);
      expect(app.test('src/loan/loan.workflow.spec.ts')).toMatchObject({ code: 0 });
      await app.boot();
      expect(await app.post('/example/E-1', { name: 'Ada' })).toContain('E-1');
      await until(() => app.get('/example/E-1') as Promise<Shown>, ({ waits }) => waits?.[0]?.step === 'confirm', 60_000); // prettier-ignore
      await app.post('/example/E-1/confirm', {});
      const { context } = await until(() => app.get('/example/E-1') as Promise<Shown>, ({ status }) => status === 'completed', 60_000); // prettier-ignore
      expect(context).toEqual({ name: 'Ada', greeting: 'Hello, Ada!', confirmed: true });
      expect(await app.stop()).toBe('SIGTERM');
    };
    if (versions.typeorm === '1') it('is added by its schematics to an application as `nest new` makes it', whenNew); // a new one has this

    const here = combinations.filter((each) => isOf(versions, each));
    describe.each(here.map((each) => [`of ${each.form}, by ${each.compiler}, under ${each.runner}`, each] as const))('an application %s', (_name, each) => {
      let app: Consumer;
      beforeAll(() => void (app = new Consumer(installation, each)));
      afterEach(() => app?.kill());

      it('compiles, and its declarations are sound', () => {
        expect(app.compile()).toEqual([]);
      });

      it('starts a process over HTTP and completes it', async () => {
        await app.boot();
        await app.post('/loans', { reference: 'L-1', applicant: 'Ada', amount: 5000 });
        await comesTo(app, ({ waits }) => waits?.some(({ step, kind }) => step === 'identity' && kind === 'response'));
        const requestId = app.heard(/^Who is Ada\? Answer under (.*)\.$/m);
        expect(await app.post('/kyc', { requestId, result: 'pass' })).toContain('delivered');
        await comesTo(app, ({ waits }) => waits?.some(({ step }) => step === 'pay'));
        await app.post('/loans/L-1/withdraw', { reason: 'changed her mind' });
        const { context } = await comesTo(app, ({ status }) => status === 'completed');
        expect(context).toMatchObject({ fee: 50, identified: true, score: 700, fraud: false, ended: 'changed her mind' });
        expect(await app.stop()).toBe('SIGTERM');
      });

      it('passes the test of the quick start', () => {
        expect(app.test()).toMatchObject({ code: 0 });
      });
    });
  });

  it('takes each optional package only by its own entry', () => {
    const installation = packed.install({ nest: 12, typeorm: '1' }, /bull|event-emitter|terminus|prom-client/);
    const load = (entry: string) => run(installation, process.execPath, ['--input-type=module', '--eval', `await import('nestjs-argonaut${entry}')`]);
    expect(['', '/api', '/console', '/ports', '/testing'].map((entry) => load(entry).code)).toEqual([0, 0, 0, 0, 0]);
    expect(load('/bull').output).toMatch(/Cannot find package '(@nestjs\/)?bull'/);
    expect(load('/event-emitter').output).toContain("Cannot find package '@nestjs/event-emitter'");
    expect(load('/prometheus').output).toContain("Cannot find package 'prom-client'");
    expect(load('/terminus').output).toContain("Cannot find package '@nestjs/terminus'");
  });
});

interface Shown {
  readonly status: string;
  readonly context: object;
  readonly waits?: readonly { readonly step: string; readonly kind: string }[];
}

function comesTo(app: Consumer, isSo: (loan: Shown) => boolean | undefined): Promise<Shown> {
  return until(() => app.get('/loans/L-1') as Promise<Shown>, (loan) => isSo(loan) === true, 60_000); // prettier-ignore
}

/** The entries whose types are not found, by way. */
function typesNotFound(installation: string): string[] {
  const { Node10, Node16, NodeNext, Bundler } = ts.ModuleResolutionKind;
  const modes: readonly ts.ResolutionMode[] = [ts.ModuleKind.CommonJS, ts.ModuleKind.ESNext];
  const ways = [Node16, NodeNext, Bundler].flatMap((moduleResolution) => modes.map((mode) => ({ moduleResolution, mode })));
  return [{ moduleResolution: Node10, mode: modes[0] }, ...ways].flatMap(({ moduleResolution, mode }) =>
    ENTRIES.filter((entry) => {
      const from = join(installation, 'main.ts');
      const { resolvedModule } = ts.resolveModuleName(`nestjs-argonaut${entry}`, from, { moduleResolution }, ts.sys, undefined, undefined, mode);
      const folder = mode === ts.ModuleKind.CommonJS ? '/dist/cjs/' : 'nestjs-argonaut/dist/';
      return !resolvedModule?.resolvedFileName.endsWith(`${folder}${entry.slice(1) || 'index'}.d.ts`);
    }).map((entry) => `${ts.ModuleResolutionKind[moduleResolution]} ${ts.ModuleKind[mode!]} ${entry}`),
  );
}
