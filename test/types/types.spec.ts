import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';

/*
 * Two programs: the files of this folder, and those of `sketch`, which are the samples of the API's design and what it refuses.
 * The sketch declares its queues and events, and so is left out of the type check of everything else.
 *
 * Where the sketch asks for what is not here: `retention` is left out of `async-module.ts` (and its refusal of `bad-calls.ts`), and
 * the store of `i-the-rest.ts` is abstract, as the port has more than three methods.
 */

const ROOT = join(import.meta.dirname, '../..');
const filesIn = (folder: string) => readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts')).map((file) => join(folder, file)); // prettier-ignore

/** An application that has declared its names, so that no others will do. Not a file: it would bind all the other tests. */
const DECLARED = join(import.meta.dirname, 'declared.ts');
const DECLARATIONS = `
import { Step, Workflow, type WorkflowService } from 'nestjs-argonaut';
import { bullTaskQueue } from 'nestjs-argonaut/bull';
import { Parcel } from './support.js';

declare module 'nestjs-argonaut' {
  interface Queues { scoring: true; evening: true; letters: true }
  interface Events { news: { text: string }; stop: { why: string } }
}

@Workflow({ name: 'declared', context: Parcel })
export class DeclaredWorkflow {
  @Step({ queue: 'scoring' }) score(_parcel: Parcel) {}
  @Step({ on: 'stop' }) stop(_parcel: Parcel, _stop: { why: string }) {}
  // @ts-expect-error '"scorng"' is not assignable to type
  @Step({ queue: 'scorng' }) one(_parcel: Parcel) {}
  // @ts-expect-error '"nws"' is not assignable to type
  @Step({ on: 'nws' }) two(_parcel: Parcel, _news: object) {}
  // @ts-expect-error ✗ its second argument does not fit what the step waits for
  @Step({ on: 'news' }) three(_parcel: Parcel, _news: { txt: string }) {}
}

export async function calls(workflows: WorkflowService) {
  await workflows.emit('news', 'g', { text: 'x' });
  // @ts-expect-error '"nws"' is not assignable to parameter of type
  await workflows.emit('nws', 'g', {});
  // @ts-expect-error 'txt' does not exist in type
  await workflows.emit('news', 'g', { txt: 'x' });
}
// @ts-expect-error '"scorng"' is not assignable to type
bullTaskQueue({ queues: ['scorng'] });
`;

const DIRECTIVE = /\/\/ @ts-expect-error (.*)/;

interface Directive {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}
interface Found {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** What the compiler says of the files without their directives: all that it says has one, and each has something to say. */
function compile(files: readonly string[]): readonly Found[] {
  const config = ts.getParsedCommandLineOfConfigFile(join(ROOT, 'tsconfig.json'), {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} })!;
  const options = { ...config.options, noUnusedLocals: false };
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  host.fileExists = (file) => file === DECLARED || ts.sys.fileExists(file);
  host.readFile = (file) => {
    const source = file === DECLARED ? DECLARATIONS : read(file);
    return file.startsWith(import.meta.dirname) ? source?.replace(new RegExp(DIRECTIVE, 'g'), '//') : source;
  };
  const program = ts.createProgram(files, options, host);
  return program.getSourceFiles().filter(({ fileName }) => files.includes(fileName)).flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]).map(describeProblem); // prettier-ignore
}

function describeProblem({ file, start, messageText }: ts.Diagnostic): Found {
  const { line } = file!.getLineAndCharacterOfPosition(start!);
  return { file: file!.fileName, line, message: ts.flattenDiagnosticMessageText(messageText, '\n') };
}

function directivesIn(files: readonly string[]): readonly Directive[] {
  return files.flatMap((file) => {
    const lines = (file === DECLARED ? DECLARATIONS : readFileSync(file, 'utf8')).split('\n');
    return lines.flatMap((text, line) => (DIRECTIVE.test(text) ? [{ file, line, text: DIRECTIVE.exec(text)![1]!.trim() }] : []));
  });
}

/** A sentence of ours is given as a whole, or up to its dots; of the compiler's own a part is given. (It cuts a sentence off after 300 characters.) */
function expectSaid(message: string, text: string): void {
  const ours = (/"(✗ .*?)"'/.exec(message) ?? /"(✗ .*)\.\.\.'/.exec(message))?.[1];
  if (!text.startsWith('✗')) expect([ours, message.includes(text) ? text : message]).toEqual([undefined, text]);
  else if (text.endsWith('...')) expect(`${ours?.slice(0, text.length - 3)}...`).toBe(text);
  else expect(sorted(ours)).toBe(sorted(text));
}

/** The names at the end come in the order in which the compiler has met them. */
function sorted(sentence = ''): string {
  return sentence.replace(/(?<=: )[\w, ]+$/, (names) => names.split(', ').sort().join(', '));
}

describe.each([
  ['the library', [...filesIn(import.meta.dirname), DECLARED]],
  ['the sketch', filesIn(join(import.meta.dirname, 'sketch'))],
])('what the compiler says of %s', (_, files) => {
  const directives = directivesIn(files);
  let bare: readonly Found[];
  beforeAll(() => void (bare = compile(files)), 120_000);

  it.each(directives.map((directive) => [directive.text, directive] as const))('%s', (text, { file, line }) => {
    const said = bare.filter((found) => found.file === file && found.line === line + 1).map(({ message }) => message);
    expect(said).toHaveLength(1);
    expectSaid(said[0]!, text);
  });

  it('nothing that does not help', () => {
    const helpless = bare.filter(({ message }) => /\bnever\b|missing the following properties from type '\{/.test(message));
    expect(helpless.map(({ line, message }) => `${line}: ${message}`)).toEqual([]);
  });

  it('nothing of what is right', () => {
    const expected = new Set(directives.map(({ file, line }) => `${file}:${line + 1}`));
    expect(bare.filter(({ file, line }) => !expected.has(`${file}:${line}`))).toEqual([]);
    expect(directives.length).toBeGreaterThan(50);
  });
});
