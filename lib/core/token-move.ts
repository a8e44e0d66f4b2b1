import type { CarriedData } from './token.js';

/** A token on its way to a node, or to the end of its branch. */
export interface TokenMove {
  readonly key: string;
  readonly to: string;
  readonly carried?: CarriedData;
}
