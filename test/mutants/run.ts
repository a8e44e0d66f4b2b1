/** `npm run mutants`: switches mutants on, one at a time, and says which of them no test notices. */
import 'reflect-metadata';
import { resolve } from 'node:path';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { collected, type TestCase } from './cases.js';
import { type Mutant, sampleOf } from './mutant.js';
import { firstNotice, type Known, knownOf, type Notice } from './notice.js';
import { mutantsOf, type Scope, SCOPES } from './scopes.js';
import { FATAL, isFatal, reasonFor, SURVIVORS } from './survivors.js';
import { mutantSwitch } from './switch.js';

const { MUTANTS_SEED = 'argonaut', MUTANTS_COUNT, MUTANTS_SCOPE, MUTANTS_ONLY, MUTANTS_VERBOSE } = process.env;
fc.configureGlobal({ seed: 1 });
Logger.overrideLogger(false);

describe.each(SCOPES.filter(({ name }) => MUTANTS_SCOPE === undefined || MUTANTS_SCOPE.split(',').includes(name)))('$name', (scope) => {
  it('every mutant is noticed, or explained', async () => {
    const loaded = await load(scope);
    const known = await knownOf(loaded.cases, scope.database ? Infinity : undefined);
    const tried: Tried[] = [];
    for (const mutant of chosen(scope)) tried.push({ mutant, notice: await tryOut(scope, mutant, loaded, known) });
    if (MUTANTS_VERBOSE) for (const { mutant, notice } of tried) console.log(`${notice.kind} (${notice.ms} ms) ${placeOf(mutant)} by ${notice.by}`);
    const unnoticed = tried.filter(({ notice: { kind } }) => kind === 'survived' || kind === 'hung');
    const open = unnoticed.filter(({ mutant }) => reasonFor(mutant) === undefined);
    console.log(summaryOf(scope, tried, unnoticed.length - open.length));
    expect(open.map(({ mutant, notice }) => `${notice.kind}: ${placeOf(mutant)}`)).toEqual([]);
  });
});

describe('the explanations', () => {
  it('are of mutants that there are', () => {
    const all = SCOPES.flatMap((scope) => mutantsOf(scope));
    const explained = [...SURVIVORS.map(([about]) => about), ...FATAL];
    expect(explained.filter((about) => !all.some(({ identity }) => identity.startsWith(about)))).toEqual([]);
  });
});

interface Tried {
  readonly mutant: Mutant;
  readonly notice: Notice;
}

function placeOf({ file, line, within, change }: Mutant): string {
  return `${file}:${line} ${within}: ${change}`;
}

function summaryOf({ name }: Scope, tried: readonly Tried[], explained: number): string {
  const count = (...kinds: Notice['kind'][]) => tried.filter(({ notice: { kind } }) => kinds.includes(kind)).length;
  const noticed = count('noticed', 'endless', 'silent');
  const kinds = `${count('endless')} as endless loops, ${count('silent')} as waits without end`;
  return `${name}: ${tried.length} mutants, ${noticed} noticed (${((100 * noticed) / tried.length).toFixed(1)} %; ${kinds}), ${explained} explained, ${count('hung')} hung`;
}

function chosen(scope: Scope): readonly Mutant[] {
  const all = mutantsOf(scope).filter((mutant) => !isFatal(mutant));
  const count = MUTANTS_COUNT === 'all' ? all.length : Number(MUTANTS_COUNT ?? scope.sample);
  const only = new RegExp(MUTANTS_ONLY ?? '');
  return sampleOf(all, MUTANTS_SEED, count).filter((mutant) => only.test(placeOf(mutant)));
}

interface Loaded {
  readonly cases: readonly TestCase[];
  /** What was passed while the modules were loaded. */
  readonly passed: ReadonlySet<number>;
}

async function load({ tests }: Scope): Promise<Loaded> {
  vi.resetModules(); // other scopes have loaded some of them
  const passed = mutantSwitch.watch();
  const files = [];
  for (const test of tests) files.push(await collected.of(() => import(resolve(test))));
  return { cases: files.flat(), passed };
}

async function tryOut(scope: Scope, mutant: Mutant, { cases, passed }: Loaded, known: Known): Promise<Notice> {
  const notice = await firstNotice(mutant.id, known.testsOf(mutant.id, cases), known);
  return notice.kind === 'survived' && passed.has(mutant.id) ? tryAnew(scope, mutant, known) : notice;
}

/** What a module reads while it is loaded is read again, with the mutant. */
async function tryAnew(scope: Scope, mutant: Mutant, known: Known): Promise<Notice> {
  mutantSwitch.turn(mutant.id);
  try {
    const anew = await load(scope);
    return await firstNotice(mutant.id, known.inOrder(anew.cases), known);
  } catch (error) {
    return { kind: 'noticed', by: String(error), ms: 0 };
  } finally {
    mutantSwitch.off();
  }
}
