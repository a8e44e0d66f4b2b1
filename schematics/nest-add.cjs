// @ts-check
/** `nest add nestjs-argonaut`: the module, packages, an example. What is there already stays, so it may be called again. */

const { change, filesBelow, join, makeFile, textOf } = require('./tree.cjs');
const { withImport, withItem } = require('./module-text.cjs');
const { exampleFiles } = require('./example.cjs');
const { extensionIn, packageOf } = require('./names.cjs');

/** @param {{ sourceRoot?: string; skipInstall?: boolean }} options */
exports.nestAdd = ({ sourceRoot = 'src', skipInstall = false }) =>
  (/** @type {import('./tree.cjs').Tree} */ tree, /** @type {import('./tree.cjs').Context} */ context) => {
    const module = join(sourceRoot, 'app.module.ts');
    const text = textOf(tree, module);
    if (text === null) throw new Error(`There is no ${module}. Add WorkflowModule.forRoot({ schema: 'migrate' }) to your root module by hand: docs/quick-start.md.`);
    if (text.includes('WorkflowModule.for')) return context.logger.info(`${module} has WorkflowModule already. Nothing was changed.`);
    const sources = filesBelow(tree, sourceRoot).filter((path) => path.endsWith('.ts')).map((path) => textOf(tree, path) ?? ''); // prettier-ignore
    const typeOrm = sources.find((source) => source.includes('TypeOrmModule.forRoot'));
    addModules(tree, module, text, typeOrm === undefined);
    for (const [name, content] of exampleFiles(extensionIn(tree, module))) makeFile(tree, join(sourceRoot, 'example', name), content);
    if (typeOrm === undefined) ignoreDatabase(tree);
    enableShutdownHooks(tree, join(sourceRoot, 'main.ts'));
    if (addPackages(tree, typeOrm === undefined) && !skipInstall) context.addTask({ toConfiguration: () => ({ name: 'node-package', options: { command: 'install', quiet: true } }) });
    tellNext(context, typeOrm);
  }; // prettier-ignore

/** @param {import('./tree.cjs').Tree} tree @param {string} module @param {string} text @param {boolean} needsDatabase */
function addModules(tree, module, text, needsDatabase) {
  const database =
    "TypeOrmModule.forRoot({ type: 'better-sqlite3', driver: libsql, database: process.env.DATABASE_FILE ?? 'app.sqlite', autoLoadEntities: true })";
  const items = [...(needsDatabase ? [database] : []), "WorkflowModule.forRoot({ schema: 'migrate' })", 'ExampleModule'];
  const changed = items.reduce((/** @type {string | null} */ made, item) => made && withItem(made, 'imports', item), text);
  if (changed === null) throw new Error(`The imports of ${module} are not a list in @Module({ ... }). Add these by hand: ${items.join(', ')}.`);
  const imports = [
    ...(needsDatabase ? ["import { TypeOrmModule } from '@nestjs/typeorm';", libsqlImport(tree)] : []),
    "import { WorkflowModule } from 'nestjs-argonaut';",
    `import { ExampleModule } from './example/example.module${extensionIn(tree, module)}';`,
  ];
  change(tree, module, imports.reduce(withImport, changed));
}

/** CommonJS without `esModuleInterop` has no default import of a CommonJS module. @param {import('./tree.cjs').Tree} tree @returns {string} */
function libsqlImport(tree) {
  const config = textOf(tree, 'tsconfig.json') ?? '';
  const hasDefault = packageOf(tree).type === 'module' || /"esModuleInterop"\s*:\s*true|"module"\s*:\s*"(node|es|preserve)/i.test(config);
  return hasDefault ? "import libsql from 'libsql';" : "import libsql = require('libsql');";
}

/** The file of the database is no source. @param {import('./tree.cjs').Tree} tree */
function ignoreDatabase(tree) {
  const text = textOf(tree, '.gitignore');
  if (text !== null && !text.includes('*.sqlite')) change(tree, '.gitignore', `${text.trimEnd()}\n\n*.sqlite\n*.sqlite-*\n`);
}

/** Steps that run are finished on SIGTERM. @param {import('./tree.cjs').Tree} tree @param {string} main */
function enableShutdownHooks(tree, main) {
  const text = textOf(tree, main);
  if (text === null || text.includes('enableShutdownHooks')) return;
  change(tree, main, text.replace(/^( *)const (\w+) = await NestFactory\.create[^;]*;\n/m, '$&$1$2.enableShutdownHooks();\n'));
}

/** True if package.json has changed. @param {import('./tree.cjs').Tree} tree @param {boolean} needsDatabase @returns {boolean} */
function addPackages(tree, needsDatabase) {
  const described = packageOf(tree);
  const { dependencies = {}, devDependencies = {} } = described;
  const isNest11 = /^\D*11\b/.test(dependencies['@nestjs/core'] ?? '');
  const wanted = {
    '@nestjs/typeorm': isNest11 ? '^11.0.0' : '^12.0.0',
    'class-transformer': '^0.5.1',
    'class-validator': isNest11 ? '^0.14.0' : '^0.15.0',
    ...(needsDatabase && { libsql: '^0.5.29' }),
    typeorm: '^1.0.0',
  };
  const added = Object.entries(wanted).filter(([name]) => !(name in dependencies) && !(name in devDependencies));
  if (added.length === 0) return false;
  const sorted = Object.entries({ ...dependencies, ...Object.fromEntries(added) }).sort(([one], [other]) => (one < other ? -1 : 1));
  return change(tree, 'package.json', `${JSON.stringify({ ...described, dependencies: Object.fromEntries(sorted) }, null, 2)}\n`);
}

/** @param {import('./tree.cjs').Context} context @param {string | undefined} typeOrm */
function tellNext({ logger }, typeOrm) {
  if (typeOrm !== undefined && !typeOrm.includes('autoLoadEntities'))
    logger.warn(
      'Your data source lists its entities. If your code reads processes by repositories, add `...workflowEntities` of nestjs-argonaut to them, or set `autoLoadEntities: true`.',
    );
  logger.info(`Start the application, and try the example:
  curl -X POST localhost:3000/example/E-1 -H 'content-type: application/json' -d '{"name":"Ada"}'
  curl localhost:3000/example/E-1              # it waits for a confirmation
  curl -X POST localhost:3000/example/E-1/confirm
A workflow of your own: nest g -c nestjs-argonaut workflow loan`);
}
