// @ts-check
/** Changes the text of a module: imports of files, and the lists of `@Module`. */

/** Texts and comments, which may hold brackets that count for nothing. */
const QUIET = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

/** The same text with blanks for what is quiet, so that places stay. @param {string} text @returns {string} */
function brackets(text) {
  return text.replaceAll(QUIET, (quiet) => quiet.replaceAll(/[^\n]/g, ' '));
}

/** The place of the bracket that closes the one at `open`. @param {string} code without what is quiet @param {number} open @returns {number} */
function closing(code, open) {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if ('([{'.includes(code[at] ?? '')) depth++;
    if (')]}'.includes(code[at] ?? '') && --depth === 0) return at;
  }
  return -1;
}

/** Adds an import, unless the name is imported. @param {string} text @param {string} line such as `import { A } from 'a';` @returns {string} */
function withImport(text, line) {
  if (text.includes(line)) return text;
  const imports = [...text.matchAll(/^import [\s\S]*?;[^\S\n]*\n/gm)];
  const last = imports.at(-1);
  const at = last ? last.index + last[0].length : 0;
  return `${text.slice(0, at)}${line}\n${text.slice(at)}`;
}

/**
 * Adds an item to a list of `@Module({ ... })`, or makes the list. Null: it is written in a way that is not understood here.
 *
 * @param {string} text @param {string} list such as `imports` @param {string} item @returns {string | null}
 */
function withItem(text, list, item) {
  const code = brackets(text);
  const module = /@Module\s*\(\s*\{/.exec(code);
  if (!module) return null;
  const open = module.index + module[0].length - 1;
  const close = closing(code, open);
  if (close < 0) return null;
  const place = placeOf(code, open, close, list);
  if (place === null) return null;
  if (place === 'missing') return `${text.slice(0, open + 1)}\n  ${list}: [${item}],${startsLine(text.slice(open + 1))}`;
  return withItemAt(text, place, closing(code, place), item);
}

/** The rest of the options, on a line of its own. @param {string} rest @returns {string} */
function startsLine(rest) {
  return /^\s*\n/.test(rest) ? rest : `\n  ${rest.trimStart()}`;
}

/** Where the list opens. @param {string} code @param {number} open @param {number} close @param {string} list @returns {number | 'missing' | null} */
function placeOf(code, open, close, list) {
  const key = new RegExp(`^\\s*${list}\\s*:\\s*`);
  for (let at = open + 1; at < close; at++) {
    const found = key.exec(code.slice(at, close));
    if (found) return code[at + found[0].length] === '[' ? at + found[0].length : null;
    at = nextOption(code, at, close);
  }
  return 'missing';
}

/** The place of the comma after an option. @param {string} code @param {number} from @param {number} close @returns {number} */
function nextOption(code, from, close) {
  for (let at = from; at < close; at++) {
    if ('([{'.includes(code[at] ?? '')) at = closing(code, at);
    else if (code[at] === ',') return at;
  }
  return close;
}

/** @param {string} text @param {number} open @param {number} close @param {string} item @returns {string} */
function withItemAt(text, open, close, item) {
  const inside = text.slice(open + 1, close).trim().replace(/,$/, ''); // prettier-ignore
  if (inside === '') return `${text.slice(0, open)}[${item}]${text.slice(close + 1)}`;
  const line = `${inside}, ${item}`;
  const isOneLine = !inside.includes('\n') && line.length < 80;
  const items = isOneLine ? line : `\n    ${inside},\n    ${item},\n  `;
  return `${text.slice(0, open)}[${items}]${text.slice(close + 1)}`;
}

module.exports = { withImport, withItem };
