import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dependenciesOf, titleOf, tools, type Versions } from './combinations.js';
import { must, type Ran, run } from './command.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What `npm pack` needs; a copy of it is built, so that nobody's dist/ is touched. */
const PACKAGE =
  /^(lib|console|package\.json|commonjs\.mjs|nest-cli\.json|tsconfig(\.build)?\.json|README\.md|LICENSE|CHANGELOG\.md|llms\.txt|schematics|ARCHITECTURE\.md|docs|workflow\.schema\.json|openapi\.json)$/;

/** Why nothing can be installed here, or null. */
export function registryMissing(): string | null {
  const { code } = run(tmpdir(), 'npm', ['view', 'reflect-metadata', 'version', '--fetch-retries=0', '--fetch-timeout=10000']);
  return code === 0 ? null : 'the npm registry does not answer';
}

/** The package built and packed, and a folder for installations of it, which find compilers and test runners above them. */
export class PackedPackage {
  readonly folder = mkdtempSync(join(tmpdir(), 'argonaut-packaging-'));
  readonly files: readonly string[];
  private readonly package = join(this.folder, 'package');
  private readonly tarball: string;
  private readonly pastes: string[] = [];

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
    npmInstall(this.folder, tools);
  }

  publint(): Ran {
    return run(this.package, 'npx', ['--no-install', 'publint', '--strict']);
  }

  /** One installation of the tarball with its peers, for several applications. */
  install(versions: Versions, without: RegExp = /^$/): string {
    const folder = join(this.folder, titleOf(versions).replaceAll(' ', '-') + (without.source === '^$' ? '' : '-less'));
    mkdirSync(folder);
    const dependencies = Object.fromEntries(Object.entries(dependenciesOf(versions)).filter(([name]) => !without.test(name)));
    npmInstall(folder, { ...dependencies, 'nestjs-argonaut': `file:${this.tarball}` });
    return folder;
  }

  /** What a paste prints in an empty folder, with this package in the place of the one of the registry. */
  paste(text: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'argonaut-paste-'));
    this.pastes.push(folder);
    if (!text.includes('npm install nestjs-argonaut ')) throw new Error('It does not install nestjs-argonaut.');
    writeFileSync(join(folder, 'paste.sh'), text.replace('npm install nestjs-argonaut ', `npm install --prefer-offline --no-audit file:${this.tarball} `));
    return must(run(folder, 'bash', ['paste.sh']));
  }

  remove(): void {
    for (const folder of this.pastes) rmSync(folder, { recursive: true, force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function npmInstall(folder: string, dependencies: Record<string, string>): void {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  must(run(folder, 'npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock']));
}
