// @ts-check
/**
 * What a schematic of @angular-devkit is given, as far as it is used here: the same in all versions, so nothing of it is imported.
 *
 * @typedef {object} Tree
 * @property {(path: string) => boolean} exists
 * @property {(path: string) => { toString(): string } | null} read
 * @property {(path: string, content: string) => void} create
 * @property {(path: string, content: string) => void} overwrite
 * @property {(path: string) => Folder} getDir
 *
 * @typedef {object} Folder
 * @property {readonly string[]} subfiles
 * @property {readonly string[]} subdirs
 *
 * @typedef {object} Context
 * @property {{ info(text: string): void; warn(text: string): void }} logger
 * @property {(task: { toConfiguration(): { name: string; options: object } }) => unknown} addTask
 */

/** The text of a file, or null. @param {Tree} tree @param {string} path @returns {string | null} */
function textOf(tree, path) {
  const content = tree.read(path);
  return content === null ? null : content.toString();
}

/** Makes a file, unless it is there: what a person has written stays. @param {Tree} tree @param {string} path @param {string} text */
function makeFile(tree, path, text) {
  if (!tree.exists(path)) tree.create(path, text);
}

/** Writes a file anew, if anything in it changes. @param {Tree} tree @param {string} path @param {string} text @returns {boolean} */
function change(tree, path, text) {
  if (textOf(tree, path) === text) return false;
  tree.overwrite(path, text);
  return true;
}

/** All files below a folder. @param {Tree} tree @param {string} path @returns {string[]} */
function filesBelow(tree, path) {
  const { subfiles, subdirs } = tree.getDir(path);
  const below = subdirs.filter((name) => name !== 'node_modules').flatMap((name) => filesBelow(tree, join(path, name)));
  return [...subfiles.map((name) => join(path, name)), ...below];
}

/** @param {...string} parts @returns {string} */
function join(...parts) {
  return parts.filter((part) => part !== '' && part !== '.').join('/').replaceAll(/\/+/g, '/'); // prettier-ignore
}

module.exports = { textOf, makeFile, change, filesBelow, join };
