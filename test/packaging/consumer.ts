import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = fileURLToPath(new URL('./consumer', import.meta.url));
/** What `npm pack` needs; a copy of it is built, so that nobody's dist/ is touched. */
const PACKAGE =
  /^(lib|package\.json|nest-cli\.json|tsconfig(\.build)?\.json|README\.md|LICENSE|CHANGELOG\.md|ARCHITECTURE\.md|docs|workflow\.schema\.json|openapi\.json)$/;

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** Why nothing can be installed here, or null. */
export function registryMissing(): string | null {
  const { code } = run(tmpdir(), 'npm', ['view', 'reflect-metadata', 'version', '--fetch-retries=0', '--fetch-timeout=10000']);
  return code === 0 ? null : 'the npm registry does not answer';
}

/** The package built and packed, and room for applications that use it. */
export class WorkflowCompiler {
  readonly folder = mkdtempSync(join(tmpdir(), 'argonaut-packaging-'));
  readonly package = join(this.folder, 'package');
  readonly tarball: string;
  readonly files: readonly string[];

  constructor() {
    mkdirSync(this.package);
    for (const name of readdirSync(ROOT).filter((each) => PACKAGE.test(each))) cpSync(join(ROOT, name), join(this.package, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.package, 'node_modules'));
    must(run(this.package, 'npm', ['run', 'build']));
    const packed = must(run(this.package, 'npm', ['pack', '--json', '--silent', '--pack-destination', this.folder]));
    const report: unknown = JSON.parse(packed.slice(packed.search(/[[{]/)));
    const [{ filename, files }] = Object.values(report as object) as [{ filename: string; files: { path: string }[] }];
    this.tarball = join(this.folder, filename);
    this.files = files.map(({ path }) => path);
  }

  publint(): Ran {
    return run(this.package, 'npx', ['--no-install', 'publint', '--strict']);
  }

  /** One installation of the tarball with its peers, for several applications. */
  install(name: string, nest: string): string {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    const nestPackages = ['common', 'core', 'platform-express'].map((each) => [`@nestjs/${each}`, nest]);
    const others = {
      '@nestjs/typeorm': '^12.0.0',
      'class-transformer': '^0.5.1',
      'class-validator': '^0.15.1',
      libsql: '^0.5.29',
      'reflect-metadata': '^0.2.2',
      rxjs: '^7.8.2',
      typeorm: '^1.1.1',
    };
    const compiler = { '@types/node': '^20.19.43', typescript: '~6.0.3' };
    const dependencies = { ...Object.fromEntries(nestPackages), ...others, ...compiler, 'nestjs-argonaut': `file:${this.tarball}` };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, dependencies }));
    must(npmInstall(folder));
    return folder;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function npmInstall(folder: string, ...packages: string[]): Ran {
  return run(folder, 'npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages]);
}

/** An application below an installation. Without a `type` it is CommonJS. */
export class Consumer {
  readonly folder: string;
  private child: ChildProcess | undefined;
  private url = '';
  private said = '';

  constructor(
    readonly installation: string,
    readonly type: 'module' | undefined,
  ) {
    this.folder = join(installation, type ?? 'commonjs');
    cpSync(SOURCES, this.folder, { recursive: true });
    writeFileSync(join(this.folder, 'package.json'), JSON.stringify({ private: true, type }));
  }

  /** With the declarations of all it imports. */
  compile(...files: string[]): Ran {
    const only = files.length > 0 ? { files } : {};
    writeFileSync(join(this.folder, 'tsconfig.strict.json'), JSON.stringify({ extends: './tsconfig.json', compilerOptions: { skipLibCheck: false }, ...only }));
    return this.node(join(this.installation, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.strict.json', '--pretty', 'false');
  }

  node(...args: string[]): Ran {
    return run(this.folder, process.execPath, args);
  }

  has(name: string): boolean {
    return existsSync(join(this.installation, 'node_modules', name));
  }

  async boot(): Promise<void> {
    const child = spawn(process.execPath, ['dist/main.js'], { cwd: this.folder, env: { ...clean(), DATABASE_FILE: join(this.folder, 'orders.sqlite') } });
    this.child = child;
    child.stderr.on('data', (data: Buffer) => (this.said += data.toString()));
    for await (const line of createInterface({ input: child.stdout })) {
      this.said += `${line}\n`;
      const port = /^listening on (\d+)$/.exec(line)?.[1];
      if (port) return void (this.url = `http://127.0.0.1:${port}`);
    }
    throw new Error(`It did not boot:\n${this.said}`);
  }

  async post(path: string, body: object): Promise<string> {
    const response = await fetch(this.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    return response.text();
  }

  async get(path: string): Promise<any> {
    return (await fetch(this.url + path)).json();
  }

  /** Asked to, it closes; nothing may hold it after that. */
  async stop(): Promise<Ran> {
    const gone = once(this.child!, 'exit');
    this.child!.kill('SIGTERM');
    const [code] = (await gone) as [number | null];
    return { code, output: this.said };
  }

  kill(): void {
    this.child?.kill('SIGKILL');
  }
}

function run(cwd: string, command: string, args: string[]): Ran {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env: clean(), encoding: 'utf8', timeout: 240_000, maxBuffer: 1 << 26 });
  const output = status === 0 ? stdout : `${stdout}\n${stderr}\n${error?.message ?? ''}`;
  return { code: status, output };
}

function must({ code, output }: Ran): string {
  if (code !== 0) throw new Error(output);
  return output;
}

/** Not what npm and Vitest tell the programs they run. */
function clean(): NodeJS.ProcessEnv {
  const ours = /^(npm_(config_local_prefix|package|lifecycle|command)|INIT_CWD|NODE_ENV|NODE_OPTIONS|VITEST|VITE_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
