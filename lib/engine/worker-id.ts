import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** New at every boot, because a reused id would be taken for the worker that died. */
export function newWorkerId(): string {
  return `${hostname().slice(0, 60)}-${process.pid}-${randomBytes(4).toString('hex')}`;
}
