import { appended } from '../values/appended.js';
import type { Token } from './token.js';

/** Tokens by key, in the order in which they came. Most processes have one token, so a list is faster than a map. */
export class TokenList {
  private list: Token[];

  constructor(tokens: readonly Token[]) {
    this.list = tokens.slice();
  }

  all(): readonly Token[] {
    return this.list;
  }

  get size(): number {
    return this.list.length;
  }

  get(key: string): Token | undefined {
    for (const token of this.list) if (token.key === key) return token;
    return undefined;
  }

  some(is: (token: Token) => boolean): boolean {
    for (const token of this.list) if (is(token)) return true;
    return false;
  }

  /** Replaces the token with the same key, else appends. */
  put(token: Token): void {
    const at = this.placeOf(token.key);
    if (at < 0) this.list = appended(this.list, token);
    else this.list[at] = token;
  }

  delete(key: string): void {
    const at = this.placeOf(key);
    if (at < 0) return;
    if (this.list.length === 1) this.list.pop();
    else this.list.splice(at, 1);
  }

  /** Keeps the tokens that match. */
  keep(is: (token: Token) => boolean): void {
    this.list = this.list.filter(is);
  }

  private placeOf(key: string): number {
    for (let at = 0; at < this.list.length; at++) if (this.list[at]!.key === key) return at;
    return -1;
  }
}
