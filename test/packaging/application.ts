// The application of the quick start, and what `nest new` puts around it.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { documents } from '../docs/document.js';
import { type Combination, dependenciesOf } from './combinations.js';

const CHECKED_TYPES = fileURLToPath(new URL('./consumer', import.meta.url));
const FILES: Readonly<Record<string, readonly string[]>> = {
  'docs/quick-start.md': ['loan.workflow.ts', 'partners.ts', 'app.module.ts', 'main.ts', 'loan.spec.ts'],
  'docs/reference/task-queues.md': ['names.d.ts'],
};

/** What differs from the document so that it runs without a server: the database, and a free port that it tells. */
const CHANGES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'app.module.ts': [
    ["{ type: 'postgres', url: process.env['DATABASE_URL'],", "{ type: 'better-sqlite3', driver: libsql, database: process.env['DATABASE_FILE']!,"],
    ["import { TypeOrmModule } from '@nestjs/typeorm';", "import { TypeOrmModule } from '@nestjs/typeorm';\nimport libsql from 'libsql';"],
  ],
  'main.ts': [['await app.listen(3000);', 'await app.listen(0);\n  console.log(`listening on ${await app.getUrl()}`);']],
};

export function writeApplication(folder: string, combination: Combination): void {
  const { form } = combination;
  mkdirSync(join(folder, 'src'), { recursive: true });
  for (const [name, text] of written()) writeFileSync(join(folder, 'src', name), adapted(name, text, combination));
  cpSync(CHECKED_TYPES, join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, ...(form === 'module' && { type: form }), jest: jestConfig(combination) }));
  writeCompilerOptions(folder, combination);
}

/** An application as `nest new` makes it, for the schematics to add to. Its packages are installed. */
export function writeBareApplication(folder: string, combination: Combination): void {
  mkdirSync(join(folder, 'src'), { recursive: true });
  const packages = { dependencies: { ...dependenciesOf(combination), 'nestjs-argonaut': '*' }, devDependencies: { vitest: '*' } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, ...(combination.form === 'module' && { type: 'module' }), ...packages }));
  for (const [name, text] of Object.entries(BARE)) writeFileSync(join(folder, 'src', name), inForm(text, combination));
  writeCompilerOptions(folder, combination);
}

const BARE: Readonly<Record<string, string>> = {
  'app.module.ts': `import { Module } from '@nestjs/common';
import { AppController } from './app.controller.js';

@Module({
  imports: [],
  controllers: [AppController],
  providers: [],
})
export class AppModule {}
`,
  'app.controller.ts': `import { Controller, Get } from '@nestjs/common';

@Controller()
export class AppController {
  @Get() hello() {
    return 'Hello World!';
  }
}
`,
  'main.ts': `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(0);
  console.log(\`listening on \${await app.getUrl()}\`);
}
void bootstrap();
`,
};

function writeCompilerOptions(folder: string, combination: Combination): void {
  const build = { extends: './tsconfig.json', include: ['src'], exclude: ['src/**/*.spec.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: compilerOptions(combination) }));
  writeFileSync(join(folder, 'tsconfig.build.json'), JSON.stringify({ ...build, compilerOptions: { rootDir: 'src', skipLibCheck: false } }));
}

function written(): [string, string][] {
  return documents().flatMap(({ path, blocks }) =>
    (FILES[path] ?? []).map((name): [string, string] => [name, blocks.find(({ text }) => text.startsWith(`// file: ${name}\n`))!.text]),
  );
}

function adapted(name: string, text: string, combination: Combination): string {
  let made = text;
  for (const [from, to] of CHANGES[name] ?? []) {
    if (!made.includes(from)) throw new Error(`${name} of docs/quick-start.md has no "${from}" any more`);
    made = made.replace(from, to);
  }
  if (combination.runner === 'jest') made = made.replace(/^import .* from 'vitest';\n/m, '');
  return inForm(made, combination);
}

function inForm(text: string, { form }: Combination): string {
  return form === 'commonjs' ? text.replaceAll(/(from '\.\/[^']*)\.js'/g, "$1'") : text;
}

/** The templates of `nest new` 11 and 12, as strict as they ask for. */
function compilerOptions({ nest, runner }: Combination): object {
  const both = {
    module: 'nodenext',
    moduleResolution: 'nodenext',
    resolvePackageJsonExports: true,
    esModuleInterop: true,
    isolatedModules: true,
    declaration: true,
    removeComments: true,
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    allowSyntheticDefaultImports: true,
    target: 'ES2023',
    sourceMap: true,
    outDir: './dist',
    rootDir: '.', // TypeScript 6, which ts-jest takes here, wants it said
    skipLibCheck: true,
    types: ['node', runner === 'jest' ? 'jest' : 'vitest/globals'],
  };
  if (nest === 12) return { ...both, strict: true, strictPropertyInitialization: false };
  return {
    ...both,
    strictNullChecks: true,
    forceConsistentCasingInFileNames: true,
    noImplicitAny: true,
    strictBindCallApply: true,
    noFallthroughCasesInSwitch: true,
  };
}

/** ts-jest as `nest new` has it; @swc/jest where SWC compiles. */
function jestConfig({ form, compiler }: Combination): object {
  const isModule = form === 'module';
  const swc = { jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true }, transform: { legacyDecorator: true, decoratorMetadata: true } } };
  const transform = compiler === 'swc' ? ['@swc/jest', { ...swc, module: { type: isModule ? 'es6' : 'commonjs' } }] : ['ts-jest', { useESM: isModule }];
  return {
    moduleFileExtensions: ['js', 'json', 'ts'],
    testRegex: 'src/.*\\.spec\\.ts$',
    transform: { '^.+\\.ts$': transform },
    testEnvironment: 'node',
    ...(isModule && { extensionsToTreatAsEsm: ['.ts'], moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' } }),
  };
}
