import { howMany } from '../values/how-many.js';

/** Reasons against a migration, and how many processes each concerns. */
export interface MigrationReport {
  readonly processes: number;
  readonly reasons: ReadonlyMap<string, number>;
  readonly busy: number;
}

export function breaking({ reasons }: MigrationReport): string[] {
  return [...reasons].map(([reason, count]) => `${howMany(count, 'process', 'processes')}: ${reason}`);
}

export function leftAlone({ busy }: MigrationReport): string[] {
  if (busy === 0) return [];
  return [`${howMany(busy, 'process runs at this moment; it is', 'processes run at this moment; they are')} left for a second call`];
}
