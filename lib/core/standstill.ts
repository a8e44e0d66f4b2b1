/** While a process is suspended or failed, no body starts. */
import { isUnclaimed, type ProcessState, type ProcessStatus } from './process.js';
import { visitKey } from './runnable.js';
import { isActive, isIdle, type Token } from './token.js';

export function standsStill(status: ProcessStatus): boolean {
  return status === 'suspended' || status === 'failed';
}

/** A token that was not there before the process stood still has not begun. One that was there may have. */
export function standingStill(before: readonly Token[], tokens: readonly Token[]): Token[] {
  const known = new Map(before.map((token) => [visitKey(token), token]));
  const begun = (token: Token) => {
    const same = known.get(visitKey(token));
    return same !== undefined && isActive(same) && !isIdle(same);
  };
  return tokens.map((token) => (isActive(token) && !begun(token) ? { ...token, idle: true } : token));
}

/** Once its last running body has ended, no worker need hold a process that stands still. */
export function needsNoWorker({ worker, tokens }: Pick<ProcessState, 'worker' | 'tokens'>): boolean {
  return isUnclaimed(worker) || !tokens.some((token) => isActive(token) && !isIdle(token));
}
