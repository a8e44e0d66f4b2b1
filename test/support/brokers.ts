import { brokerKinds } from './broker-kinds.js';
import { type BreakableServer, programsOf, reasonOf, serverKinds, type ServerKind, startServer } from './servers.js';

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

/** One to break, which keeps on its disk what it has acknowledged; or null where its programs are not installed. In CI they are. */
export async function breakableBroker(name: string): Promise<BreakableServer | null> {
  const kind = durable(serverKinds.find((each) => each.name === name)!);
  const { found, missing } = programsOf(kind);
  if (missing.length > 0 && process.env.CI) throw new Error(`${name}: no ${missing.join(', ')} to start`);
  return missing.length > 0 ? null : startServer(kind, found);
}

/** The others are so anyway. Redis, by default, answers before it writes while its disk is slow. */
function durable(kind: ServerKind): ServerKind {
  const settings = ['--appendonly', 'yes', '--appendfsync', 'always'];
  return kind.name !== 'Redis' ? kind : { ...kind, command: (...given) => [...kind.command(...given), ...settings] };
}
