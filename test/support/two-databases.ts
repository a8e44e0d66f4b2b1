import { type Database, isThere, libsqlFile, postgres } from './databases.js';

/** An embedded database and a server: what the engine says to a store, both must understand. */
export const twoDatabases: readonly { readonly name: string; readonly make: () => Promise<Database> }[] = [
  { name: 'SQLite', make: async () => libsqlFile() },
  { name: 'PostgreSQL', make: postgres },
];

/** Leaves the test out where the server is missing; not in CI. */
export async function freshOrSkip(make: () => Promise<Database>, skip: () => void): Promise<Database> {
  const database = await make();
  if (!isThere(database)) skip();
  return database;
}
