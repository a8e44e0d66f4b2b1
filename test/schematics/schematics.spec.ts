import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SchematicTestRunner, UnitTestTree } from '@angular-devkit/schematics/testing/index.js';
import { describe, expect, it } from 'vitest';

const { HostTree } = createRequire(import.meta.url)('@angular-devkit/schematics') as typeof import('@angular-devkit/schematics');
const COLLECTION = join(import.meta.dirname, '../../schematics/collection.json');

/** What `nest new` makes, as far as a schematic looks at it. */
const MODULE = `import { Module } from '@nestjs/common';
import { AppController } from './app.controller';

@Module({
  imports: [],
  controllers: [AppController],
  providers: [],
})
export class AppModule {}
`;
const MAIN = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(process.env.PORT ?? 3000);
}
bootstrap();
`;
const FRESH = {
  'package.json': JSON.stringify({ name: 'shop', dependencies: { '@nestjs/core': '^12.0.0' }, devDependencies: { jest: '^30.0.0' } }),
  'tsconfig.json': '{ "compilerOptions": { "module": "nodenext" } }',
  '.gitignore': '/dist\n',
  'src/app.module.ts': MODULE,
  'src/main.ts': MAIN,
};

interface Ran {
  readonly tree: UnitTestTree;
  readonly tasks: readonly string[];
  readonly said: string;
}

async function generate(schematic: string, files: Record<string, string> | UnitTestTree, options: object = {}): Promise<Ran> {
  const runner = new SchematicTestRunner('nestjs-argonaut', COLLECTION);
  const tree = files instanceof UnitTestTree ? files : treeOf(files);
  const said: string[] = [];
  runner.logger.subscribe(({ message }) => said.push(message));
  const made = await runner.runSchematic(schematic, options, tree);
  return { tree: made, tasks: runner.tasks.map(({ name }) => name), said: said.join('\n') };
}

function treeOf(files: Record<string, string>): UnitTestTree {
  const tree = new UnitTestTree(new HostTree());
  for (const [path, text] of Object.entries(files)) tree.create(path, text);
  return tree;
}

const contentOf = (tree: UnitTestTree) => Object.fromEntries(tree.files.map((path) => [path, tree.readContent(path)]));

describe('nest add nestjs-argonaut', () => {
  it('adds SQLite, the module and an example to an application as `nest new` makes it', async () => {
    const { tree, tasks, said } = await generate('nest-add', FRESH);
    expect(tree.readContent('src/app.module.ts')).toBe(`import { Module } from '@nestjs/common';
import { AppController } from './app.controller';
import { TypeOrmModule } from '@nestjs/typeorm';
import libsql from 'libsql';
import { WorkflowModule } from 'nestjs-argonaut';
import { ExampleModule } from './example/example.module';

@Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'better-sqlite3', driver: libsql, database: process.env.DATABASE_FILE ?? 'app.sqlite', autoLoadEntities: true }),
    WorkflowModule.forRoot({ schema: 'migrate' }),
    ExampleModule,
  ],
  controllers: [AppController],
  providers: [],
})
export class AppModule {}
`);
    expect(tree.readContent('src/main.ts')).toContain('create(AppModule);\n  app.enableShutdownHooks();\n');
    expect(tree.readContent('.gitignore')).toContain('*.sqlite\n');
    expect(JSON.parse(tree.readContent('package.json'))).toMatchObject({
      dependencies: { '@nestjs/typeorm': '^12.0.0', typeorm: '^1.0.0', libsql: '^0.5.29' },
    });
    expect(tree.files.filter((path) => path.startsWith('/src/example'))).toHaveLength(3);
    expect(tasks).toEqual(['node-package']);
    expect(said).toContain('curl -X POST localhost:3000/example/E-1');
  });

  it('changes nothing when it is called again', async () => {
    const { tree } = await generate('nest-add', FRESH);
    const before = contentOf(tree);
    const again = await generate('nest-add', tree);
    expect(contentOf(again.tree)).toEqual(before);
    expect(again).toMatchObject({ tasks: [], said: expect.stringContaining('already') as string });
  });

  it('takes the data source that is there, and says what it lacks', async () => {
    const list = "imports: [TypeOrmModule.forRoot({ type: 'postgres', entities: [/* ] */ User, '['] })]";
    const { tree, said } = await generate('nest-add', { ...FRESH, 'src/app.module.ts': MODULE.replace('imports: []', list) });
    const made = tree.readContent('src/app.module.ts');
    expect(made).toContain("entities: [/* ] */ User, '['] }),\n    WorkflowModule.forRoot({ schema: 'migrate' }),\n    ExampleModule,\n  ],");
    expect(made).not.toContain('libsql');
    expect(JSON.parse(tree.readContent('package.json')).dependencies).not.toHaveProperty('libsql');
    expect(said).toContain('workflowEntities');
  });

  it('finds a data source in another file', async () => {
    const database = "TypeOrmModule.forRootAsync({ useFactory: () => ({ type: 'mysql', autoLoadEntities: true }) })";
    const { tree, said } = await generate('nest-add', { ...FRESH, 'src/database/database.module.ts': database });
    expect(tree.readContent('src/app.module.ts')).not.toContain('TypeOrmModule');
    expect(said).not.toContain('workflowEntities');
  });

  it('writes imports as the application does', async () => {
    const files = { ...FRESH, 'package.json': '{ "type": "module" }', 'src/app.module.ts': MODULE.replace("'./app.controller'", "'./app.controller.js'") };
    const { tree } = await generate('nest-add', files);
    expect(tree.readContent('src/app.module.ts')).toContain("from './example/example.module.js';");
    expect(tree.readContent('src/example/example.module.ts')).toContain("from './example.workflow.js';");
    const old = await generate('nest-add', { ...FRESH, 'tsconfig.json': '{ "compilerOptions": { "module": "commonjs" } }' });
    expect(old.tree.readContent('src/app.module.ts')).toContain("import libsql = require('libsql');");
  });

  it('takes the packages of Nest 11, and those that are there', async () => {
    const dependencies = { '@nestjs/core': '^11.0.1', typeorm: '^0.3.28' };
    const { tree } = await generate('nest-add', { ...FRESH, 'package.json': JSON.stringify({ dependencies }) });
    expect(JSON.parse(tree.readContent('package.json')).dependencies).toMatchObject({ '@nestjs/typeorm': '^11.0.0', typeorm: '^0.3.28' });
    expect((await generate('nest-add', FRESH, { skipInstall: true })).tasks).toEqual([]);
  });

  it('says what to do where it does not understand the module, and changes nothing', async () => {
    await expect(generate('nest-add', { ...FRESH, 'src/app.module.ts': MODULE.replace('[]', 'parts') })).rejects.toThrow(
      /^The imports of src\/app\.module\.ts are not a list .* by hand: .*WorkflowModule\.forRoot/,
    );
    await expect(generate('nest-add', FRESH, { sourceRoot: 'apps/shop/src' })).rejects.toThrow('There is no apps/shop/src/app.module.ts.');
  });
});

describe('nest g -c nestjs-argonaut workflow', () => {
  it('makes a workflow and its test, and adds it to the nearest module', async () => {
    const loans = "import { Module } from '@nestjs/common';\n\n@Module({ imports: [] })\nexport class LoansModule {}\n";
    const { tree } = await generate('workflow', { ...FRESH, 'src/loans/loans.module.ts': loans }, { name: 'loans/LoanRequest' });
    expect(tree.readContent('src/loans/loan-request/loan-request.workflow.ts')).toContain(
      "@Workflow({ name: 'loan-request', version: 1, context: LoanRequestContext })\nexport class LoanRequestWorkflow {",
    );
    expect(tree.readContent('src/loans/loan-request/loan-request.workflow.spec.ts')).not.toContain('vitest');
    expect(tree.readContent('src/loans/loans.module.ts')).toBe(`import { Module } from '@nestjs/common';
