/** The pages of the console. `console/embed.mjs` replaces this module in `dist` by one that holds what was built of `console/`. */
export interface ConsoleAssets {
  /** The version of this package. */
  readonly version: string;
  /** The page, which is the same for all paths. */
  readonly index: string;
  /** The texts of its scripts and styles, by name. The name holds a hash of the text. */
  readonly files: Readonly<Record<string, string>>;
}

/** Null: the pages were not built. */
export const consoleAssets: ConsoleAssets | null = null as ConsoleAssets | null;
