import { chunks, inList, type Query } from './query.js';
import type { FoundRow } from './states.js';

/** How statements that the databases share reach one of them: SQL with `?`, over connections of the engine's own. */
export abstract class SqlReader {
  abstract rows(query: Query): Promise<readonly FoundRow[]>;
  /** How many rows a statement wrote. */
  abstract changed(query: Query): Promise<number>;

  /** A query with an `in (...)` list, in as many pieces as the database takes. `values` before the list come first. */
  async listed(sql: (list: string) => string, values: readonly string[], before: readonly unknown[] = []): Promise<FoundRow[]> {
    const pieces = chunks(values).map((piece) => {
      const list = inList(piece);
      return this.rows({ sql: sql(list.sql), values: [...before, ...list.values] });
    });
    return (await Promise.all(pieces)).flat();
  }
}

/** What each database says in words of its own. */
export interface SqlWords {
  /** The time of the database, ms. */
  readonly now: string;
  /** What follows an insert that overwrites the row it finds. */
  overwrite(key: string, names: readonly string[]): string;
  /** What follows an insert that leaves the row it finds as it is. */
  readonly unlessThere: string;
  /** The address of the end of a child `c`. */
  readonly endOfChild: string;
}
