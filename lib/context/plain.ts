import { tagOf } from '../values/describe-error.js';
import type { Json, JsonObject } from '../values/json.js';
import { UnserialisableValueError, ValueTooLargeError } from '../values/errors.js';

/** The most that a row should hold of a context or a message. Larger data belongs elsewhere. */
export const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 100;
const POISONOUS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * The value as data that reads back as it was. Dates become ISO strings, objects with `toJSON` become its result.
 * @throws UnserialisableValueError for what JSON would lose or change silently, naming the place
 */
export function plain(value: unknown, place: string, depth = 0): Json {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return wellFormed(value, place);
  if (typeof value === 'number') return finite(value, place);
  if (typeof value !== 'object') throw new UnserialisableValueError(place, `it is ${value === undefined ? 'undefined' : `a ${typeof value}`}`);
  checkDepth(place, depth);
  if (Array.isArray(value)) return Array.from(value, (each, i) => plain(each, `${place}[${i}]`, depth + 1)); // a gap is undefined, and refused
  if ('toJSON' in value && typeof value.toJSON === 'function') return plain(jsonOf(value as { toJSON(): unknown }, place), place, depth + 1);
  checkKind(value, place);
  return plainObject(value, place, depth);
}

export function plainObject(value: object, place: string, depth = 0): JsonObject {
  const result: Record<string, Json> = {};
  for (const key of Object.keys(value)) {
    const inner = (value as Record<string, unknown>)[key];
    if (POISONOUS.has(key)) throw new UnserialisableValueError(placeIn(place, key), 'no key may be called that');
    if (inner !== undefined) result[wellFormed(key, place)] = plain(inner, placeIn(place, key), depth + 1);
  }
  return result;
}

function checkDepth(place: string, depth: number): void {
  if (depth > MAX_DEPTH) throw new UnserialisableValueError(place, `it is nested more than ${MAX_DEPTH} deep, or in a circle`);
}

/** The kind of an object that JSON would empty or change: Promise, Map, RegExp, Uint8Array... Null: the value is data. */
export function kindOfValue(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Date) return null;
  const kind = tagOf(value);
  return kind === 'Object' ? null : kind;
}

export function checkKind(value: unknown, place: string): void {
  const kind = kindOfValue(value);
  if (kind !== null) throw new UnserialisableValueError(place, `it is a ${kind}: ${kind === 'Promise' ? 'await it' : 'store an array or an object'}`);
}

/**
 * Refuses values that class-transformer would leave out or change silently. Objects with `toJSON` (Decimal, Luxon...) are not
 * checked, nor is the kind of the direct fields of an object of a class: the class handles these.
 */
export function checkParts(value: unknown, place: string, depth = 0, inPlain = false): void {
  if (typeof value === 'function' || typeof value === 'symbol') throw new UnserialisableValueError(place, `it is a ${typeof value}`);
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return;
  checkDepth(place, depth);
  if (Array.isArray(value)) return checkItems(value, place, depth);
  if (inPlain && depth > 1) checkKind(value, place);
  for (const [key, inner] of Object.entries(value)) {
    if (POISONOUS.has(key)) throw new UnserialisableValueError(placeIn(place, key), 'no key may be called that');
    checkParts(inner, placeIn(place, key), depth + 1, isPlain(value));
  }
}

/** class-transformer would move the items behind a gap. */
function checkItems(items: readonly unknown[], place: string, depth: number): void {
  for (let i = 0; i < items.length; i++) {
    if (!(i in items)) throw new UnserialisableValueError(`${place}[${i}]`, 'it is a gap in a list: store null');
    checkParts(items[i], `${place}[${i}]`, depth + 1, true);
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function placeIn(place: string, key: string): string {
  return place === '' ? key : `${place}.${key}`;
}

function jsonOf(value: { toJSON(): unknown }, place: string): unknown {
  const json = value.toJSON();
  if (json === null && value instanceof Date) throw new UnserialisableValueError(place, 'it is an invalid date');
  return json;
}

function wellFormed(text: string, place: string): string {
  if (text.includes('\0') || !text.isWellFormed())
    throw new UnserialisableValueError(place, 'it has a NUL or half a surrogate pair, which databases do not take');
  return text;
}

function finite(value: number, place: string): number {
  if (!Number.isFinite(value)) throw new UnserialisableValueError(place, `it is ${value}`);
  return value;
}

/** @throws ValueTooLargeError */
export function checkSize(value: Json, place: string, limit = MAX_BYTES): void {
  if (roomLeft(value, limit) >= 0) return; // certainly small enough, so it is written as JSON only once, with its row
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > limit) throw new ValueTooLargeError(place, bytes, limit);
}

/** The bytes of a value as JSON at most: found without writing it. */
export function mostBytesOf(value: Json): number {
  return Number.MAX_SAFE_INTEGER - roomLeft(value, Number.MAX_SAFE_INTEGER);
}

/** How many of the bytes are left at least; below 0, the value has to be measured. A character takes at most 6 bytes as JSON. */
function roomLeft(value: Json, bytes: number): number {
  if (typeof value === 'string') return bytes - 2 - value.length * 6;
  if (typeof value !== 'object' || value === null) return bytes - 25;
  let left = bytes - 2;
  if (Array.isArray(value)) for (let i = 0; i < value.length && left >= 0; i++) left = roomLeft((value as readonly Json[])[i]!, left - 1);
  else for (const key in value) if (left >= 0) left = roomLeft((value as JsonObject)[key]!, left - 4 - key.length * 6);
  return left;
}

/** A copy that shares nothing with the value, so that a body may change it. */
export function copy<T extends Json>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each: Json) => copy(each)) as unknown as T;
  const result: Record<string, Json> = {};
  for (const key in value) result[key] = copy((value as JsonObject)[key]!);
  return result as unknown as T;
}
