import { Entity } from 'typeorm';

/**
 * A table that only our migrations make and change. One class serves all databases, so it cannot say `collate "C"` for PostgreSQL
 * and `longtext` for MySQL, and TypeORM would drop and make again each column that differs from its class.
 */
export function EngineTable(name: string): ClassDecorator {
  return Entity(name, { synchronize: false });
}
