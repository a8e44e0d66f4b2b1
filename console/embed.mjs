// Puts what was built of `console/` into the package, as one module of texts: nothing is read from a file at run time. `npm run build` runs it.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [built = join(root, 'console/dist'), dist = join(root, 'dist')] = process.argv.slice(2);
const TEXTS = ['.js', '.css', '.svg', '.json'];

const index = join(built, 'index.html');
if (!existsSync(index)) fail(`${index} is not there. Run \`npm run build:console\` first.`);
const names = readdirSync(join(built, 'assets'));
const other = names.find((name) => !TEXTS.includes(extname(name)));
if (other) fail(`${join(built, 'assets', other)} is no text. Only ${TEXTS.join(', ')} can be put into the package.`);

const assets = {
  version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
  index: readFileSync(index, 'utf8'),
  files: Object.fromEntries(names.map((name) => [name, readFileSync(join(built, 'assets', name), 'utf8')])),
};
const text = JSON.stringify(assets, null, 1);
write(join(dist, 'console-assets.js'), `export const consoleAssets = ${text};\n`);
write(join(dist, 'cjs/console-assets.js'), `"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\nexports.consoleAssets = ${text};\n`);

/** The module of `lib` is there before it is replaced. A build without CommonJS, as that of the sample application, has only one. */
function write(file, code) {
  if (existsSync(file)) writeFileSync(file, code);
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
