/** What test files import in the place of `vitest`: the tests are collected here, and run by {@link runCases}. */
import { collected, type Hook, type TestFunction } from './cases.js';

export { expect, vi } from 'vitest';

type Body = TestFunction | object | number | undefined;

export const describe = Object.assign((title: string, ...given: (Body | (() => void))[]) => collected.suite(title, functionIn(given)), {
  skipIf: (skipped: unknown) => (skipped ? ignored : describe),
  skip: ignored,
  each: (table: readonly unknown[]) => (title: string, body: (...row: any[]) => void) =>
    table.forEach((row, i) => describe(`${title} ${i}`, () => body(...argumentsOf(row)))),
});

export const it = Object.assign((title: string, ...given: Body[]) => collected.test(title, functionIn(given)), {
  skipIf: (skipped: unknown) => (skipped ? ignored : it),
  runIf: (wanted: unknown) => (wanted ? it : ignored),
  skip: ignored,
  each: (table: readonly unknown[]) => (title: string, body: (...row: any[]) => unknown) =>
    table.forEach((row, i) => it(`${title} ${i}`, () => body(...argumentsOf(row)))),
});

export const test = it;
export const beforeAll = (hook: Hook) => collected.hook('beforeAll', hook);
export const beforeEach = (hook: Hook) => collected.hook('beforeEach', hook);
export const afterEach = (hook: Hook) => collected.hook('afterEach', hook);
export const afterAll = (hook: Hook) => collected.hook('afterAll', hook);

function ignored(): void {}

function functionIn(given: readonly unknown[]): TestFunction {
  return given.find((each) => typeof each === 'function') as TestFunction;
}

function argumentsOf(row: unknown): unknown[] {
  return Array.isArray(row) ? row : [row];
}
