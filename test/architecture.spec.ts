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

/** From the ground up: a folder may import those before it, of types as well. What stands in one line does not know its neighbours. */
const FLOORS: readonly (readonly string[])[] = [
  ['values', 'console-assets.ts'],
  ['definition'],
  ['core'],
  ['context', 'decorators'],
  ['store'],
  ['queue', 'outbox'],
  ['workflows'],
  ['writer'],
  ['execution'],
  ['query'],
  ['messaging'],
  ['operations'],
  ['engine'],
  ['store/typeorm', 'store/memory', 'queue/database', 'queue/bull', 'queue/memory'],
  ['workflow.service.ts', 'workflow.options.ts'],
  ['handlers', 'workflow.module.ts', 'api', 'observing'],
  ['console'],
  ['testing'],
  ['index.ts', 'ports.ts', 'testing.ts', 'bull.ts', 'api.ts', 'console.ts', 'terminus.ts', 'prometheus.ts', 'event-emitter.ts'],
];
const ADAPTERS = FLOORS.find((floor) => floor.includes('store/typeorm'))!;

/** The folder a file stands in: an adapter, or the first part of its path. */
function roomOf(path: string): string {
  return ADAPTERS.find((adapter) => path.startsWith(`${adapter}/`)) ?? path.split('/')[0]!;
}
const floorOf = (path: string) => FLOORS.findIndex((floor) => floor.includes(roomOf(path)));

describe('timers', () => {
  it('are those of Node, which no test replaces', () => {
    const fakeable = /(?<![\w.])(setTimeout|setInterval|setImmediate|queueMicrotask)\(/;
    const own = /import \{[^}]*\b(setTimeout|setInterval|setImmediate|queueMicrotask)\b[^}]*\} from '[^']*timers\.js'/;
    const exempt = /^(values\/timers|engine\/heartbeat-script|testing\/contract\/.*)\.ts$/;
    const found = files.filter(({ path, source }) => !exempt.test(path) && fakeable.test(source.text) && !own.test(source.text));
    expect(found.map(({ path }) => path)).toEqual([]);
  });
});

