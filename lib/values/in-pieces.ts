/** Works on some at a time, and joins the results in order. */
export async function inPieces<T, R>(all: readonly T[], size: number, work: (each: T) => Promise<readonly R[]>): Promise<R[]> {
  const done: R[] = [];
  for (let from = 0; from < all.length; from += size) done.push(...(await Promise.all(all.slice(from, from + size).map(work))).flat());
  return done;
}
