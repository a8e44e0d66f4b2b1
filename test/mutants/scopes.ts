/** Which code is changed, and which tests have to notice. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Mutant } from './mutant.js';
import { mutate, type MutatedFile } from './mutate.js';

export interface Scope {
  readonly name: string;
  /** Folders, from the root of the project; without those in them. */
  readonly code: readonly string[];
  /** Files that are left out: other suites try them, on databases and schemas of many kinds. */
  readonly without?: readonly string[];
  readonly tests: readonly string[];
  /** A test must not be ended in the middle: it would leave a transaction open. */
  readonly database?: true;
  /** How many mutants of it are tried in CI. */
  readonly sample: number;
}

const OF_SCHEMA_AND_TRANSACTIONS = [
  'open-schema', 'schema-lock', 'table-names', 'table-name-problems', 'transaction-watch', 'commit-through', 'create-store', 'typeorm-adapter', 'native',
  'typeorm-commits', 'row-chunks',
].map((name) => `${name}.ts`); // prettier-ignore

export const SCOPES: readonly Scope[] = [
  { name: 'core', code: ['lib/core'], tests: specsIn('test/core'), sample: 100 },
  { name: 'writer', code: ['lib/writer'], tests: specsIn('test/writer'), sample: 40 },
  {
    name: 'memory',
    code: ['lib/store/memory'],
    without: ['memory-store-adapter.ts'],
    tests: ['test/store/memory.spec.ts'],
    sample: 40,
  },
  {
    name: 'sqlite',
    code: ['lib/store/typeorm', 'lib/store/typeorm/sqlite'],
    without: OF_SCHEMA_AND_TRANSACTIONS,
    tests: [
      'test/mutants/sqlite-contract.ts',
      ...['batch', 'typeorm-sqlite', 'sqlite-errors', 'sqlite-connection', 'sql-parts', 'find-query', 'sqlite-reading'].map(
        (name) => `test/store/${name}.spec.ts`,
      ),
    ],
    database: true,
    sample: 20,
  },
];

/** All mutated files, numbered in one order. */
export function mutatedFiles(): ReadonlyMap<string, MutatedFile> {
  const files = new Map<string, MutatedFile>();
  let id = 0;
  for (const file of SCOPES.flatMap(codeOf)) {
    const mutated = mutate(file, readFileSync(file, 'utf8'), id);
    files.set(file, mutated);
    id += mutated.mutants.length;
  }
  return files;
}

export function mutantsOf(scope: Scope, files = mutatedFiles()): readonly Mutant[] {
  return codeOf(scope).flatMap((file) => files.get(file)!.mutants);
}

function codeOf({ code, without = [] }: Scope): readonly string[] {
  return filesOf(code).filter((file) => !without.some((name) => file.endsWith(`/${name}`)));
}

function specsIn(folder: string): readonly string[] {
  return filesOf([folder]).filter((file) => file.endsWith('.spec.ts'));
}

function filesOf(folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) => readdirSync(folder).toSorted().map((name) => `${folder}/${name}`)).filter((file) => file.endsWith('.ts')); // prettier-ignore
}
