import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import libsql from 'libsql';
import { settings } from './settings.js';

/** libsql is SQLite with ready-made binaries, so nothing has to be compiled; TypeORM takes it as a `better-sqlite3`. */
export function database(): TypeOrmModuleOptions {
  const { databaseUrl: url, databaseFile } = settings;
  if (!url) return { type: 'better-sqlite3', driver: libsql, database: databaseFile, autoLoadEntities: true };
  return { type: url.startsWith('mysql') ? 'mysql' : 'postgres', url, autoLoadEntities: true };
}
