import { fingerprintOf } from '../definition/fingerprint.js';
import { InvalidWorkflowError } from '../values/errors.js';
import { howMany } from '../values/how-many.js';
import { COUNTED } from '../store/store-counts.js';
import type { LiveCount, StoredDefinition } from '../store/port.js';
import type { BoundWorkflow } from './bound-workflow.js';

/** A definition as it is stored. */
export type DefinitionRow = Omit<StoredDefinition, 'updatedAt'>;

export function rowOf(bound: BoundWorkflow, withdrawn: boolean): DefinitionRow {
  const { name, version } = bound.definition;
  const { document } = bound.source;
  return { name, version, fingerprint: printOf(bound), document: document ? JSON.stringify(document) : null, withdrawn };
}

export function isSameDefinition(a: DefinitionRow, b: DefinitionRow): boolean {
  return a.fingerprint === b.fingerprint && a.document === b.document && a.withdrawn === b.withdrawn;
}

export function titleOf({ definition: { name, version } }: BoundWorkflow): string {
  return `"${name}" version ${version}`;
}

/** The given version. For a document without one: the version of the newest document if that has the same graph, else the next. */
export function versionFor(bound: BoundWorkflow, rows: readonly StoredDefinition[]): number {
  const { document } = bound.source;
  if (!document || document.version !== undefined) return bound.definition.version;
  const [newest] = rows.filter((row) => row.document !== null).sort((a, b) => b.version - a.version);
  if (newest?.fingerprint === printOf(bound)) return newest.version;
  return nextIn(rows);
}

function nextIn(rows: readonly StoredDefinition[]): number {
  return Math.max(0, ...rows.map(({ version }) => version)) + 1;
}

export function withVersion(bound: BoundWorkflow, version: number): BoundWorkflow {
  return bound.definition.version === version ? bound : { ...bound, definition: { ...bound.definition, version } };
}

/** How many live processes a version has. */
export function liveIn(census: readonly LiveCount[], name: string, version: number): number {
  return census.find((each) => each.workflow === name && each.version === version)?.live ?? 0;
}

/** Counts end at `COUNTED`. */
export function manyLive(live: number): string {
  return live > COUNTED ? `over ${COUNTED} live processes` : howMany(live, 'live process', 'live processes');
}

/** @throws InvalidWorkflowError if live processes use the graph that this version had before */
export function unused(bound: BoundWorkflow, rows: readonly StoredDefinition[], census: readonly LiveCount[]): void {
  const { name, version } = bound.definition;
  const live = liveIn(census, name, version);
  if (live === 0) return;
  const count = howMany(live, 'live process was', 'live processes were');
  const kept = bound.source.document ? '' : `, and keep the class of version ${version} beside the new one (or migrate())`;
  throw new InvalidWorkflowError(`"${name}"`, [
    `${bound.source.className}: ${count} started with another graph of version ${version}. Raise the version to ${nextIn(rows)}${kept}, so that ${live === 1 ? 'it goes' : 'they go'} on with what was begun. ` +
      'On a database for development, forRoot({ development: true }) cancels what was begun.',
  ]);
}

/** The fingerprint of the graph alone: the same under any version. */
function printOf({ definition, source }: BoundWorkflow): string {
  return fingerprintOf({ definition: { ...definition, version: 1 }, source });
}

export function problemsIn(error: unknown): readonly string[] {
  if (error instanceof InvalidWorkflowError) return error.problems;
  throw error;
}

/** Marks the error as one of `define()`, and not of boot. */
export function refusedAtRunTime(error: unknown): never {
  throw error instanceof InvalidWorkflowError ? new InvalidWorkflowError(error.workflow, error.problems, 'define') : error;
}

export type DefinitionKey = Pick<StoredDefinition, 'name' | 'version'>;

export function catalogKey({ name, version }: DefinitionKey): string {
  return `${name}@${version}`;
}
