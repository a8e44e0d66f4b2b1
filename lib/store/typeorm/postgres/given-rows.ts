/** The rows of the first parameter of a commit; see `given-columns.ts`. */
import type { Change, RecordDraft, VersionDraft } from '../../../core/change.js';
import type { ProcessState } from '../../../core/process.js';
import { type Encode, fixedRow, guardRow, oftenRow, recordRow, type Row, seldomRow, versionRow } from '../rows.js';

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

/** The row of a change whose version and record have rows of their own. Columns that never change are sent once, with the new process. */
export function processRow(change: Change, encode: Encode): Row {
  const row = [...oftenRow(change, encode), ...guardRow(change)];
  if (change.steady) return row;
  return change.expected === null ? [...row, ...seldomRow(change), ...fixedRow(change.process)] : [...row, ...seldomRow(change)];
}

/** The row of a change that is one step. Written out for the same reason as in `json-rows.ts`. */
export function stepRow(change: Change, encode: Encode): object {
  const { id, revision, contextVersion, runs, tokens, updatedAt } = change.process;
  const v = versionRow(id, change.versions[0]!, encode);
  const r = recordRow(id, change.records[0]!);
  return {
    a: revision, b: contextVersion, c: runs, d: encode(tokens), e: updatedAt, f: id, g: change.expected,
    x: v[2], y: v[3], z: v[6], aa: r[2], ab: r[4] ?? undefined, ac: r[5] ?? undefined, ad: r[11] ?? undefined, ae: v[4] ?? undefined,
    af: v[7] ?? undefined, ag: v[8] ?? undefined, ah: r[7] ?? undefined, ai: r[8] ?? undefined, aj: r[9] ?? undefined, ak: r[10] ?? undefined,
  }; // prettier-ignore
}
