import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { howMany } from '../../lib/values/how-many.js';

it('one is one, and all others are several', () => {
  expect([0, 1, 2].map((count) => howMany(count, 'step'))).toEqual(['0 steps', '1 step', '2 steps']);
  expect([1, 2].map((count) => howMany(count, 'process was', 'processes were'))).toEqual(['1 process was', '2 processes were']);
});

/** Counts that are never one: there is a limit of more, or a reason beside it. */
const NEVER_ONE = /at most|more than|> 1|size > 1/;
const COUNTED =
  /\$\{[^}]*\b(?:length|size|steps|messages|ended|moved|busy|live)\} (?:[a-z]+ )?(?:processes|tasks|steps|messages|problems|errors|connections|branches|notes|lines)\b/;

it('a sentence of the library with a number and a noun asks for the plural', () => {
  const root = fileURLToPath(new URL('../../lib', import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && !name.startsWith('testing/'));
  const lines = files.flatMap((name) => readFileSync(`${root}/${name}`, 'utf8').split('\n').map((line) => `${name}: ${line.trim()}`)); // prettier-ignore
  expect(lines.filter((line) => COUNTED.test(line) && !NEVER_ONE.test(line) && !line.includes('problems.length === 1'))).toEqual([]);
});
