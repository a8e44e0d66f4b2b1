import type { Class } from '../values/types.js';

/** A process: its id, or its workflow and group id. Reading finds the live one, else the latest; writing only the live one. */
export type ProcessRef<W extends Class | string = Class | string> = string | { readonly workflow: W; readonly groupId: string };

/** The same as a {@link ProcessRef}, after the workflow has been named. */
export type ProcessOf = string | { readonly groupId: string };
