// Makes dist/cjs of dist: the same modules for `require` where there is no `require` of ES modules, which is in Jest. `npm run build` runs it.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const dist = fileURLToPath(new URL('./dist', import.meta.url));
const cjs = join(dist, 'cjs');
const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023, esModuleInterop: true };

for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((each) => /\.(js|d\.ts)$/.test(each) && !each.startsWith('cjs'))) {
  mkdirSync(dirname(join(cjs, file)), { recursive: true });
  if (file.endsWith('.d.ts')) cpSync(join(dist, file), join(cjs, file));
  else writeFileSync(join(cjs, file), ts.transpileModule(readFileSync(join(dist, file), 'utf8'), { compilerOptions }).outputText);
}
writeFileSync(join(cjs, 'package.json'), '{ "type": "commonjs" }\n');
