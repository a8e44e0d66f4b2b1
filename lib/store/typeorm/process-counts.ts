import { type ProcessStatus, STATUSES } from '../../core/process.js';
import type { FailureCount, KnownWorkflow, LiveCount, StatusCount, TroubleCount } from '../port.js';
import type { UnpagedQuery } from '../process-frame.js';
import { MOST_FAILURES } from '../query-store.js';
import {
  type DistinctBy, distinctQuery, failureCountsQuery, liveCountsQuery, messageTroubleQueries, ofFailures, overdueQuery, parkedQuery, statusCountsQuery, valueCountsQuery
} from './count-queries.js'; // prettier-ignore
import { isVersionOf, type VersionAt } from '../store-counts.js';
import { chunks, type Query } from './query.js';
import type { SqlReader } from './sql-reader.js';
import type { FoundRow } from './states.js';

/** Below the number of parts that SQLite takes in one `union`. */
const PARTS = 40;
/** A value of so many processes is frequent: more are not counted. */
const FREQUENT = 10_000;
const MOST_WORKFLOWS = 10_000;
const MOST_VERSIONS = 1000;
const ALL: Query = { sql: '1 = 1', values: [] };
const LIVE: Query = { sql: 'live = 0', values: [] };

/** Counts processes and troubles. */
export class ProcessCounts {
  constructor(
    private readonly reader: SqlReader,
    private readonly distinct: DistinctBy,
  ) {}

  async statuses(upTo: number): Promise<readonly StatusCount[]> {
    const workflows = await this.workflows();
    const groups = workflows.flatMap((workflow) => STATUSES.map((status) => ({ workflow, status })));
    const rows = await this.inParts(groups, (piece) => statusCountsQuery(piece, upTo));
    return rows.map(({ workflow, status, many }) => ({ workflow: String(workflow), status: status as ProcessStatus, count: Number(many) })).filter(({ count }) => count > 0); // prettier-ignore
  }

  async failures(upTo: number): Promise<readonly FailureCount[]> {
    const workflows = await this.workflows();
    const kinds = await Promise.all(workflows.map((workflow) => this.failuresOf(workflow)));
    const rows = await this.inParts(kinds.flat(), (piece) => failureCountsQuery(piece, upTo)); // prettier-ignore
    return rows.filter(({ many }) => Number(many) > 0).map(failureCount);
  }

  async troubles(storedBefore: number, upTo: number): Promise<readonly TroubleCount[]> {
    const queries = [overdueQuery(upTo), ...messageTroubleQueries(storedBefore, upTo), parkedQuery(upTo)];
    return (await Promise.all(queries.map((query) => this.reader.rows(query)))).flat().map(troubleCount);
  }

  async unknownVersions(known: readonly KnownWorkflow[], upTo: number): Promise<readonly LiveCount[]> {
    const workflows = await this.workflows(LIVE);
    const all = await Promise.all(workflows.map((workflow) => this.liveVersionsOf(workflow)));
    const rows = await this.inParts(all.flat().filter((each) => !isVersionOf(known, each)), (piece) => liveCountsQuery(piece, upTo)); // prettier-ignore
    return rows.map(({ workflow, version, many }) => ({ workflow: String(workflow), version: Number(version), live: Number(many) }));
  }

  /** The query with its rarest search value first, because the others are looked at process by process. */
  async rarestFirst<Q extends UnpagedQuery>(query: Q): Promise<Q> {
    const { workflow = '', search = [] } = query;
    if (search.length < 2) return query;
    const rows = await this.reader.rows(valueCountsQuery(workflow, search, FREQUENT));
    const counts = new Map(rows.map(({ name, many }) => [String(name), Number(many)]));
    return { ...query, search: [...search].sort((a, b) => counts.get(a.name)! - counts.get(b.name)!) };
  }

  private async liveVersionsOf(workflow: string): Promise<VersionAt[]> {
    const where = { sql: 'live = 0 and workflow = ?', values: [workflow] };
    const rows = await this.reader.rows(distinctQuery(this.distinct, { table: 'workflow_process', column: 'workflow_version', where, limit: MOST_VERSIONS }));
    return rows.map(({ found }) => ({ workflow, version: Number(found) }));
  }

  private async workflows(where: Query = ALL): Promise<string[]> {
    const query = distinctQuery(this.distinct, { table: 'workflow_process', column: 'workflow', where, limit: MOST_WORKFLOWS });
    return (await this.reader.rows(query)).map(({ found }) => String(found));
  }

  private async failuresOf(workflow: string): Promise<{ workflow: string; value: string }[]> {
    const query = distinctQuery(this.distinct, { table: 'workflow_search', column: 'value', where: ofFailures(workflow), limit: MOST_FAILURES });
    return (await this.reader.rows(query)).map(({ found }) => ({ workflow, value: String(found) }));
  }

  private async inParts<T>(items: readonly T[], query: (piece: readonly T[]) => Query): Promise<FoundRow[]> {
    return (await Promise.all(chunks(items, PARTS).map((piece) => this.reader.rows(query(piece))))).flat();
  }
}

function failureCount({ workflow, value, many, oldest_at, example }: FoundRow): FailureCount {
  return { workflow: String(workflow), value: String(value), count: Number(many), oldestAt: Number(oldest_at), example: String(example) };
}

function troubleCount({ kind, workflow, step, many, oldest_at, example }: FoundRow): TroubleCount {
  const of = { workflow: workflow === null ? null : String(workflow), step: step === null ? null : String(step) };
  return { kind: kind as TroubleCount['kind'], ...of, count: Number(many), oldestAt: Number(oldest_at), example: String(example) };
}
