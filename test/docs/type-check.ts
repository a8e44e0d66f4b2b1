import { dirname, join } from 'node:path';
import ts from 'typescript';
import * as argonaut from '../../lib/index.js';
import { type Block, type Document, documents, root } from './document.js';

/** A block as the compiler gets it. `before`: lines that we have put above it. */
interface Source {
  readonly block: Block;
  readonly text: string;
  readonly before: number;
}

const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config, ts.sys, root);
const compilerOptions: ts.CompilerOptions = { ...options, noUnusedLocals: false, noEmit: true };
const parsed = new Map<string, ts.SourceFile | undefined>();

/** What the compiler has to say of a document's TypeScript: `path:line: message`. Its blocks are the files of one application. */
export function faultsIn(document: Document): string[] {
  const sources = sourcesOf(document);
  if (sources.size === 0) return [];
  const shared = document.filesOf === undefined ? [] : sourcesOf({ ...found(document.filesOf), path: document.path });
  const program = ts.createProgram([...sources.keys()], compilerOptions, hostOf(new Map([...shared, ...sources])));
  return [...sources].flatMap(([path, source]) => {
    const file = program.getSourceFile(path)!;
    const faults = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return faults.map((fault) => `${document.path}:${lineOf(fault, source)}: ${ts.flattenDiagnosticMessageText(fault.messageText, '\n')}`);
  });
}

function found(path: string): Document {
  return documents().find((document) => document.path === path)!;
}

function lineOf({ file, start = 0 }: ts.Diagnostic, { block, before }: Source): number {
  return block.line + file!.getLineAndCharacterOfPosition(start).line - before;
}

/* --------------------------------------------------------------- blocks → files ---- */

function sourcesOf({ path, blocks }: Document): Map<string, Source> {
  const folder = join(root, '.docs', path.replaceAll('/', '-'));
  const code = blocks.filter(({ language }) => language === 'ts');
  const files = code.map((block, i) => ({ block, name: /^\/\/ file: (\S+)/.exec(block.text)?.[1] ?? `block-${i + 1}.ts` }));
  const exported = files.filter(({ block }) => block.mark === '').flatMap(({ block, name }) => exportsOf(block.text).map((each) => [each, name] as const));
  return new Map(files.map(({ block, name }) => [join(folder, name), sourceOf(block, new Map(exported))]));
}

function sourceOf(block: Block, exported: ReadonlyMap<string, string>): Source {
  const kind = /^fragment(?:: (\w+))?$/.exec(block.mark);
  if (!kind) return { block, text: `${block.text}\nexport {};\n`, before: 0 };
  const head = [...importsFor(block.text, exported), kind[1] === 'class' ? CLASS : FUNCTION].join('\n');
  return { block, text: `${head}\n${block.text}\n}\n`, before: head.split('\n').length };
}

/** What stands around a fragment. */
const GIVEN = 'workflows: WorkflowService, dataSource: DataSource, manager: EntityManager';
const FUNCTION = `export async function fragment(${GIVEN}) {`;
const CLASS = `export class Fragment { constructor(${GIVEN.replaceAll(/(\w+):/g, 'readonly $1:')}) {}`;

/** Names a fragment uses without saying from where: the document's own blocks first, then the package. */
function importsFor(text: string, exported: ReadonlyMap<string, string>): string[] {
  const words = new Set(text.match(/\b[A-Za-z_]\w*\b/g));
  const own = [...exported].filter(([name]) => words.has(name));
  const ours = Object.keys(argonaut).filter((name) => name !== 'WorkflowService' && words.has(name) && !exported.has(name));
  return [
    `import { ${['WorkflowService', ...ours].join(', ')} } from 'nestjs-argonaut';`,
    "import type { DataSource, EntityManager } from 'typeorm';",
    ...own.map(([name, file]) => `import { ${name} } from './${file.replace(/\.ts$/, '.js')}';`),
  ];
}

function exportsOf(text: string): string[] {
  return [...text.matchAll(/^export (?:abstract )?(?:class|const|function|interface|type|enum|async function) (\w+)/gm)].map(([, name]) => name!);
}

/* ------------------------------------------------------------------- the host ---- */

/** Files of this disk, and those made of blocks, which stand in a folder that is not there. */
function hostOf(sources: ReadonlyMap<string, Source>): ts.CompilerHost {
  const host = ts.createCompilerHost(compilerOptions, true);
  const folders = new Set([...sources.keys()].flatMap(foldersAbove));
  const fromDisk = host.getSourceFile.bind(host);
  return {
    ...host,
    fileExists: (path) => sources.has(path) || ts.sys.fileExists(path),
    readFile: (path) => sources.get(path)?.text ?? ts.sys.readFile(path),
    directoryExists: (path) => folders.has(path) || ts.sys.directoryExists(path),
    realpath: (path) => (sources.has(path) ? path : ts.sys.realpath!(path)),
    getSourceFile: (path, language, ...rest) => {
      const source = sources.get(path);
      if (source) return ts.createSourceFile(path, source.text, language, true);
      if (!parsed.has(path)) parsed.set(path, fromDisk(path, language, ...rest));
      return parsed.get(path);
    },
  };
}

function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return folder === dirname(folder) ? [] : [folder, ...foldersAbove(folder)];
}
