import type { Change, Snapshot } from './change.js';
import { ALL, MissingWaits } from './missing-waits.js';
import { isUnder, isUnderAny } from './token-key.js';
import { TokenList } from './token-list.js';
import { activated, type CarriedData, type ContainerToken, isContainerToken, isEventToken, type Token, unparked } from './token.js';
import type { WaitState } from './wait.js';
import type { WaitsFor } from './waits-for.js';

/** The process row, which is written with every decision, holds at most so many tokens. The others have rows of their own. */
export const MOST_TOKENS = 64;

/** A token on its way: to a node, or to the end of its branch. */
export interface TokenMove {
  readonly key: string;
  readonly to: string;
  readonly carried?: CarriedData;
}

const NO_WAITS: Change['waits'] = { clear: false, kill: [], delete: [], put: [] };

/**
 * The tokens of one decision. Rules say that a token runs, waits, holds branches or ends. Whether that is a place in the process
 * row or a row of its own is decided here.
 */
export class DraftTokens {
  /** Those of the process row. */
  private readonly standing: TokenList;
  /** Containers that have, or get, rows of their own. */
  private held: Map<string, ContainerToken> | undefined;
  private waits: Map<string, WaitState> | undefined;
  private gone: Set<string> | undefined;
  private killed: Set<string> | undefined;
  private clear = false;
  private moves: TokenMove[] = [];

  constructor(readonly before: Snapshot) {
    this.standing = new TokenList(before.process.tokens);
  }

  /* ------------------------------------------------------------- what stands where ---- */

  /** A token of the process row: one that can run, has failed or holds branches, and the copy of one that each version looks at. */
  token(key: string): Token | undefined {
    return this.standing.get(key) ?? this.held?.get(key);
  }

  /** Those of the process row. */
  protected rowTokens(): readonly Token[] {
    return this.standing.all();
  }

  allTokens(): Token[] {
    return [...this.standing.all(), ...(this.held?.values() ?? [])];
  }

  /** Asked after every event, mostly of one token: no list is made for it. */
  someToken(is: (token: Token) => boolean): boolean {
    if (this.standing.some(is)) return true;
    if (this.held) for (const token of this.held.values()) if (is(token)) return true;
    return false;
  }

  /** @throws MissingWaits if it has not been read */
  parked(key: string): WaitState | undefined {
    const written = this.waits?.get(key);
    if (written) return written;
    if (this.hasEnded(key)) return undefined;
    this.need([key]);
    return this.before.waits.get(key);
  }

  /** @throws MissingWaits */
  need(keys: readonly string[]): void {
    const missing = keys.filter((key) => this.isUnknown(key));
    if (missing.length > 0) throw new MissingWaits(missing);
  }

  private isUnknown(key: string): boolean {
    const { asked, waits } = this.before;
    if (!asked || asked.has(key) || asked.has(ALL)) return false;
    return !waits.has(key) && !this.waits?.has(key) && !this.hasEnded(key);
  }

  /** @throws MissingWaits unless all have been read */
  allParked(): WaitState[] {
    this.need([ALL]);
    const written = this.waits ? [...this.waits.values()] : [];
    return [...[...this.before.waits.values()].filter(({ token: { key } }) => !this.waits?.has(key) && !this.hasEnded(key)), ...written];
  }

  private hasEnded(key: string): boolean {
    return this.clear || this.gone?.has(key) === true || (this.killed !== undefined && isUnderAny(key, this.killed));
  }

  /** What holds the branches under this key together. */
  container(key: string): ContainerToken | undefined {
    const found = this.token(key) ?? this.parked(key)?.token;
    return isContainerToken(found) ? found : undefined;
  }

  /* -------------------------------------------------------------- run, wait, hold, end ---- */

  /** It can run now; or it has failed, and stays for a person. */
  run(token: Token): void {
    this.endWait(token.key);
    this.standing.put(unparked(token));
  }

  /** It waits in a row of its own. The process row has a copy of what each version of the context looks at. */
  wait(token: Token, waitsFor: WaitsFor): void {
    const { key } = token;
    const waiting = activated(unparked(token));
    this.standing.delete(key);
    (this.waits ??= new Map<string, WaitState>()).set(key, { token: waiting, waitsFor });
    if (waitsFor.kind === 'condition' || isEventToken(token)) this.standing.put({ ...waiting, parked: waitsFor.kind } as Token);
  }

  /** It holds branches together, and stays where it stands. A new one stands in the process row as long as there is room. */
  hold(container: ContainerToken): void {
    const { key } = container;
    const fits = this.standing.get(key) !== undefined || (this.standing.size < MOST_TOKENS && !this.hasOwnRow(key));
    if (fits) this.standing.put(container);
    else (this.held ??= new Map<string, ContainerToken>()).set(key, container);
  }

  private hasOwnRow(key: string): boolean {
    return this.held?.has(key) === true || (this.before.waits.has(key) && !this.hasEnded(key));
  }

  /** It is over. */
  end(key: string): void {
    this.endWait(key);
    this.standing.delete(key);
    this.held?.delete(key);
  }

  /** Its row goes, if it has one: the row was read with the event, or the copy in the process row tells of it. */
  private endWait(key: string): void {
    if (this.before.waits.has(key) || this.standing.get(key)?.parked !== undefined) this.drop(key);
    else this.waits?.delete(key);
  }

  /** Its row goes, whether it was read or not. */
  drop(key: string): void {
    this.waits?.delete(key);
    if (!this.clear) (this.gone ??= new Set()).add(key);
  }

  /** Ends every token of the flow. Unsolicited events stay, unless the process ends with them. */
  endAll(keep: (token: Token) => boolean = isEventToken): void {
    this.standing.keep(keep, unparked); // the rows go: those that stay need not wait longer
    this.clear = true;
    this.held = this.waits = this.gone = this.killed = undefined;
    this.moves = [];
  }

  /** Ends every branch under this key, and what watches over it. */
  endUnder(above: string): void {
    this.standing.keep(({ key }) => !isUnder(key, above));
    if (this.held) for (const key of this.held.keys()) if (isUnder(key, above)) this.held.delete(key);
    if (this.waits) for (const key of this.waits.keys()) if (isUnder(key, above)) this.waits.delete(key);
    if (!this.clear) (this.killed ??= new Set()).add(above);
    this.moves = this.moves.filter(({ key }) => !isUnder(key, above));
  }

  /** Ends one branch: what stands at this key, and under it. */
  endBranch(key: string): void {
    this.endUnder(key);
    this.standing.delete(key);
    this.held?.delete(key);
    this.drop(key);
    this.moves = this.moves.filter((move) => move.key !== key);
  }

  /** Sends tokens on their way. The first of them arrives first. */
  send(...moves: readonly TokenMove[]): void {
    for (let i = moves.length - 1; i >= 0; i--) this.moves.push(moves[i]!);
  }

  nextMove(): TokenMove | undefined {
    return this.moves.pop();
  }

  /** What becomes of the rows. */
  protected waitChanges(): Change['waits'] {
    if (this.held)
      for (const token of this.held.values()) (this.waits ??= new Map<string, WaitState>()).set(token.key, { token, waitsFor: { kind: 'branches' } });
    const { clear, waits, gone, killed } = this;
    if (!clear && !waits && !gone && !killed) return NO_WAITS;
    return {
      clear,
      kill: killed ? [...killed] : [],
      delete: gone ? [...gone].filter((key) => !waits?.has(key)) : [],
      put: waits ? [...waits.values()] : [],
    };
  }
}
