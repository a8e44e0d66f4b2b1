/** Mutants that no test notices, each with the reason why none can. */
export const SURVIVORS: ReadonlyMap<string, string> = new Map([]);