describe('imports point one way', () => {
  it('every file stands on a floor', () => {
    expect(files.filter(({ path }) => floorOf(path) < 0).map(({ path }) => path)).toEqual([]);
  });

  it('no import runs upwards or to a neighbour, not even of a type; so folders form no circles', () => {
    const upwards = files.flatMap(({ path, imports }) =>
      imports.filter(({ of }) => byPath.has(of) && roomOf(of) !== roomOf(path) && floorOf(of) >= floorOf(path)).map(({ of }) => `${path} → ${of}`),
    );
    expect(upwards).toEqual([]);
  });

  it('the core knows itself, the graph and values; of Node nothing', () => {
    expect(breaches(/^core\//, /^(core|values)\/|^definition\/(graph|whole-stage)\.ts$/)).toEqual([]);
  });

  it('the core has no clock, no chance and no await', () => {
    const impure = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\basync\b|\bawait\b|\bPromise\b|\bsetTimeout\(/;
    const code = (file: File) => file.source.text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect(files.filter((file) => file.path.startsWith('core/') && impure.test(code(file))).map(({ path }) => path)).toEqual([]);
  });

  it('a definition knows what class-validator knows, and what an observable is', () => {
    expect(breaches(/^definition\//, /^(definition|values)\/|^class-validator$|^rxjs$/)).toEqual([]);
  });

  it('only adapters and the module know an adapter', () => {
    const isAdapter = (path: string) => ADAPTERS.some((adapter) => path.startsWith(`${adapter}/`));
    const outside = files.filter(({ path, imports }) => !isAdapter(path) && imports.some(({ of }) => isAdapter(of))).map(({ path }) => path);
    expect(outside.filter((path) => !path.startsWith('testing/')).sort()).toEqual(['bull.ts', 'index.ts', 'testing.ts', 'workflow.module.ts']);
  });

  it('only the TypeORM store loads TypeORM, only the Bull queue loads Bull, and each optional package has an entry of its own', () => {
    expect(importersOf(/^(@nestjs\/)?typeorm$/).filter((path) => !path.startsWith('store/typeorm/'))).toEqual([]);
    expect(importersOf(/^(@nestjs\/)?bull$|^ioredis$/).filter((path) => !path.startsWith('queue/bull/'))).toEqual([]);
    expect(importersOf(/^@nestjs\/terminus$/)).toEqual(['observing/health-indicator.ts']);
    expect(importersOf(/^observing\/health-indicator/)).toEqual(['terminus.ts']);
    expect(importersOf(/^@nestjs\/event-emitter$/)).toEqual(['observing/workflow-events.module.ts']);
    expect(importersOf(/^observing\/workflow-events/)).toEqual(['event-emitter.ts']);
    expect(importersOf(/^prom-client$/)).toEqual(['observing/metric-set.ts', 'observing/workflow-metrics.module.ts']);
    expect(importersOf(/^observing\/(metric-set|workflow-metrics)/)).toEqual(['observing/workflow-metrics.module.ts', 'prometheus.ts']);
    expect(importersOf(/^queue\/bull\//).filter((path) => !path.startsWith('queue/bull/'))).toEqual(['bull.ts']);
  });

  it('nobody but the testing entry loads the testing kit', () => {
    expect(importersOf(/^testing(\/|\.ts)/).filter((path) => !path.startsWith('testing/'))).toEqual(['testing.ts']);
  });

  it('has no circles among files at run time', () => {
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

  it('decorators’ metadata is read by the explorer, the registry and the checks of a test; message handlers read their own', () => {
    expect(using(/Reflect\.(get|has)(Own)?Metadata\((STEP|WORKFLOW|HANDLER)_METADATA|Reflect\.hasOwnMetadata/)).toEqual([
      'decorators/step.decorator.ts',
      'handlers/message-handler.ts',
      'testing/assert-valid.ts',
      'workflows/explorer.ts',
      'workflows/registry.ts',
    ]);
    expect(using(/Reflect\.get(Own)?Metadata/)).toEqual([
      'context/json-schema.ts',
      'context/typed-data.ts',
      'decorators/step.decorator.ts',
      'definition/searchable.ts',
      'handlers/message-handler.ts',
      'workflows/explorer.ts',
      'workflows/registry.ts',
    ]);
  });

  it('only a decision changes a status', () => {
    expect(using(/\bbecome\(|\.finish\(/).filter((path) => !path.startsWith('core/'))).toEqual([]);
    expect(using(/\btransition\(/).sort()).toEqual(['core/transition.ts', 'writer/decide.ts']);
  });
});

describe('size and names', () => {
  /** Longer than 200 lines, and why. */
  const LONG: Readonly<Record<string, string>> = {
    'workflow.service.ts': 'the facade: a short method for each thing that can be said, with what it promises',
    'core/draft.ts': 'one class: all that one decision has made so far',
    'core/tokens.ts': 'one class: where the tokens of a decision are stored',
  };

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

describe('words', () => {
  /** One function for each database, of one name because it does the same. */
  const ONE_FOR_EACH_DATABASE = ['classifyError', 'isBroken', 'newClient', 'threadClient'];
  /** Metaphors of earlier days, and words for people where no person is meant: say worker, caller, handler, message, event. */
  const UNUSED =
    /\b(seats?|heirs?|alarms?|letters?|couriers?|post offices?|mails?|workshops?|luggage|journeys?|glances?|doors?|doorbell|stirring|heeding|verdicts?|circumstances|lanes?|whoever|nobody|somebody|ring|rings|rang|rung|ringing|doom|doomed|mortal)\b/gi;

  it('no two types have one name, exported or not', () => expect(twice(typesIn)).toEqual([]));

  it('no two functions of one name differ', () => expect(twice(functionsAtTop).filter(([name]) => !ONE_FOR_EACH_DATABASE.includes(name))).toEqual([]));

  it('no two files have one name', () => expect(twice(({ path }) => [path.split('/').at(-1)!])).toEqual([]));

  it('comments and names keep to the glossary (CONTRIBUTING.md)', () => {
    const found = files.flatMap(({ path, source }) => wordsOf(source).flatMap((text) => (text.match(UNUSED) ?? []).map((word) => `${path}: ${word}`)));
    expect([...new Set(found)]).toEqual([]);
  });

  function twice(namesIn: (file: File) => readonly string[]): [name: string, paths: string[]][] {
    const byName = new Map<string, string[]>();
    for (const file of files) for (const name of namesIn(file)) byName.set(name, [...(byName.get(name) ?? []), file.path]);
    return [...byName].filter(([, paths]) => paths.length > 1);
  }

  function typesIn({ source }: File): string[] {
    const isType = (node: ts.Node) => ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node);
    return source.statements.filter(isType).map((node) => (node as ts.ClassDeclaration).name!.text);
  }

  function functionsAtTop({ source }: File): string[] {
    return source.statements.flatMap((node) => (ts.isFunctionDeclaration(node) && node.body ? [node.name!.text] : []));
  }

  /** Comments, and identifiers taken apart: `openDoor` has a door in it. */
  function wordsOf(source: ts.SourceFile): string[] {
    const comments = [...source.text.matchAll(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/[^\n]*/g)].map(([text]) => text);
    const names: string[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) names.push(node.text.replace(/([a-z])([A-Z])/g, '$1 $2'));
      node.forEachChild(visit);
    };
    visit(source);
    return [...comments, ...names];
  }
});
