import type { DataSource } from 'typeorm';
import { fileOfModule, sendable } from '../connections/loaded-module.js';
import type { ClientEvents } from '../connections/own-connection.js';
import type { FoundRow } from '../states.js';
import type { ThreadClient } from '../typeorm-maintenance.js';

export interface PostgresQuery {
  readonly name?: string;
  readonly text: string;
  readonly values: readonly unknown[];
  readonly types?: typeof OWN_TYPES;
}

/** The part of a `pg.Client` that is used here. */
export interface PostgresClient extends ClientEvents {
  readonly processID: number | null;
  on(event: 'error' | 'end', listener: (error?: unknown) => void): unknown;
  on(event: 'notification', listener: (message: { payload?: string }) => void): unknown;
  connect(): Promise<void>;
  query(query: PostgresQuery): Promise<{ rows: FoundRow[]; rowCount: number | null }>;
  query(sql: string): Promise<{ rows: FoundRow[] }>;
  end(): Promise<void>;
  readonly connection: { readonly stream: { destroy(): void } };
}

interface PostgresPool {
  readonly Client: new (options: object) => PostgresClient;
  readonly options: {
    readonly connectionTimeoutMillis?: number;
    readonly max?: number;
    readonly password?: unknown;
    readonly ssl?: { readonly key?: unknown } | boolean | null;
  };
  on(event: 'connect', listener: (client: ClientEvents) => void): void;
}

const CONNECT_MS = 10_000;
/** A connection that is silent for this long counts as broken: a network may fail without an error. */
const SILENCE_MS = 60_000;

/** The pool of a data source. With replication: the pool of the primary. */
function poolOf(dataSource: DataSource): PostgresPool {
  return (dataSource.driver as unknown as { master: PostgresPool }).master;
}

/** A client like those of the application's pool, but outside of it. */
export function newClient(dataSource: DataSource): PostgresClient {
  const { Client, options } = poolOf(dataSource);
  const own = { connectionTimeoutMillis: options.connectionTimeoutMillis || CONNECT_MS, query_timeout: SILENCE_MS, keepAlive: true };
  const client = new Client(Object.assign(Object.create(options) as object, options, own));
  client.on('error', () => {}); // without a listener, an error before the connection is whole would end the process
  return client;
}

/** Options of the pool that a connection does not have. */
const POOL_OPTIONS = ['Client', 'Promise', 'log', 'verify', 'onConnect', 'poolErrorHandler', 'logger'];
const BEAT_MS = 10_000;

/** The connection for a thread. Null: not possible. */
export function threadClient(dataSource: DataSource): ThreadClient | null {
  const module = fileOfModule((dataSource.driver as unknown as { postgres: unknown }).postgres);
  const { options } = poolOf(dataSource);
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => !POOL_OPTIONS.includes(name)));
  const sent = sendable({ ...own, ...hiddenIn(options), connectionTimeoutMillis: BEAT_MS, query_timeout: BEAT_MS });
  return module === null || sent === null ? null : { client: 'pg', module, options: sent };
}

/** The pool hides its password and the key of its certificate from code that lists its options. */
function hiddenIn({ password, ssl }: PostgresPool['options']): object {
  return { password, ...(typeof ssl === 'object' && ssl !== null && { ssl: { ...ssl, key: ssl.key } }) };
}

/** TypeORM listens for errors of a client only once it has handed it out. An error in between would end the process. */
export function guardApplicationPool(dataSource: DataSource): void {
  poolOf(dataSource).on('connect', (client) => client.on('error', () => {}));
}

/** Parses integers, booleans and JSON, and leaves the rest as text, whatever parsers the application has set for itself. */
export const OWN_TYPES = { getTypeParser: (oid: number) => OWN_PARSERS[oid] ?? ((text: string) => text) };

const OWN_PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === 't', // bool
  20: Number, // int8
  21: Number, // int2
  23: Number, // int4
  26: Number, // oid
  114: (text) => JSON.parse(text) as unknown, // json
};
