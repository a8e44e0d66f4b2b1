import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { checkName } from '../context/checks.js';
import { ProcessArchive } from '../query/process-archive.js';
import type { ProcessExport } from '../query/process-export.js';

const LONGEST_PATH = 4000;

/**
 * An archive of files in a folder: a line for each process, which is its export as JSON. Each instance writes files of its own, a new one
 * each day, and a file is on the disk before anything is deleted. @throws InvalidInputError if the folder is no path
 */
export function ndjsonArchive(folder: string): ProcessArchive {
  checkName('The folder of the archive', folder, LONGEST_PATH);
  return new NdjsonArchive(folder);
}

class NdjsonArchive extends ProcessArchive {
  private name = newName();
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly folder: string) {
    super();
  }

  /** One after the other. After a failure the last line may be cut off, so no other line is put behind it: a new file is begun. */
  override add(processes: readonly ProcessExport[]): Promise<void> {
    const added = this.last.then(() => this.append(processes));
    this.last = added.catch(() => void (this.name = newName()));
    return added;
  }

  private async append(processes: readonly ProcessExport[]): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const day = new Date().toISOString().slice(0, 10);
    const file = await open(join(this.folder, `${day}-${this.name}.ndjson`), 'a');
    try {
      for (const process of processes) await file.appendFile(`${JSON.stringify(process)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await syncFolder(this.folder);
  }
}

/** The name of a new file is in its folder, which has to reach the disk as well. Windows cannot open a folder, and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  const opened: FileHandle | null = await open(folder).catch(() => null);
  await opened?.sync().catch(() => {});
  await opened?.close();
}

function newName(): string {
  return randomBytes(6).toString('hex');
}
