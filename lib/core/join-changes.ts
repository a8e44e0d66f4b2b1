import type { Change } from './change.js';
import { isUnderAny } from './token-key.js';
import type { WaitState } from './wait.js';

/** Joins successive changes of one process into one. */
export function joined(changes: readonly Change[]): Change {
  const last = changes[changes.length - 1]!;
  if (changes.length === 1) return last;
  return {
    expected: changes[0]!.expected,
    process: last.process,
    steady: changes.every(({ steady }) => steady === true),
    versions: changes.flatMap(({ versions }) => versions),
    records: changes.flatMap(({ records }) => records),
    waits: joinedWaits(changes.map(({ waits }) => waits)),
    messages: changes.flatMap(({ messages }) => messages),
    outgoing: changes.flatMap(({ outgoing }) => outgoing),
    ...joinedSearch(changes),
  };
}

function joinedSearch(changes: readonly Change[]): Pick<Change, 'search'> {
  const all = changes.flatMap(({ search = [] }) => search);
  return all.length > 0 ? { search: [...new Map(all.map((each) => [each.name, each])).values()] } : {};
}

function joinedWaits(all: readonly Change['waits'][]): Change['waits'] {
  const from = all.findLastIndex(({ clear }) => clear); // waits of changes before the last `clear` need not be written
  const [killed, gone, put] = [new Set<string>(), new Set<string>(), new Map<string, WaitState>()];
  for (const change of from < 0 ? all : all.slice(from)) {
    const kills = new Set(change.kill);
    if (kills.size > 0) for (const key of put.keys()) if (isUnderAny(key, kills)) put.delete(key);
    for (const key of kills) killed.add(key);
    for (const key of change.delete) {
      put.delete(key);
      gone.add(key);
    }
    for (const wait of change.put) put.set(wait.token.key, wait);
  }
  return { clear: from >= 0, kill: [...killed], delete: [...gone].filter((key) => !put.has(key)), put: [...put.values()] };
}
