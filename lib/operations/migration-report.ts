/** Reasons against a migration, and how many processes each concerns. */
export interface MigrationReport {
  readonly processes: number;
  readonly reasons: ReadonlyMap<string, number>;
  readonly busy: number;
}

export function breaking({ reasons }: MigrationReport): string[] {
  return [...reasons].map(([reason, count]) => `${counted(count)}: ${reason}`);
}

export function leftAlone({ busy }: MigrationReport): string[] {
  if (busy === 0) return [];
  return [busy === 1 ? '1 process runs at this moment; it is left for a second call' : `${busy} processes run at this moment; they are left for a second call`];
}

function counted(count: number): string {
  return count === 1 ? '1 process' : `${count} processes`;
}
