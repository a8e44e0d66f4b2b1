import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A fenced block, with the HTML comment that stands before it. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** `fragment`, `fragment: class`, `draw: path#Class`, or nothing. */
  readonly mark: string;
  /** Of its first line in the document. */
  readonly line: number;
}

export interface Document {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  /** Without its fenced blocks. */
  readonly prose: string;
  readonly blocks: readonly Block[];
  /** The document whose files its blocks may import: `files of: docs/quick-start.md`, in a comment. */
  readonly filesOf?: string;
}

const FENCE = /(?:<!-- *([^>]*?) *-->\s*)?^ *```([\w-]*)[^\n]*\n(.*?)^ *```/gms;

/** What the repository says in Markdown, as far as it is there. */
export function documents(): Document[] {
  const top = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'sample-app/README.md', 'bench/README.md', 'llms.txt'];
  const below = (readdirSync(join(root, 'docs'), { recursive: true }) as string[]).filter((path) => path.endsWith('.md')).sort();
  return [...top, ...below.map((path) => `docs/${path}`)].filter((path) => existsSync(join(root, path))).map(read);
}

function read(path: string): Document {
  const text = readFileSync(join(root, path), 'utf8');
  const blocks = [...text.matchAll(FENCE)].map((found): Block => {
    const [whole, mark = '', language = '', inner = ''] = found;
    const begins = found.index + whole.lastIndexOf('```', whole.length - 4 - inner.length);
    return { language, text: inner, mark, line: text.slice(0, begins).split('\n').length + 1 };
  });
  const [, filesOf] = /^<!-- files of: (\S+) -->$/m.exec(text) ?? [];
  return { path, text, blocks, prose: text.replaceAll(FENCE, ''), ...(filesOf && { filesOf }) };
}

/* ---------------------------------------------------------------------- links ---- */

/** Relative links that lead to no file, or to no heading of it. */
export function brokenLinks({ path, prose }: Document): string[] {
  const links = [...prose.matchAll(/\]\((?![a-z]+:)([^)\s]+)\)/g)].map(([, target]) => target!);
  return links.filter((target) => !isThere(path, target));
}

function isThere(from: string, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from : normalize(join(dirname(from), file));
  if (!existsSync(join(root, path))) return false;
  return anchor === undefined || !path.endsWith('.md') || headings(readFileSync(join(root, path), 'utf8')).includes(anchor);
}

/** As GitHub names them. */
export function headings(text: string): string[] {
  const titles = [...text.replaceAll(FENCE, '').matchAll(/^#+ (.+)$/gm)].map(([, title]) => title!.replaceAll(/[`*]/g, '').trim());
  return titles.map((title) => title.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')); // prettier-ignore
}

/* --------------------------------------------------------- names in the prose ---- */

const CODE_PLACE = /`((?:lib|test|sample-app|bench)\/[\w./-]+\.(?:ts|mjs|md))(?::(\w+))?`/g;

/** `path/file.ts:name` in the prose, where there is no such file, or nothing of this name is made in it. */
export function wrongPlaces({ prose }: Document): string[] {
  return [...prose.matchAll(CODE_PLACE)].filter(([, file, name]) => !isMade(file!, name)).map(([place]) => place);
}

function isMade(file: string, name: string | undefined): boolean {
  if (!existsSync(join(root, file)) || name === undefined) return existsSync(join(root, file));
  const made = new RegExp(
    `(?:function\\*?|const|let|class|type|interface) ${name}\\b|^ +(?:(?:private|protected|override|async|static|get) )*${name}[(<]`,
    'm',
  );
  return made.test(readFileSync(join(root, file), 'utf8'));
}

/** `test/some.spec.ts` ("what it says"), ("and this"), where no test of that file says so. */
export function wrongTests({ prose }: Document): string[] {
  const named = [...prose.replaceAll(/\s+/g, ' ').matchAll(/`(test\/[\w./-]+\.ts)`((?:,? \("[^"]+"\))+)/g)];
  const titles = named.flatMap(([, file, list]) => [...list!.matchAll(/\("([^"]+)"\)/g)].map(([, title]) => ({ file: file!, title: title! })));
  return titles.filter(({ file, title }) => !holds(file, title)).map(({ file, title }) => `${file}: ${title}`);
}

function holds(file: string, text: string): boolean {
  return existsSync(join(root, file)) && readFileSync(join(root, file), 'utf8').includes(text);
}

/* -------------------------------------------------------------------- scripts ---- */

/** Scripts of `package.json` that its shell blocks run and that are not there. */
export function missingScripts({ blocks }: Document, scripts: object): string[] {
  const commands = blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(test|start)\b)/g)]);
  return commands.map(([, named, short]) => named ?? short!).filter((name) => !(name in scripts)); // prettier-ignore
}
