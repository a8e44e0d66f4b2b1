import type { Snapshot } from './change.js';
import { isUnder, isUnderAny } from './keys.js';
import { toToken, isCondition, isEventToken, type Token, type WaitState, toWait } from './process.js';

/** So many tokens stand in the process row at most, which is written with every decision; the others have rows of their own. */
export const MOST_TOKENS = 64;

/** In place of a key: all waits of the process. */
export const ALL = '*';

/** Thrown where a decision needs to see parked tokens that nobody has read: the reader reads them, and it is decided again. */
export class Missing extends Error {
  override readonly name = 'Missing';
  constructor(readonly keys: readonly string[]) {
    super(`not read: ${keys.join(', ')}`);
  }
}

/** A token on its way: to a node, or to the end of its branch. */
export interface TokenMove {
  readonly key: string;
  readonly to: string;
  readonly carried?: CarriedData;
}

/** What a token takes along from node to node. */
export type CarriedData = Pick<Token, 'item' | 'index' | 'previous'>;

export const NOTHING_CARRIED: CarriedData = {};

export function carriedOf({ item, index, previous }: CarriedData): CarriedData {
  if (item === undefined && index === undefined) return previous === undefined ? NOTHING_CARRIED : { previous };
  return { ...(item !== undefined && { item }), ...(index !== undefined && { index }), ...(previous !== undefined && { previous }) };
}

/** The tokens of one decision: where they stand, which rows come and go with that, and who is on the way. */
export class Tokens {
  private readonly row: Map<string, Token>;
  private readonly put = new Map<string, WaitState>();
  private readonly gone = new Set<string>();
  private readonly killed = new Set<string>();
  private clear = false;
  private journeys: TokenMove[] = [];

  constructor(readonly before: Snapshot) {
    this.row = new Map(before.process.tokens.map((token) => [token.key, token]));
  }

  /** As it stands in the process row. */
  token(key: string): Token | undefined {
    return this.row.get(key);
  }

  allTokens(): Token[] {
    return [...this.row.values()];
  }

  /** Asked after every event, of mostly one token: no list is made for it. */
  someToken(is: (token: Token) => boolean): boolean {
    for (const token of this.row.values()) if (is(token)) return true;
    return false;
  }

  /** @throws Missing if nobody has read it */
  parked(key: string): WaitState | undefined {
    if (this.put.has(key)) return this.put.get(key);
    if (this.hasEnded(key)) return undefined;
    this.need([key]);
    return this.before.waits.get(key);
  }

  need(keys: readonly string[]): void {
    const { asked, waits } = this.before;
    const missing = keys.filter((key) => asked && !asked.has(key) && !asked.has(ALL) && !waits.has(key) && !this.put.has(key) && !this.hasEnded(key));
    if (missing.length > 0) throw new Missing(missing);
  }

  /** @throws Missing unless all have been read */
  allParked(): WaitState[] {
    this.need([ALL]);
    return [...[...this.before.waits.values()].filter(({ key }) => !this.put.has(key) && !this.hasEnded(key)), ...this.put.values()];
  }

  private hasEnded(key: string): boolean {
    return this.clear || this.gone.has(key) || isUnderAny(key, this.killed);
  }

  /** What holds the branches under this key together. */
  container(key: string): Token | undefined {
    const standing = this.row.get(key) ?? this.parked(key);
    if (standing?.does !== 'branches') return undefined;
    return 'kind' in standing ? toToken(standing as WaitState) : standing;
  }

  /** Containers with items that have not begun. */
  withTurns(): Token[] {
    const found: Token[] = [];
    for (const token of this.row.values()) if (hasTurns(token)) found.push(token);
    for (const token of this.put.values()) if (hasTurns(token)) found.push(token);
    return found;
  }

  /** The token stands in the process row: it can run, has failed, or holds branches together. */
  place(token: Token): void {
    this.unpark(token.key);
    this.row.set(token.key, token);
  }

  /**
   * The token waits, in a row of its own. What each version looks at stands in the process row as well: a condition,
   * and an accepted event, without which the process must not end.
   */
  park(wait: WaitState): void {
    this.row.delete(wait.key);
    this.put.set(wait.key, wait);
    if (isCondition(wait) || isEventToken(wait)) this.row.set(wait.key, wait);
  }

  /** A container stands in the process row as long as there is room, and stays where it stands. */
  hold(container: Token): void {
    const { key } = container;
    const stands = this.row.has(key) || (!this.isParked(key) && this.row.size < MOST_TOKENS);
    if (stands) this.row.set(key, container);
    else this.park(toWait(container, 'branches', {}));
  }

  private isParked(key: string): boolean {
    return this.put.has(key) || (!this.hasEnded(key) && this.before.waits.has(key));
  }

  remove(key: string): void {
    this.unpark(key);
    this.row.delete(key);
  }

  /** Its row goes, if it has one: it was read with the event, or the process row says so. */
  private unpark(key: string): void {
    this.put.delete(key);
    const stands = this.before.waits.has(key) || this.before.process.tokens.some((token) => token.key === key && 'kind' in token);
    if (stands) this.drop(key);
  }

  /** Its row goes, whether it was read or not. */
  drop(key: string): void {
    this.put.delete(key);
    if (!this.clear) this.gone.add(key);
  }

  /** Ends every token of the flow; accepted events stay, unless the process ends with them. */
  removeAll(keep: (token: Token) => boolean = isEventToken): void {
    for (const token of this.allTokens()) {
      if (!keep(token)) this.row.delete(token.key);
      else if ('kind' in token) this.row.set(token.key, toToken(token as WaitState)); // its row goes; it need not wait longer
    }
    this.clear = true;
    for (const waits of [this.put, this.gone, this.killed]) waits.clear();
    this.journeys = [];
  }

  /** Ends every branch under this key, and what watches over it. */
  removeUnder(above: string, keep: (token: Token) => boolean = () => false): void {
    for (const token of this.allTokens()) if (isUnder(token.key, above) && !keep(token)) this.row.delete(token.key);
    for (const key of this.put.keys()) if (isUnder(key, above)) this.put.delete(key);
    if (!this.clear) this.killed.add(above);
    this.journeys = this.journeys.filter(({ key }) => !isUnder(key, above));
  }

  /** Ends one branch: who stands at this key, and under it. */
  removeBranch(key: string): void {
    this.removeUnder(key);
    this.row.delete(key);
    this.drop(key);
    this.journeys = this.journeys.filter((journey) => journey.key !== key);
  }

  /** Sends tokens on their way; the first of them arrives first. */
  send(...journeys: readonly TokenMove[]): void {
    for (const journey of journeys.toReversed()) this.journeys.push(journey);
  }

  nextJourney(): TokenMove | undefined {
    return this.journeys.pop();
  }

  protected get rows(): { clear: boolean; kill: string[]; delete: string[]; put: WaitState[] } {
    return { clear: this.clear, kill: [...this.killed], delete: [...this.gone].filter((key) => !this.put.has(key)), put: [...this.put.values()] };
  }
}

function hasTurns({ todo, fault }: Token): boolean {
  return todo !== undefined && todo[0] < todo[1] && fault === undefined;
}
