/** What a message finds its wait by. Each kind has a letter of its own, so that no two kinds share an address. */

export function responseAddress(correlationId: string): string {
  return `r:${correlationId}`;
}

/** The process that asked, where the correlation id is one of ours. */
export function askerIn(address: string): string | undefined {
  return /^r:(.+)\.\d+$/.exec(address)?.[1];
}

/** The first colon that is not escaped ends the name: `a` for `b:c` is not `a:b` for `c`. */
export function eventAddress(event: string, key: string): string {
  return `e:${event.replace(/[\\:]/g, '\\$&')}:${key}`;
}

export function isEvent(address: string): boolean {
  return address.startsWith('e:');
}

/** The name of the event of an address. */
export function eventIn(address: string): string | null {
  const name = /^e:((?:\\.|[^\\:])*):/s.exec(address)?.[1];
  return name === undefined ? null : name.replace(/\\(.)/gs, '$1');
}

/** Of events that are for one wait only: whose turn it is to have this one. */
export function turnAddress(messageId: string): string {
  return `o:${messageId}`;
}

export function inputAddress(processId: string, run: number): string {
  return `i:${processId}.${run}`;
}

/** Where a child is asked for. */
export function startAddress(childId: string): string {
  return `s:${childId}`;
}

export function asksForChild(address: string): boolean {
  return address.startsWith('s:');
}

/** Where a parent waits for the end of its child. */
export function childAddress(id: string): string {
  return `c:${id}`;
}

export function tellsOfChild(address: string): boolean {
  return address.startsWith('c:');
}

/** What the body is given whose child goes its own way. */
export function detachedAddress(childId: string): string {
  return `d:${childId}`;
}

/** What people know it by: a correlation id, the id of a child, the name of an event. An input has no name. */
export function nameIn(address: string): string | null {
  return address.startsWith('r:') || tellsOfChild(address) ? namedIn(address) : eventIn(address);
}

/** The correlation id, or the id of a child: all of the address. */
export function namedIn(address: string): string {
  return address.slice(2);
}
