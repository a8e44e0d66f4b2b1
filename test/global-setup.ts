import { createRequire } from 'node:module';
import { type PrivateServer, programsOf, reasonOf, serverKinds, type ServerKind, startServer } from './support/servers.js';

/** Before all suites: the servers they need, those of this machine or of our own, and one line about each. */
export default async function setup(): Promise<() => Promise<void>> {
  const started = await Promise.all(serverKinds.map(provide));
  aboutBetterSqlite();
  return async () => {
    for (const server of started) await server?.stop();
  };
}

async function provide(kind: ServerKind): Promise<PrivateServer | null> {
  const given = process.env[kind.variable];
  const url = given ?? kind.usual;
  const why = await kind.ask(url).then(() => null, reasonOf); // prettier-ignore
  if (why === null) return say(kind.name, `the one at ${hostOf(url)}`);
  if (given !== undefined) return say(kind.name, `${kind.variable} is of no use (${why}): its suites are skipped`);
  const { found, missing } = programsOf(kind);
  if (missing.length > 0) return say(kind.name, `none at ${hostOf(url)} (${why}) and no ${missing.join(', ')} to start: its suites are skipped`);
  try {
    const server = await startServer(kind, found);
    process.env[kind.variable] = server.url; // workers inherit it
    say(kind.name, `one of our own, ${found.at(-1)} at ${hostOf(server.url)}`);
    return server;
  } catch (error) {
    return say(kind.name, `${reasonOf(error)}: its suites are skipped`);
  }
}

/** Brokers of Kafka are named without a scheme. */
function hostOf(url: string): string {
  return url.includes('://') ? new URL(url).host : url;
}

function aboutBetterSqlite(): void {
  const from = process.env.TEST_BETTER_SQLITE3 ?? 'better-sqlite3';
  try {
    createRequire(import.meta.url).resolve(from);
    say('better-sqlite3', from);
  } catch {
    say('better-sqlite3', 'not installed (it may need a compiler): its suites are skipped, SQLite is tested with libsql');
  }
}

function say(name: string, what: string): null {
  console.log(`${name}: ${what}`);
  return null;
}
