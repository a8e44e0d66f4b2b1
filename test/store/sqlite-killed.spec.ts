import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { betterSqliteFile, isThere, libsqlFile, titleOf } from '../support/databases.js';

for (const database of [libsqlFile(), betterSqliteFile()]) {
  describe.skipIf(!isThere(database))(titleOf(database), () => {
    it('keeps what it acknowledged when the process is killed', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'argonaut-kill-'));
      const file = join(folder, 'test.db');
      const child = spawn(process.execPath, ['test/support/durable-writer.mjs', file, database.name.includes('libsql') ? 'libsql' : betterName()]);
      const acknowledged: string[] = [];
      let complaints = '';
      child.stderr.on('data', (data) => (complaints += String(data)));
      const closed = new Promise((resolve) => child.on('close', resolve));
      for await (const line of createInterface(child.stdout)) {
        acknowledged.push(line);
        if (acknowledged.length === 400) child.kill('SIGKILL');
      }
      await closed;
      expect(complaints.length < 2000 && acknowledged.length >= 400, complaints).toBe(true);
      const reopened = await database.connect({ database: file });
      const found = new Set(((await reopened.query('select id from workflow_process')) as { id: string }[]).map(({ id }) => id));
      expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
      expect(await reopened.query('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
      await reopened.destroy();
      rmSync(folder, { recursive: true });
    }, 30_000);
  });
}

function betterName(): string {
  return process.env.TEST_BETTER_SQLITE3 ?? 'better-sqlite3';
}
