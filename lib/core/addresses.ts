/** What a message finds its wait by. Each kind has a letter of its own, so that no two kinds share an address. */

export function responseAddress(correlationId: string): string {
  return `r:${correlationId}`;
}

/** The first colon that is not escaped ends the name: `a` for `b:c` is not `a:b` for `c`. */
export function eventAddress(event: string, key: string): string {
  return `e:${event.replace(/[\\:]/g, '\\$&')}:${key}`;
}

/** The name of the event of an address. */
export function eventIn(address: string): string | null {
  const name = /^e:((?:\\.|[^\\:])*):/s.exec(address)?.[1];
  return name === undefined ? null : name.replace(/\\(.)/gs, '$1');
}

export function inputAddress(processId: string, run: number): string {
  return `i:${processId}.${run}`;
}
