import type { Change, RecordDraft, VersionDraft } from '../../../core/change.js';
import type { ProcessState } from '../../../core/process.js';
import { type Encode, fixedRow, guardRow, oftenRow, recordRow, type Row, seldomRow, versionRow } from '../rows.js';
import { shortened } from './json-rows.js';

/** The row of a change; see `given-columns.ts`. */
export function givenRow(change: Change, encode: Encode): object {
  if (isOneStep(change)) return stepRow(change, change.versions[0]!, change.records[0]!, encode);
  return shortened(processRow(change, encode));
}

/** Whether the row of the process contains the version and the record. The first that are also the newest are the only ones. */
export function isOneStep({ steady, process, versions: [version], records: [record] }: Change): boolean {
  if (!steady || version === undefined || record === undefined) return false;
  return isNewestVersion(version, process) && isNewestRecord(record, process) && version.step === record.step;
}

function isNewestVersion({ version, at }: VersionDraft, { contextVersion, updatedAt }: ProcessState): boolean {
  return version === contextVersion && at === updatedAt;
}

function isNewestRecord({ sequence, contextVersion, at }: RecordDraft, process: ProcessState): boolean {
  return sequence === process.revision && contextVersion === process.contextVersion && at === process.updatedAt;
}

/** Columns that never change are sent once, with the new process. */
function processRow(change: Change, encode: Encode): Row {
  const row = [...oftenRow(change, encode), ...guardRow(change)];
  if (change.steady) return row;
  return change.expected === null ? [...row, ...seldomRow(change), ...fixedRow(change.process)] : [...row, ...seldomRow(change)];
}

/** Written out for the same reason as in `json-rows.ts`. */
function stepRow(change: Change, version: VersionDraft, record: RecordDraft, encode: Encode): object {
  const { id, revision, contextVersion, runs, tokens, updatedAt } = change.process;
  const v = versionRow(id, version, encode);
  const r = recordRow(id, record);
  return {
    a: revision, b: contextVersion, c: runs, d: encode(tokens), e: updatedAt, f: id, g: change.expected,
    x: v[2], y: v[3], z: v[6], aa: r[2], ab: r[4] ?? undefined, ac: r[5] ?? undefined, ad: r[11] ?? undefined, ae: v[4] ?? undefined,
    af: v[7] ?? undefined, ag: v[8] ?? undefined, ah: r[7] ?? undefined, ai: r[8] ?? undefined, aj: r[9] ?? undefined, ak: r[10] ?? undefined,
  }; // prettier-ignore
}
