import { afterEach, beforeEach, describe } from 'vitest';
import { type AppSetup, bootApp, type TestApp } from './app.js';
import { type Database, isThere, libsqlFile, postgres } from './databases.js';

/** An embedded database and a server: what the engine says to a store, both must understand. */
const twoDatabases: readonly { readonly name: string; readonly make: () => Promise<Database> }[] = [
  { name: 'SQLite', make: async () => libsqlFile() },
  { name: 'PostgreSQL', make: postgres },
];

/** Instances of one application, on the database of one test; they are closed when it has ended. */
export interface Site {
  /** No heartbeat and no sweep comes to the rescue. */
  boot(setup?: AppSetup): Promise<TestApp>;
  /** Closes the newest. */
  stop(): Promise<void>;
}

/** The same tests on both; where the server is missing they are left out, but not in CI. */
export function onTwoDatabases(what: string, usual: AppSetup, tests: (site: Site) => void): void {
  for (const { name, make } of twoDatabases) {
    describe(`${what} on ${name}`, () => {
      let database: Database;
      const apps: TestApp[] = [];

      beforeEach(async ({ skip }) => {
        database = await make();
        if (!isThere(database)) skip();
      });
      afterEach(async () => {
        for (const app of apps.splice(0)) await app.close();
        await database.drop();
      });

      const boot = async (setup: AppSetup = {}) => {
        const options = { worker: { heartbeat: '1h', sweepInterval: '1h' }, ...setup.options } as const;
        const app = await bootApp(database, 'database', { ...usual, ...setup, options });
        apps.push(app);
        return app;
      };
      tests({ boot, stop: () => apps.pop()!.close() });
    });
  }
}
