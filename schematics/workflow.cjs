// @ts-check
/** `nest g -c nestjs-argonaut workflow loan`: a workflow, its test, and a place among the providers of the nearest module. */

const { change, join, makeFile, textOf } = require('./tree.cjs');
const { withImport, withItem } = require('./module-text.cjs');
const { classNamed, dashed, extensionIn, testImport } = require('./names.cjs');

/**
 * @typedef {object} Options
 * @property {string} name
 * @property {string} [path]
 * @property {string} [sourceRoot]
 * @property {boolean} [flat]
 * @property {boolean} [spec]
 * @property {string} [specFileSuffix]
 * @property {boolean} [skipImport]
 */

/** @param {Options} options */
exports.workflow = (options) => (/** @type {import('./tree.cjs').Tree} */ tree, /** @type {import('./tree.cjs').Context} */ context) => {
  const { sourceRoot = 'src', path = '', flat = false, spec = true, specFileSuffix = 'spec', skipImport = false } = options;
  const parts = [...path.split('/'), ...options.name.split('/')].filter((part) => part !== '');
  const name = nameIn(parts);
  const folder = join(sourceRoot, ...parts.slice(0, -1).map(dashed), flat ? '' : name);
  const file = join(folder, `${name}.workflow.ts`);
  if (tree.exists(file)) throw new Error(`${file} is there already. Choose another name, or delete it.`);
  const module = nearestModule(tree, folder, sourceRoot);
  const extension = extensionIn(tree, module ?? join(sourceRoot, 'app.module.ts'));
  makeFile(tree, file, workflowText(name));
  if (spec) makeFile(tree, join(folder, `${name}.workflow.${specFileSuffix}.ts`), specText(name, extension, testImport(tree)));
  if (!skipImport) addToModule(tree, context, { module, file, type: `${classNamed(name)}Workflow`, extension });
  return tree;
};

/** @param {readonly string[]} parts @returns {string} */
function nameIn(parts) {
  const name = dashed(parts.at(-1) ?? '').replace(/-workflow$/, '');
  if (!/^[a-z][a-z\d-]*$/.test(name))
    throw new Error(`"${parts.at(-1) ?? ''}" is no name for a workflow: use letters, digits and dashes, and begin with a letter, as in "loan".`);
  return name;
}

/** The module in this folder, or in one above it. @param {import('./tree.cjs').Tree} tree @param {string} folder @param {string} sourceRoot @returns {string | null} */
function nearestModule(tree, folder, sourceRoot) {
  for (let at = folder; at.startsWith(sourceRoot) && at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('/'), 0))) {
    const found = [...tree.getDir(at).subfiles].sort().find((name) => name.endsWith('.module.ts'));
    if (found !== undefined) return join(at, found);
  }
  return null;
}

/**
 * @param {import('./tree.cjs').Tree} tree @param {import('./tree.cjs').Context} context
 * @param {{ module: string | null; file: string; type: string; extension: string }} added
 */
function addToModule(tree, context, { module, file, type, extension }) {
  const text = module === null ? null : textOf(tree, module);
  const changed = text === null ? null : withItem(text, 'providers', type);
  if (module === null || changed === null) return context.logger.warn(`Add ${type} to the \`providers\` of a module: no list of them was found.`);
  change(tree, module, withImport(changed, `import { ${type} } from '${between(module, file)}${extension}';`));
}

/** The path from one file to another, without its ending. @param {string} from @param {string} to @returns {string} */
function between(from, to) {
  const [here, there] = [from.split('/').slice(0, -1), to.replace(/\.ts$/, '').split('/')];
  const shared = here.findIndex((part, at) => part !== there[at]);
  const same = shared < 0 ? here.length : shared;
  return `${same === here.length ? './' : '../'.repeat(here.length - same)}${there.slice(same).join('/')}`;
}

/** @param {string} name @returns {string} */
function workflowText(name) {
  const type = classNamed(name);
  return `import { IsString } from 'class-validator';
import { Step, type StepRef, Workflow } from 'nestjs-argonaut';

/** The data of one process. Every key has a default or a decorator of class-validator. */
export class ${type}Context {
  @IsString() reference!: string; // a process is not started without it
  prepared = false;
  approvedBy = '';
}

@Workflow({ name: '${name}', version: 1, context: ${type}Context })
export class ${type}Workflow {
  @Step({ retry: 3 }) // runs at once, and may run again after a crash: step.idempotencyKey stays the same
  prepare(context: ${type}Context, step: StepRef) {
    step.note(\`prepared \${context.reference}\`);
    return { prepared: true }; // what changes in the context
  }

  @Step({ on: '${name}.approved', within: '7 days' }) // waits for an event with the group id of the process
  approve(_context: ${type}Context, event: { by: string }) {
    return { approvedBy: event.by };
  }
}
`;
}

/** @param {string} name @param {string} extension @param {string} runner @returns {string} */
function specText(name, extension, runner) {
  const type = classNamed(name);
  return `import { Test } from '@nestjs/testing';
import { WorkflowHarness, WorkflowTestingModule } from 'nestjs-argonaut/testing';
${runner}import { ${type}Workflow } from './${name}.workflow${extension}';

it('${name}: is prepared, and waits for the approval', async () => {
  const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [${type}Workflow] }).compile();
  await module.init();
  const harness = module.get(WorkflowHarness);
  const process = await harness.start(${type}Workflow, { reference: 'R-1' }, { groupId: 'R-1' });
  expect(process.waitingFor).toEqual(['approve']);
  await harness.emit('${name}.approved', 'R-1', { by: 'ann' });
  expect(process.status).toBe('completed');
  expect(process.context.approvedBy).toBe('ann');
});
`;
}
