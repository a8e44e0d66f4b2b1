/** How many orders, and which. */
export interface ShuffleOptions {
  /** The most orders. Default 24: all orders of up to four. */
  readonly times?: number;
  /** Another seed gives other orders; the same seed gives the same ones. Default 1. */
  readonly seed?: number;
}

/**
 * The items in many orders: in every order if there are no more than `times`, else in so many that differ. The first is the order given.
 *
 * @example
 * it.each(shuffles([pay, ship, rate]))('…', async (...messages) => { … });
 */
export function shuffles<T>(items: readonly T[], { times = 24, seed = 1 }: ShuffleOptions = {}): T[][] {
  const places = items.map((_, index) => index);
  const orders = isWithin(places.length, times) ? everyOrder(places) : someOrders(places, times, randomFrom(seed));
  return orders.map((order) => order.map((place) => items[place]!));
}

function isWithin(count: number, most: number): boolean {
  let orders = 1;
  for (let n = 2; n <= count && orders <= most; n++) orders *= n;
  return orders <= most;
}

function everyOrder(places: readonly number[]): number[][] {
  if (places.length <= 1) return [[...places]];
  return places.flatMap((first) => everyOrder(places.filter((place) => place !== first)).map((rest) => [first, ...rest]));
}

function someOrders(places: readonly number[], times: number, random: () => number): number[][] {
  const orders = new Map([[places.join(), [...places]]]);
  while (orders.size < times) {
    const order = shuffled(places, random);
    orders.set(order.join(), order);
  }
  return [...orders.values()];
}

/** By Fisher and Yates. */
function shuffled(places: readonly number[], random: () => number): number[] {
  const order = [...places];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** Numbers from 0 up to 1 by mulberry32, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
