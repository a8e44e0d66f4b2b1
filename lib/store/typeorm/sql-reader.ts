import type { DistinctBy } from './count-queries.js';
import { chunks, inList, LONGEST_LIST, type Query } from './query.js';
import type { FoundRow } from './states.js';

/** Runs statements that all databases share: SQL with `?`, over the engine's own connections. */
export abstract class SqlReader {
  /** How many values {@link listed} puts into one statement. */
  readonly longestList: number = LONGEST_LIST;

  abstract rows(query: Query): Promise<readonly FoundRow[]>;
  /** How many rows a statement wrote. */
  abstract changed(query: Query): Promise<number>;
  /** Reads rows, and runs the statements that follow from them in the same transaction. */
  abstract readThenRun(query: Query, follow: (rows: readonly FoundRow[]) => readonly Query[]): Promise<void>;

  /** A query with an `in (...)` list, in as many pieces as the database takes. `values` before the list come first. */
  async listed(sql: (list: string) => string, values: readonly string[], before: readonly unknown[] = []): Promise<FoundRow[]> {
    const pieces = chunks(values).map((piece) => {
      const list = inList(piece);
      return this.rows({ sql: sql(list.sql), values: [...before, ...list.values] });
    });
    return (await Promise.all(pieces)).flat();
  }
}

/** The parts of SQL that differ between the databases. */
export interface SqlWords {
  /** The time of the database, ms. */
  readonly now: string;
  /** The end of an insert that overwrites an existing row. */
  overwrite(key: string, names: readonly string[]): string;
  /** The end of an insert that leaves an existing row as it is. */
  readonly unlessThere: string;
  /** The address of the end of a child `c`. */
  readonly endOfChild: string;
  /** After the table of processes: they are read by the index that has them in the order of their ends. MySQL would sort all of them. */
  readonly byEnd: string;
  /** The end of a select that locks its rows, and leaves out those that are locked. */
  readonly skipLocked: string;
  /** How the different values of an indexed column are found. */
  readonly distinct: DistinctBy;
}
