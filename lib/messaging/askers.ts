/** Whether a process has asked under a correlation id, and is not done with it. */
import { type Asker, askerIn, namedIn } from '../core/addresses.js';
import type { MessageState } from '../core/change.js';
import { correlationOf, undoCorrelationOf } from '../core/correlation.js';
import { isFinished, type ProcessState } from '../core/process.js';
import type { Token } from '../core/token.js';
import type { ProcessStore } from '../store/process-store.js';
import { stateOf } from '../writer/batch-loader.js';

/** Whether one of these tokens has asked under this id, of ours or of a partner, and is not done with it. */
export function asksUnder(address: string, tokens: readonly Token[]): boolean {
  const [asker, name] = [askerIn(address), namedIn(address)];
  return tokens.some((token) => {
    if (token.does === 'undo') return token.run === asker?.undo || token.tried?.correlation === name;
    return (token.run === asker?.run && asker.undo === undefined) || ('correlation' in token && token.correlation === name);
  });
}

/** The id under which it would have asked. */
export function asksAs(process: ProcessState, { run, undo }: Asker): string {
  return undo === undefined ? correlationOf(process, { run }) : undoCorrelationOf(process, undo, { run });
}

/** Whether the step run that the id of an answer names has yet to wait for it, or to try again. Of an id of a partner nothing is known before. */
export async function isAskedFor(store: ProcessStore, { address }: MessageState): Promise<boolean> {
  const asker = askerIn(address);
  const process = asker && (await stateOf(store, asker.id));
  if (!process || isFinished(process.status) || asksAs(process, asker) !== namedIn(address)) return false;
  return asksUnder(address, process.tokens) || isParked(store, address, process.id);
}

export async function isParked(store: ProcessStore, address: string, id: string): Promise<boolean> {
  const waits = await store.queries.waitsOf(id);
  return asksUnder(address, waits.map(({ token }) => token)); // prettier-ignore
}
