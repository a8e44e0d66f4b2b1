/** What reads a whole table does so on the connections by which no decision reads, and one statement after the other. */
import { describe, expect, it } from 'vitest';
import { TypeOrmOperating } from '../../lib/store/typeorm/typeorm-operating.js';
import { SqlReader, type SqlWords } from '../../lib/store/typeorm/sql-reader.js';
import type { Query } from '../../lib/store/typeorm/query.js';

class Recorded extends SqlReader {
  readonly lists: number[] = [];
  most = 0;
  private atOnce = 0;
  override async rows({ values }: Query) {
    this.lists.push(values.length);
    this.most = Math.max(this.most, ++this.atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    this.atOnce--;
    return [];
  }
  override changed(query: Query): Promise<number> {
    return this.rows(query).then(() => 0);
  }
  override readThenRun(): Promise<void> {
    throw new Error('not expected here');
  }
}

describe('the items of bulk runs', () => {
  it.each(['bulksWith', 'forgetBulkItems'] as const)('%s', async (call) => {
    const [reader, patient] = [new Recorded(), new Recorded()];
    const ids = Array.from({ length: 1201 }, (_, i) => `p${i}`);
    await new TypeOrmOperating(reader, {} as SqlWords, patient)[call](ids);
    expect([reader.lists, patient.lists, patient.most]).toEqual([[], [500, 500, 201], 1]);
  });
});