import { LoanRequestWorkflow } from './loan-request/loan-request.workflow';

@Module({
  providers: [LoanRequestWorkflow],
  imports: [] })
export class LoansModule {}
`);
    expect(tree.readContent('src/app.module.ts')).toBe(MODULE);
  });

  it('writes the test for the runner of the application', async () => {
    const { tree } = await generate('workflow', { ...FRESH, 'package.json': '{ "devDependencies": { "vitest": "^4.0.0" } }' }, { name: 'loan' });
    expect(tree.readContent('src/loan/loan.workflow.spec.ts')).toContain("import { expect, it } from 'vitest';\n");
  });

  it('obeys flat, spec, path and skipImport', async () => {
    const options = { name: 'loan', path: 'credit', flat: true, specFileSuffix: 'test', skipImport: true };
    const made = await generate('workflow', FRESH, options);
    expect(made.tree.files.filter((path) => path.includes('loan')).sort()).toEqual(['/src/credit/loan.workflow.test.ts', '/src/credit/loan.workflow.ts']);
    expect(made.tree.readContent('src/app.module.ts')).toBe(MODULE);
    const bare = await generate('workflow', FRESH, { name: 'loan', spec: false });
    expect(bare.tree.files.filter((path) => path.includes('loan'))).toEqual(['/src/loan/loan.workflow.ts']);
    expect(bare.tree.readContent('src/app.module.ts')).toContain('providers: [LoanWorkflow],');
  });

  it('overwrites nothing, and refuses what is no name', async () => {
    const { tree } = await generate('workflow', FRESH, { name: 'loan' });
    await expect(generate('workflow', tree, { name: 'loan-workflow' })).rejects.toThrow('src/loan/loan.workflow.ts is there already.');
    await expect(generate('workflow', FRESH, { name: '1st' })).rejects.toThrow('"1st" is no name for a workflow');
  });

  it('says which class to add where there is no module', async () => {
    const { said } = await generate('workflow', { 'package.json': '{}' }, { name: 'loan' });
    expect(said).toContain('Add LoanWorkflow to the `providers` of a module');
  });
});

it('the collection names files and functions that are there, and takes nothing from other packages', () => {
  const require = createRequire(import.meta.url);
  const { schematics } = JSON.parse(readFileSync(COLLECTION, 'utf8')) as { schematics: Record<string, { factory: string; schema: string }> };
  for (const { factory, schema } of Object.values(schematics)) {
    const [file = '', name = ''] = factory.split('#');
    const loaded = require(join(COLLECTION, '..', file)) as Record<string, unknown>;
    expect(typeof loaded[name]).toBe('function');
    expect(JSON.parse(readFileSync(join(COLLECTION, '..', schema), 'utf8'))).toHaveProperty('properties');
  }
  for (const file of ['nest-add', 'workflow', 'example', 'names', 'module-text', 'tree'])
    expect(readFileSync(join(COLLECTION, '..', `${file}.cjs`), 'utf8')).not.toMatch(/^const .* = require\('[^.]/m);
});
