import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { writeApplication } from './application.js';
import type { Combination } from './combinations.js';
import { clean, type Ran, run } from './command.js';

/** An application below an installation. */
export class Consumer {
  readonly folder: string;
  private child: ChildProcess | undefined;
  private url = '';
  private said = '';

  constructor(
    private readonly installation: string,
    private readonly combination: Combination,
    write = writeApplication,
    name = `${combination.form}-${combination.compiler}-${combination.runner}`,
  ) {
    this.folder = join(installation, name);
    write(this.folder, combination);
  }

  /** tsc checks the declarations of all it imports; SWC only compiles. What is wrong with us: other packages' declarations are not ours to mend. */
  compile(): string[] {
    if (this.combination.compiler === 'swc') return this.compileBySwc();
    const { output } = this.node(join(this.installation, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--pretty', 'false');
    return output.split('\n').filter((line) => line.includes('error TS') && !/node_modules\/(?!nestjs-argonaut\/)/.test(line));
  }

  /** With the options of `nest build --builder swc`. */
  private compileBySwc(): string[] {
    const swc = createRequire(join(this.folder, 'x.js'))('@swc/core') as { transformFileSync(file: string, options: object): { code: string } };
    const transform = { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false };
    const jsc = { target: 'es2021', parser: { syntax: 'typescript', decorators: true, dynamicImport: true }, transform, keepClassNames: true };
    const options = { module: { type: this.combination.form === 'module' ? 'es6' : 'commonjs' }, jsc, swcrc: false };
    mkdirSync(join(this.folder, 'dist'));
    for (const name of readdirSync(join(this.folder, 'src')).filter((each) => !/\.(spec|d)\.ts$/.test(each)))
      writeFileSync(join(this.folder, 'dist', name.replace('.ts', '.js')), swc.transformFileSync(join(this.folder, 'src', name), options).code);
    return [];
  }

  /** The command `nest` of its version of Nest. */
  nestCli(tools: string, ...args: string[]): Ran {
    const folder = this.combination.nest === 11 ? fileURLToPath(new URL('../..', import.meta.url)) : tools;
    return this.node(join(folder, 'node_modules/@nestjs/cli/bin/nest.js'), ...args);
  }

  /** A test, that of the quick start by default, by Jest or Vitest. */
  test(file = 'src/loan.spec.ts'): Ran {
    const bin = (name: string, file: string) => join(this.installation, '../node_modules', name, file);
    if (this.combination.runner === 'vitest') return this.node(bin('vitest', 'vitest.mjs'), 'run', file);
    const modules = this.combination.form === 'module' || this.combination.nest === 12 ? ['--experimental-vm-modules'] : [];
    return this.node(...modules, bin('jest', 'bin/jest.js'));
  }

  node(...args: string[]): Ran {
    return run(this.folder, process.execPath, args);
  }

  async boot(): Promise<void> {
    const child = spawn(process.execPath, ['dist/main.js'], { cwd: this.folder, env: { ...clean(), DATABASE_FILE: join(this.folder, 'loans.sqlite') } });
    this.child = child;
    child.stderr.on('data', (data: Buffer) => (this.said += data.toString()));
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`It did not boot:\n${this.said}`)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.said += `${line}\n`;
        const port = /^listening on http:.*:(\d+)$/.exec(line)?.[1];
        if (port) resolve(void (this.url = `http://127.0.0.1:${port}`));
      });
    });
  }

  /** What it has printed that matches. */
  heard(pattern: RegExp): string | undefined {
    return pattern.exec(this.said)?.[1];
  }

  async post(path: string, body: object): Promise<string> {
    const response = await fetch(this.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    return response.text();
  }

  async get(path: string): Promise<unknown> {
    return (await fetch(this.url + path)).json();
  }

  /** Asked to, it closes; nothing may hold it after that. */
  async stop(): Promise<NodeJS.Signals | number | null> {
    const gone = once(this.child!, 'exit');
    this.child!.kill('SIGTERM');
    const [code, signal] = (await gone) as [number | null, NodeJS.Signals | null];
    return signal ?? code;
  }

  kill(): void {
    this.child?.kill('SIGKILL');
  }
}
