import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { afterAll, expect, it } from 'vitest';
import { underNames } from '../../lib/api/json-shape.js';
import { CONSOLE_ANSWERS } from '../../lib/console/console-answers.js';
import { ROOT } from '../sample-app/app.js';

const folder = join(ROOT, 'test/console', `.made-${process.pid}`);
const FILES = ['types', 'more-types'];

/** Where an answer has another name, or stands inside another one. */
const PLACES: Readonly<Record<string, string>> = {
  Process: 'FoundProcess',
  StepRun: `Situation']['steps'][number]['`,
  PossibleAction: `Situation']['actions'][number]['`,
  Graph: 'WorkflowGraph',
  GraphNode: `WorkflowGraph']['nodes'][number]['`,
  GraphEdge: `WorkflowGraph']['edges'][number]['`,
  AttentionItem: `AttentionList']['items'][number]['`,
  StatusCount: `CountList']['items'][number]['`,
  Size: `SizeList']['items'][number]['`,
  Queue: `QueueList']['items'][number]['`,
  Worker: `WorkerList']['items'][number]['`,
  BulkItem: `BulkItemPage']['items'][number]['`,
  BulkPreview: 'BulkStart', // of a dry run: what it counted is there
};

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The names of all types of answers. A page of anything is none. */
function handWritten(file: string): string[] {
  const text = readFileSync(join(ROOT, `console/src/api/${file}.ts`), 'utf8');
  return [...text.matchAll(/^export interface (\w+)(?!<) /gm)].map(([, name]) => name!);
}

function faultsIn(file: string): string[] {
  const config = join(ROOT, 'console/tsconfig.json');
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(config, (path) => ts.sys.readFile(path)).config, ts.sys, join(ROOT, 'console'));
  const program = ts.createProgram([file], options);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

it('the types of the pages say what the server answers', async () => {
  mkdirSync(folder, { recursive: true });
  const document = { openapi: '3.1.0', info: { title: 'console', version: '1' }, paths: {}, components: { schemas: underNames(CONSOLE_ANSWERS) } };
  writeFileSync(join(folder, 'made.d.ts'), astToString(await openapiTS(JSON.parse(JSON.stringify(document)) as never)));
  const checks = FILES.flatMap((file) =>
    handWritten(file).map((name) => {
      const place = `components['schemas']['WorkflowApi${PLACES[name] ?? name}']`.replace("['']", '');
      const answer = name === 'BulkPreview' ? `Required<${place}>` : place;
      return `export const ${file === 'types' ? 'a' : 'b'}${name} = (answer: ${answer}): import('../../../console/src/api/${file}.js').${name} => answer;`;
    }),
  );
  expect(checks.length).toBeGreaterThan(20);
  writeFileSync(join(folder, 'checks.ts'), `import type { components } from './made.js';\n${checks.join('\n')}\n`);
  expect(faultsIn(join(folder, 'checks.ts'))).toEqual([]);
}, 60_000);
