import { appended } from '../values/appended.js';
import type { Change, Snapshot } from './change.js';
import { ALL, MissingWaits } from './missing-waits.js';
import { isUnder, isUnderAny } from './token-key.js';
import { TokenList } from './token-list.js';
import type { TokenMove } from './token-move.js';
import { activated, type ContainerToken, isContainerToken, type Token } from './token.js';
import { copyOf, standsInBoth, unparked, type WaitState } from './wait.js';
import type { WaitKind, WaitsFor } from './waits-for.js';

/** The process row is written with every decision. When it holds so many tokens, new containers get rows of their own and items wait. */
export const MOST_TOKENS = 64;

const NO_WAITS: Change['waits'] = { clear: false, kill: [], delete: [], put: [] };

/**
 * The tokens of one decision. Rules say that a token runs, waits, holds branches or ends. This class decides whether it is stored
 * in the process row or in a row of its own.
 */
export class DraftTokens {
  /** The tokens of the process row. */
  private readonly standing: TokenList;
  /** Containers that have, or get, rows of their own. */
  private held: Map<string, ContainerToken> | undefined;
  private waits: Map<string, WaitState> | undefined;
  private gone: Set<string> | undefined;
  private killed: Set<string> | undefined;
  /** The tokens of waits that were read, and ended by their key. */
  ended: Token[] | undefined;
  private clear = false;
  private moves: TokenMove[] | undefined;

  constructor(readonly before: Snapshot) {
    this.standing = new TokenList(before.process.tokens);
  }

  /* ------------------------------------------------------------- what stands where ---- */

  /** A token, or the copy of a waiting one, in the process row; or a container with its own row that this decision changed. */
  token(key: string): Token | undefined {
    return this.standing.get(key) ?? this.held?.get(key);
  }

  protected rowTokens(): readonly Token[] {
    return this.standing.all();
  }

  allTokens(): Token[] {
    return [...this.standing.all(), ...(this.held?.values() ?? [])];
  }

  /** Called after every event, mostly with one token, so it builds no list. */
  someToken(is: (token: Token) => boolean): boolean {
    if (this.standing.some(is)) return true;
    if (this.held) for (const token of this.held.values()) if (is(token)) return true;
    return false;
  }

  /** True while a token of this step run stands. */
  hasRun(run: number): boolean {
    return this.someToken((token) => token.run === run) || [...(this.waits?.values() ?? [])].some(({ token }) => token.run === run);
  }

  /** @throws MissingWaits if the wait has not been read */
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

  /** The container at this key. @throws MissingWaits */
  container(key: string): ContainerToken | undefined {
    const found = this.token(key) ?? this.parked(key)?.token;
    return isContainerToken(found) ? found : undefined;
  }

  /* -------------------------------------------------------------- run, wait, hold, end ---- */

  /** Puts a token into the process row: it can run now, or has failed and waits for a person. */
  run(token: Token): void {
    this.endWait(token.key);
    this.standing.put(unparked(token));
  }

  /** Parks a token in a row of its own. The process row keeps a copy of what every version looks at, and of events. */
  wait(token: Token, waitsFor: WaitsFor): void {
    const { key } = token;
    const waiting = activated(unparked(token));
    this.standing.delete(key);
    (this.waits ??= new Map<string, WaitState>()).set(key, { token: waiting, waitsFor });
    if (standsInBoth(token, waitsFor) && this.hasRoomFor(waitsFor)) this.standing.put(copyOf(waiting, waitsFor));
  }

  /** Of tasks, and of bodies that a pause holds back, there may be as many as there are items of a list. */
  private hasRoomFor({ kind }: WaitsFor): boolean {
    return (kind !== 'task' && kind !== 'pause') || this.standing.size < MOST_TOKENS;
  }

  /** Keeps only the copy, while there is nothing to wait for. */
  keepCopy(token: Token, parked: WaitKind): void {
    this.endWait(token.key);
    this.standing.put({ ...unparked(token), parked });
  }

  /** Stores a container where it already is. A new container goes into the process row while there is room. */
  hold(container: ContainerToken): void {
    const { key } = container;
    const fits = this.standing.get(key) !== undefined || (this.standing.size < MOST_TOKENS && !this.hasOwnRow(key));
    if (fits) this.standing.put(container);
    else (this.held ??= new Map<string, ContainerToken>()).set(key, container);
  }

  private hasOwnRow(key: string): boolean {
    return this.held?.has(key) === true || (this.before.waits.has(key) && !this.hasEnded(key));
  }

  /** Ends a token and its wait. */
  end(key: string): void {
    this.endWait(key);
    this.standing.delete(key);
    this.held?.delete(key);
  }

  /** Deletes the row of the wait, if there is one: it was read with the event, or the process row has a copy. */
  private endWait(key: string): void {
    const wait = this.before.waits.get(key);
    if (wait && !this.gone?.has(key)) this.ended = appended(this.ended, wait.token);
    if (wait || this.standing.get(key)?.parked !== undefined) this.drop(key);
    else this.waits?.delete(key);
  }

  /** Deletes the row of the wait, whether it was read or not. */
  drop(key: string): void {
    this.waits?.delete(key);
    if (!this.clear) (this.gone ??= new Set()).add(key);
  }

  /** Ends every token and every wait. */
  endAll(): void {
    this.standing.keep(() => false);
    this.clear = true;
    this.held = this.waits = this.gone = this.killed = undefined;
    this.moves = undefined;
  }

  /** Ends every branch under this key, with its timers, reminders and undos. */
  endUnder(above: string): void {
    this.standing.keep(({ key }) => !isUnder(key, above));
    if (this.held) for (const key of this.held.keys()) if (isUnder(key, above)) this.held.delete(key);
    if (this.waits) for (const key of this.waits.keys()) if (isUnder(key, above)) this.waits.delete(key);
    if (!this.clear) (this.killed ??= new Set()).add(above);
    this.moves = this.moves?.filter(({ key }) => !isUnder(key, above));
  }

  /** Ends one branch: the token at this key and everything under it. */
  endBranch(key: string): void {
    this.endUnder(key);
    this.standing.delete(key);
    this.held?.delete(key);
    this.drop(key);
    this.moves = this.moves?.filter((move) => move.key !== key);
  }

  /** Sends tokens on their way. The first of them arrives first. */
  send(...moves: readonly TokenMove[]): void {
    for (let i = moves.length - 1; i >= 0; i--) this.moves = appended(this.moves, moves[i]!);
  }

  nextMove(): TokenMove | undefined {
    return this.moves?.pop();
  }

  /** The changes to the rows of waits. */
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
