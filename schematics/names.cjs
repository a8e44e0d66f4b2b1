// @ts-check
/** Names of files and classes. */

const { textOf } = require('./tree.cjs');

/** `LoanRequest`, `loan_request` and `loan request` are `loan-request`. @param {string} name @returns {string} */
function dashed(name) {
  return name.trim().replaceAll(/([a-z\d])([A-Z])/g, '$1-$2').replaceAll(/[\s_]+/g, '-').toLowerCase(); // prettier-ignore
}

/** @param {string} name @returns {string} */
function classNamed(name) {
  return dashed(name).replaceAll(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase());
}

/** What relative imports end with: `.js` where files of the application say so, or where it is made of ES modules. @param {import('./tree.cjs').Tree} tree @param {string} file @returns {string} */
function extensionIn(tree, file) {
  const relative = [...(textOf(tree, file) ?? '').matchAll(/from '\.[^']*'/g)].map(([found]) => found);
  if (relative.length > 0) return relative.some((found) => found.endsWith(".js'")) ? '.js' : '';
  return packageOf(tree).type === 'module' ? '.js' : '';
}

/**
 * @param {import('./tree.cjs').Tree} tree
 * @returns {{ type?: string; dependencies?: Record<string, string>; devDependencies?: Record<string, string> }}
 */
function packageOf(tree) {
  return JSON.parse(textOf(tree, 'package.json') ?? '{}');
}

/** The import that a test needs besides those of Nest: Jest has its functions everywhere. @param {import('./tree.cjs').Tree} tree @returns {string} */
function testImport(tree) {
  const { devDependencies = {}, dependencies = {} } = packageOf(tree);
  return 'vitest' in { ...dependencies, ...devDependencies } ? "import { expect, it } from 'vitest';\n" : '';
}

module.exports = { dashed, classNamed, extensionIn, packageOf, testImport };
