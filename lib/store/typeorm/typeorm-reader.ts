import type { EntityManager } from 'typeorm';
import type { MessageState, RecordDraft, UndoMark, VersionDraft } from '../../core/change.js';
import { groupKey } from '../../values/group-key.js';
import { isFinished, type ProcessState, type WaitState } from '../../core/process.js';
import { type Loaded, type ProcessQuery, type StoredDefinition, type WaitQuery, type Want } from '../port.js';
import { ProcessStore } from '../process-store.js';
import { findQuery } from './find-query.js';
import { loadAll } from './load.js';
import { chunks, inList, type Query } from './query.js';
import { type FoundRow, messageState, parsed, processState, recordDraft, storedDefinition, versionDraft, waitState } from './states.js';
import { waitQuery, waitWithProcess } from './wait-query.js';

const newestSnapshot = 'select max(version) from workflow_context where process_id = ? and version <= ? and snapshot is not null';

/** What the databases have in common of what is only read: processes, and what became of them. */
export abstract class TypeOrmReader extends ProcessStore<EntityManager> {
  /** Outside of any transaction of the application. SQL with `?`, which each dialect puts in its own words. */
  abstract rows(query: Query): Promise<readonly FoundRow[]>;

  /** A query with an `in (...)` list, in as many pieces as the database takes. */
  async listed(query: (list: Query) => Query, values: readonly string[]): Promise<FoundRow[]> {
    const pieces = await Promise.all(chunks(values).map((piece) => this.rows(query(inList(piece)))));
    return pieces.flat();
  }

  override load(wants: readonly Want[]): Promise<readonly (Loaded | null)[]> {
    return loadAll(this, wants);
  }

  protected async messages(ids: readonly string[]): Promise<MessageState[]> {
    return (await this.listed((list) => ({ sql: `select * from workflow_inbox where id ${list.sql}`, values: list.values }), ids)).map(messageState);
  }

  /* --------------------------------------------------------------- processes ---- */

  override async byGroup(workflows: readonly string[], groupId: string): Promise<readonly ProcessState[]> {
    if (workflows.length === 0) return [];
    const list = inList(workflows);
    const sql = `select * from workflow_process where workflow ${list.sql} and group_key = ? order by started_at desc, id desc`;
    const found = (await this.rows({ sql, values: [...list.values, groupKey(groupId)] })).map(processState);
    return workflows.flatMap((workflow) => chosen(found.filter((process) => process.workflow === workflow)));
  }

  override async find(query: ProcessQuery): Promise<readonly ProcessState[]> {
    if (query.statuses?.length === 0) return [];
    return (await this.rows(findQuery(query))).map(processState);
  }

  override async waitsOf(processId: string): Promise<readonly WaitState[]> {
    const sql = `select * from workflow_wait where process_id = ? and kind <> 'closed' order by run, token_key`;
    return (await this.rows({ sql, values: [processId] })).map(waitState);
  }

  override async waitsLike(query: WaitQuery): Promise<readonly { process: ProcessState; wait: WaitState }[]> {
    return (await this.rows(waitQuery(query))).map(waitWithProcess);
  }

  override async census(): Promise<readonly { workflow: string; version: number; live: number }[]> {
    const sql = `select workflow, workflow_version, count(*) as live from workflow_process where live = 0
      group by workflow, workflow_version order by workflow, workflow_version`;
    const rows = await this.rows({ sql, values: [] });
    return rows.map(({ workflow, workflow_version, live }) => ({ workflow: String(workflow), version: Number(workflow_version), live: Number(live) }));
  }

  /* ----------------------------------------------------------------- history ---- */

  override async recordsOf(processId: string): Promise<readonly RecordDraft[]> {
    const rows = await this.rows({ sql: 'select * from workflow_audit where process_id = ? order by sequence', values: [processId] });
    return rows.map(recordDraft);
  }

  override async versions(processId: string, from: number, to: number): Promise<readonly VersionDraft[]> {
    const sql = 'select * from workflow_context where process_id = ? and version >= ? and version <= ? order by version';
    return (await this.rows({ sql, values: [processId, from, to] })).map(versionDraft);
  }

  override async undoMarks(processId: string): Promise<readonly { version: number; step: string; undo: UndoMark }[]> {
    const sql = 'select version, step, undo_mark from workflow_context where process_id = ? and undo_mark is not null order by version desc';
    const rows = await this.rows({ sql, values: [processId] });
    return rows.map(({ version, step, undo_mark }) => ({ version: Number(version), step: String(step), undo: parsed<UndoMark>(undo_mark) }));
  }

  override async versionsUpTo(processId: string, version: number): Promise<readonly VersionDraft[]> {
    const sql = `select * from workflow_context where process_id = ? and version <= ? and version >= (${newestSnapshot}) order by version`;
    return (await this.rows({ sql, values: [processId, version, processId, version] })).map(versionDraft);
  }

  override async movesUpTo(processId: string, version: number): Promise<readonly VersionDraft['moves'][]> {
    const sql = 'select moves from workflow_context where process_id = ? and version <= ? order by version';
    return (await this.rows({ sql, values: [processId, version] })).map(({ moves }) => parsed<VersionDraft['moves']>(moves));
  }

  override async definitions(since = 0): Promise<readonly StoredDefinition[]> {
    const sql = 'select * from workflow_definition where updated_at >= ? order by name, version';
    return (await this.rows({ sql, values: [since] })).map(storedDefinition);
  }
}

/** The live one, else the newest. */
function chosen(newestFirst: readonly ProcessState[]): ProcessState[] {
  const found = newestFirst.find(({ status }) => !isFinished(status)) ?? newestFirst[0];
  return found ? [found] : [];
}
