import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const LIB = join(import.meta.dirname, '../lib');

interface Import {
  /** A path in lib, or the name of a package. */
  readonly of: string;
  /** Nothing of it is there at run time. */
  readonly typeOnly: boolean;
}
interface File {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly functions: readonly { readonly name: string; readonly lines: number }[];
  readonly source: ts.SourceFile;
}

const files: readonly File[] = readdirSync(LIB, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts')).sort().map(read); // prettier-ignore
const byPath = new Map(files.map((file) => [file.path, file]));

function read(path: string): File {
  const text = readFileSync(join(LIB, path), 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return { path, lines: text.trimEnd().split('\n').length, imports: [...importsOf(source, path)], functions: [...functionsIn(source, source)], source };
}

function* importsOf(source: ts.SourceFile, path: string): Iterable<Import> {
  for (const statement of source.statements) {
    if (!(ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) || !statement.moduleSpecifier) continue;
    const from = (statement.moduleSpecifier as ts.StringLiteral).text;
    yield { of: from.startsWith('.') ? relative('.', join(dirname(path), from)).replace(/\.js$/, '.ts') : from, typeOnly: isTypeOnly(statement) };
  }
  for (const from of source.text.matchAll(/\bimport\('([^']+)'\)/g)) yield { of: from[1]!, typeOnly: false };
}

function isTypeOnly(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement))
    return (
      statement.isTypeOnly ||
      (!!statement.exportClause && ts.isNamedExports(statement.exportClause) && statement.exportClause.elements.every((each) => each.isTypeOnly))
    );
  const clause = statement.importClause;
  if (!clause) return false;
  const named = clause.namedBindings;
  return clause.isTypeOnly || (!clause.name && !!named && ts.isNamedImports(named) && named.elements.every((each) => each.isTypeOnly));
}

function* functionsIn(node: ts.Node, source: ts.SourceFile): Iterable<{ name: string; lines: number }> {
  if (ts.isFunctionLike(node) && 'body' in node && node.body) {
    const line = (at: number) => source.getLineAndCharacterOfPosition(at).line;
    const { body } = node as { body: ts.Node };
    const between = line(body.getEnd()) - line(body.getStart());
    yield { name: (node as { name?: ts.Node }).name?.getText(source) ?? 'a function', lines: ts.isBlock(body) ? Math.max(between - 1, 1) : between + 1 };
  }
  for (const child of node.getChildren(source)) yield* functionsIn(child, source);
}

/** `file → what it imports`, of those files, as far as the rule says no. */
function breaches(inside: RegExp, allowed: RegExp, which: (each: Import) => boolean = () => true): string[] {
  return files
    .filter(({ path }) => inside.test(path))
    .flatMap(({ path, imports }) => imports.filter((each) => which(each) && !allowed.test(each.of)).map(({ of }) => `${path} → ${of}`));
}
const atRunTime = ({ typeOnly }: Import) => !typeOnly;

/** The files that import what matches, at run time. */
function importersOf(what: RegExp): string[] {
  return files.filter(({ imports }) => imports.some((each) => atRunTime(each) && what.test(each.of))).map(({ path }) => path); // prettier-ignore
}

describe('imports point one way', () => {
  it('the core knows itself, the graph and the types of values; of Node, only how to make ids and digests', () => {
    expect(breaches(/^core\//, /^(core\/|definition\/graph\.ts$|node:crypto$)/, atRunTime)).toEqual([]);
    expect(breaches(/^core\//, /^(core\/|definition\/graph\.ts$|values\.ts$|node:crypto$)/)).toEqual([]);
  });

  it('the core has no clock, no chance and no await', () => {
    const impure = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\basync\b|\bawait\b|\bPromise\b|\bsetTimeout\(/;
    const code = (file: File) => file.source.text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect(files.filter((file) => file.path.startsWith('core/') && impure.test(code(file))).map(({ path }) => path)).toEqual([]);
  });

  it('a definition knows the core and what the options are, what class-validator and JSON Schemas know, and what an observable is', () => {
    const allowed = /^(definition\/|core\/|values\.ts$)/;
    expect(
      breaches(
        /^definition\//,
        new RegExp(`${allowed.source}|^decorators/step\\.options\\.ts$|^class-validator$|^ajv(-formats|/dist/2020\\.js)$|^rxjs$`),
        atRunTime,
      ),
    ).toEqual([]);
    expect(
      breaches(
        /^definition\//,
        new RegExp(
          `${allowed.source}|^decorators/(step\\.options|workflow\\.(decorator|types))\\.ts$|^class-validator$|^ajv(-formats|/dist/2020\\.js)$|^rxjs$`,
        ),
      ),
    ).toEqual([]);
  });

  it('a context knows the core, the definition and class-validator and -transformer', () => {
    expect(breaches(/^context\//, /^(context\/|core\/|definition\/|values\.ts$|errors\.ts$|reflect-metadata$|class-(validator|transformer)$)/)).toEqual([]);
  });

  it('the runtime knows the ports, and no adapter', () => {
    expect(
      breaches(
        /^runtime\//,
        /^(runtime|core|definition|context|decorators)\/|^(store\/process-store|queue\/task-queue|queue\/task-id|values|errors|workflow\.options)\.ts$|^node:|^@nestjs\/(common|core)$|^rxjs$/,
        atRunTime,
      ),
    ).toEqual([]);
  });

  it('an adapter knows its port and the core, and no other adapter', () => {
    const adapters = {
      'store/typeorm': /^store\//,
      'store/memory': /^store\//,
      'queue/bull': /^queue\//,
      'queue/database': /^queue\//,
      'queue/memory': /^queue\//,
    };
    for (const [adapter, port] of Object.entries(adapters)) {
      const others = Object.keys(adapters).filter((other) => other !== adapter).join('|'); // prettier-ignore
      expect(breaches(new RegExp(`^${adapter}/`), new RegExp(`^(?!(${others})/)`))).toEqual([]);
      const known = new RegExp(`${port.source}|^(core|context)/|^(values|errors|workflow\\.options)\\.ts$|^[^.]+$`);
      expect(breaches(new RegExp(`^${adapter}/`), known, atRunTime)).toEqual([]);
    }
  });

  it('only the TypeORM store loads TypeORM, only the Bull queue loads Bull', () => {
    expect(importersOf(/^(@nestjs\/)?typeorm$/).filter((path) => !path.startsWith('store/typeorm/'))).toEqual([]);
    expect(importersOf(/^(@nestjs\/)?bull$|^ioredis$/).filter((path) => !path.startsWith('queue/bull/'))).toEqual([]);
    expect(importersOf(/^queue\/bull\//).filter((path) => !path.startsWith('queue/bull/'))).toEqual(['bull.ts']);
  });

  it('nobody but the module and the entry files binds ports to adapters', () => {
    const outside = importersOf(/^(store|queue)\/(typeorm|memory|database|bull)\//).filter((path) => !/^(store|queue)\//.test(path));
    expect(outside.filter((path) => !path.startsWith('testing/')).sort()).toEqual(['bull.ts', 'index.ts', 'testing.ts', 'workflow.module.ts']);
  });

  it('nobody but the testing entry loads the testing kit', () => {
    expect(importersOf(/^testing(\/|\.ts)/).filter((path) => !path.startsWith('testing/'))).toEqual(['testing.ts']);
  });

  it('nobody loads the entry files', () => {
    expect(importersOf(/^(index|ports|testing|bull)\.ts$/)).toEqual([]);
  });

  it('has no circles at run time', () => {
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) return void circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      if (done.has(path)) return;
      done.add(path);
      for (const { of, typeOnly } of byPath.get(path)?.imports ?? []) if (!typeOnly && byPath.has(of)) visit(of, [...trail, path]);
    };
    for (const { path } of files) visit(path, []);
    expect(circles).toEqual([]);
  });

  it('leads to files that are there', () => {
    expect(files.flatMap(({ path, imports }) => imports.filter(({ of }) => of.endsWith('.ts') && !byPath.has(of)).map(({ of }) => `${path} → ${of}`))).toEqual(
      [],
    );
  });
});

describe('each thing is done in one place', () => {
  const using = (pattern: RegExp) => files.filter(({ source }) => pattern.test(source.text)).map(({ path }) => path); // prettier-ignore

  it('decorators’ metadata is read by the explorer, the registry and the checks of a test; doors read their own', () => {
    expect(using(/Reflect\.(get|has)(Own)?Metadata\((STEP|WORKFLOW|RESPONSE)_METADATA|Reflect\.hasOwnMetadata/)).toEqual([
      'decorators/door.ts',
      'decorators/step.decorator.ts',
      'runtime/explorer.ts',
      'runtime/registry.ts',
      'testing/assert-valid.ts',
    ]);
    expect(using(/Reflect\.get(Own)?Metadata/)).toEqual([
      'context/json-schema.ts',
      'context/schema.ts',
      'decorators/door.ts',
      'decorators/step.decorator.ts',
      'runtime/explorer.ts',
      'runtime/registry.ts',
    ]);
  });

  it('only a decision changes a status', () => {
    expect(using(/\bbecome\(|\.finish\(/).filter((path) => !path.startsWith('core/'))).toEqual([]);
    expect(using(/\btransition\(/).sort()).toEqual(['core/transition.ts', 'runtime/hands.ts', 'runtime/round.ts', 'runtime/transactional-steps.ts'].filter((path) => using(/\btransition\(/).includes(path))); // prettier-ignore
  });
});

describe('size and names', () => {
  /** Longer than 200 lines, and why. */
  const LONG: Readonly<Record<string, string>> = { 'workflow.service.ts': 'the facade: a short method for each thing that can be said, with what it promises' };

  it('files have at most 200 lines, but for those with a reason', () => {
    expect(files.filter(({ lines }) => lines > 200).map(({ path }) => path).sort()).toEqual(Object.keys(LONG).sort()); // prettier-ignore
  });

  it('most functions have at most 10 lines, and none more than 40', () => {
    const all = files.filter(({ path }) => !path.startsWith('testing/contract/')).flatMap(({ path, functions }) => functions.map((each) => ({ ...each, path }))); // prettier-ignore
    const short = all.filter(({ lines }) => lines <= 10);
    expect(short.length / all.length).toBeGreaterThan(0.9);
    expect(all.filter(({ lines }) => lines > 40).map(({ path, name, lines }) => `${path}: ${name} (${lines})`)).toEqual([]);
  });

  it('nothing is called after what it is not: utils, helpers, common', () => {
    expect(files.map(({ path }) => path).filter((path) => /(^|[/.-])(utils?|helpers?|common|misc|shared|manager|base)([/.-]|$)/i.test(path))).toEqual([]);
  });

  it('says the words of the product, and not those of others', () => {
    const others = /\b(flowType|workflowInstance|processInstance|idempotencyKeys|activityName|executionId)\b/;
    expect(files.filter(({ source }) => others.test(source.text)).map(({ path }) => path)).toEqual([]);
  });
});
