/** Addresses by which messages find their waits. Each kind has its own prefix, so that no two kinds share an address. */

export function responseAddress(correlationId: string): string {
  return `r:${correlationId}`;
}

/** The process and the step run that asked, if the correlation id is one of ours. It may be a guess: only the process can tell. */
export function askerIn(address: string): Asker | undefined {
  const found = /^r:(.+)\.(\d+)(?:\.u(\d+))?\.[\w-]{22}$/.exec(address) ?? /^r:(.+)\.(\d+)(?:\.u(\d+))?$/.exec(address);
  return found ? { id: found[1]!, run: Number(found[2]), ...(found[3] !== undefined && { undo: Number(found[3]) }) } : undefined;
}

/** The step run that asked. `undo`: what undoes it has asked, as a part of this undo. */
export interface Asker {
  readonly id: string;
  readonly run: number;
  readonly undo?: number;
}

/** The address of the note that a step run which asked under this id of theirs is over, without an answer. */
export function overAddress(correlationId: string): string {
  return `x:${correlationId}`;
}

/** True for responses and events: they come from outside, and may be for no process at all. */
export function isFromOutside(address: string): boolean {
  return isResponse(address) || isEvent(address);
}

export function isResponse(address: string): boolean {
  return address.startsWith('r:');
}

/**
 * Colons in the name of the event are escaped, so event `a` with key `b:c` differs from event `a:b` with key `c`. So is the sign before
 * the name of the key, so a key with a name differs from every key without one. The name of a key has neither colons nor backslashes.
 */
export function eventAddress(event: string, key: string, keyName?: string): string {
  return `e:${event.replace(/[\\:]/g, '\\$&')}${keyName === undefined ? '' : `\\=${keyName}`}:${key}`;
}

export function isEvent(address: string): boolean {
  return address.startsWith('e:');
}

const EVENT = /^e:((?:\\[\\:]|[^\\:])*)(?:\\=([^\\:]*))?:/s;

/** The name of the event; null: the address is not of an event. */
export function eventIn(address: string): string | null {
  return EVENT.exec(address)?.[1]?.replace(/\\(.)/gs, '$1') ?? null;
}

/** The name of the key, if it has one. */
export function keyNameIn(address: string): string | undefined {
  return EVENT.exec(address)?.[2];
}

/** The key under which an event was emitted. */
export function eventKeyIn(address: string): string {
  return address.slice(eventAddress(eventIn(address) ?? '', '', keyNameIn(address)).length);
}

/** The address of records about an event that only one wait may get: which wait was chosen. */
export function turnAddress(messageId: string): string {
  return `o:${messageId}`;
}

export function inputAddress(processId: string, run: number): string {
  return `i:${processId}.${run}`;
}

/** The address of the request for a child. */
export function startAddress(childId: string): string {
  return `s:${childId}`;
}

export function asksForChild(address: string): boolean {
  return address.startsWith('s:');
}

/** The address where a parent waits for the end of its child. */
export function childAddress(id: string): string {
  return `c:${id}`;
}

export function tellsOfChild(address: string): boolean {
  return address.startsWith('c:');
}

/** The address of the message that a body gets for a detached child. */
export function detachedAddress(childId: string): string {
  return `d:${childId}`;
}

/** The name that people know: a correlation id, the id of a child, the name of an event. An input has none. */
export function nameIn(address: string): string | null {
  return isResponse(address) || tellsOfChild(address) ? namedIn(address) : eventIn(address);
}

/** The address without its prefix: a correlation id, or the id of a child. */
export function namedIn(address: string): string {
  return address.slice(2);
}
