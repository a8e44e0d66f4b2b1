import { brokerKinds } from './broker-kinds.js';
import { type BreakableServer, programsOf, reasonOf, type ServerKind, startServer } from './servers.js';

function kindOf(name: string): ServerKind {
  return brokerKinds.find((kind) => kind.name === name)!;
}

/** Where it is: the environment says so, or the usual place. `test/global-setup.ts` has started one where none was. */
export function brokerUrl(name: string): string {
  const { variable, usual } = kindOf(name);
  return process.env[variable] ?? usual;
}

/** Why there is none; null if there is one. */
export async function missingBroker(name: string): Promise<string | null> {
  const url = brokerUrl(name);
  return kindOf(name).ask(url).then(() => null, (error: unknown) => `none at ${url}: ${reasonOf(error)}`); // prettier-ignore
}

/** One to break, or null where its programs are not installed. */
export async function breakableBroker(name: string): Promise<BreakableServer | null> {
  const kind = kindOf(name);
  const { found, missing } = programsOf(kind);
  return missing.length > 0 ? null : startServer(kind, found);
}
