/** Checks a value in a JSON Schema (2020-12), keyword by keyword. No code is made of the schema, and the work has a limit. */
import type { CheckedValue, KeywordCheck, PathTo } from './checked-value.js';
import { KEYWORDS } from './keywords.js';
import { LinearPattern } from './linear-pattern.js';
import { UnusablePattern } from './pattern-syntax.js';
import { schemaAt } from './references.js';
import { CheckGivenUp, CheckWork } from './work.js';

/** Something that is wrong with a value. */
export interface SchemaIssue {
  readonly keyword: string;
  readonly message: string;
  /** The keys that lead to the value. */
  readonly path: readonly string[];
  /** The schema that the keyword stands in. */
  readonly schema: object;
  readonly value: unknown;
  /** The key that is missing, or is not allowed. */
  readonly key?: string;
}

const MOST_ISSUES = 100;
/** Each becomes a program when the document is defined. */
const MOST_PATTERNS = 300;
/** Default of the work that one value may take: about 100 ms. */
export const MOST_CHECKS = 200_000;

/** Thrown when more than enough is wrong. */
class EnoughIssues extends Error {}

/** The patterns of a schema, each made once. */
export class SchemaPatterns {
  private readonly made = new Map<string, LinearPattern>();

  /** @throws UnusablePattern */
  get(pattern: string): LinearPattern {
    const known = this.made.get(pattern);
    if (known) return known;
    if (this.made.size === MOST_PATTERNS) throw new UnusablePattern(`the schema has more than ${MOST_PATTERNS} patterns`);
    const made = new LinearPattern(pattern);
    this.made.set(pattern, made);
    return made;
  }
}

/** What is wrong with a value; at most a hundred issues. Fills in defaults. */
export function issuesOf(root: object, value: unknown, patterns: SchemaPatterns, options: { readonly fills: boolean; readonly checks: number }): SchemaIssue[] {
  const check = new SchemaCheck(root, patterns, new CheckWork(options.checks));
  try {
    check.visit(root, { value, path: null, fills: options.fills });
  } catch (error) {
    if (error instanceof CheckGivenUp) return [{ keyword: 'work', message: error.message, path: [], schema: root, value }];
    if (!(error instanceof EnoughIssues)) throw error;
  }
  return check.issues;
}

export class SchemaCheck {
  issues: SchemaIssue[] = [];
  private readonly targets = new Map<string, unknown>();
  private failures = 0;
  /** How many alternatives the check is in, whose issues may not count. */
  private alternatives = 0;

  constructor(
    readonly root: object,
    readonly patterns: SchemaPatterns,
    readonly work: CheckWork,
  ) {}

  /** The schema that a `$ref` leads to. */
  target(reference: string): unknown {
    if (!this.targets.has(reference)) this.targets.set(reference, schemaAt(this.root, reference));
    return this.targets.get(reference);
  }

  /** Whether the value fits. */
  visit(schema: unknown, at: CheckedValue): boolean {
    if (typeof schema === 'boolean') return schema || this.refuse('false schema', 'must not be given', at, {});
    const before = this.failures;
    this.work.enter();
    for (const [said, demand] of demandsOf(schema as object)) demand(said, at, this, schema);
    this.work.leave();
    return this.failures === before;
  }

  /** Whether the value fits in a schema that is only one of several. `issues`: what is wrong if not. */
  try(schema: unknown, { value, path }: CheckedValue): { readonly fits: boolean; readonly issues: readonly SchemaIssue[] } {
    const { issues, failures } = this;
    this.issues = [];
    this.alternatives++;
    const fits = this.visit(schema, { value, path, fills: false });
    const found = { fits, issues: this.issues };
    this.alternatives--;
    Object.assign(this, { issues, failures });
    return found;
  }

  refuse(keyword: string, message: string, at: CheckedValue, schema: object, key?: string): false {
    this.add({ keyword, message, path: keysTo(at.path), schema, value: at.value, ...(key !== undefined && { key }) });
    return false;
  }

  add(issue: SchemaIssue): void {
    this.failures++;
    this.issues.push(issue);
    if (this.issues.length < MOST_ISSUES) return;
    if (this.alternatives === 0) throw new EnoughIssues();
    this.issues.pop();
  }
}

function keysTo(path: PathTo | null): string[] {
  const keys: string[] = [];
  for (let at = path; at; at = at.within) keys.push(at.key);
  return keys.reverse();
}

const demands = new WeakMap<object, readonly (readonly [unknown, KeywordCheck])[]>();

/** The keywords of a schema that demand something, in an order of their own. */
function demandsOf(schema: object): readonly (readonly [unknown, KeywordCheck])[] {
  const known = demands.get(schema);
  if (known) return known;
  const said = schema as Readonly<Record<string, unknown>>;
  const found = KEYWORDS.flatMap(([keyword, demand]) => (Object.hasOwn(schema, keyword) ? [[said[keyword], demand] as const] : []));
  demands.set(schema, found);
  return found;
}
