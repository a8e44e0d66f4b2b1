/** `npm run mutants`: switches mutants on, one at a time, and says which of them no test notices. */
import 'reflect-metadata';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { collected, type TestCase } from './cases.js';
import { type Mutant, sampleOf } from './mutant.js';
import { firstNotice, type Known, knownOf, type Notice } from './notice.js';
import { mutantsOf, type Room, ROOMS } from './rooms.js';
import { SURVIVORS } from './survivors.js';
import { mutantSwitch } from './switch.js';

const { MUTANTS_SEED = 'nestjs-argonaut', MUTANTS_COUNT, MUTANTS_ROOM, MUTANTS_ONLY } = process.env;
fc.configureGlobal({ seed: 1 });

describe.each(ROOMS.filter(({ name }) => MUTANTS_ROOM === undefined || MUTANTS_ROOM.split(',').includes(name)))('$name', (room) => {
  it('every mutant is noticed, or explained', async () => {
    const tests = await load(room);
    const known = await knownOf(tests.cases, room.database ? Infinity : undefined);
    console.log(tests.cases.length, known.inOrder(tests.cases).length, tests.passed.size, mutantsOf(room).length);
    const sample = chosen(room);
    const unnoticed: Mutant[] = [];
    const counts = { noticed: 0, endless: 0, silent: 0, hung: 0, survived: 0 };
    for (const mutant of sample) {
      const notice = await tryOut(room, mutant, tests, known);
      counts[notice.kind]++;
      if (notice.kind === 'survived' || notice.kind === 'hung') unnoticed.push(mutant);
      if (process.env.MUTANTS_VERBOSE || notice.kind === 'hung') console.log(`${notice.kind} ${notice.ms} ms ${mutant.file}:${mutant.line} ${mutant.change} ${notice.by}`);
    }
    const explained = unnoticed.filter(({ identity }) => SURVIVORS.has(identity));
    const open = unnoticed.filter(({ identity }) => !SURVIVORS.has(identity));
    const share = ((100 * (counts.noticed + counts.endless + counts.silent)) / sample.length).toFixed(1);
    console.log(`${room.name}: ${sample.length} mutants, ${share} % noticed, ${counts.endless} of them as endless loops and ${counts.silent} as waits without end, ${counts.hung} hung, ${explained.length} explained`);
    for (const { file, line, within, change } of open) console.log(`  ${file}:${line} ${within}: ${change}`);
    expect(open.map(({ identity }) => identity)).toEqual([]);
  });
});

function chosen(room: Room): readonly Mutant[] {
  const all = mutantsOf(room);
  if (MUTANTS_ONLY) return all.filter(({ identity, file, line }) => identity.includes(MUTANTS_ONLY) || `${file}:${line}`.includes(MUTANTS_ONLY));
  const count = MUTANTS_COUNT === 'all' ? all.length : Number(MUTANTS_COUNT ?? room.sample);
  return sampleOf(all, MUTANTS_SEED, count);
}

interface Loaded {
  readonly cases: readonly TestCase[];
  /** What was passed while the modules were loaded. */
  readonly passed: ReadonlySet<number>;
}

async function load({ tests }: Room): Promise<Loaded> {
  const passed = mutantSwitch.watch();
  const files = [];
  for (const test of tests) files.push(await collected.of(() => import(resolve(test))));
  return { cases: files.flat(), passed };
}

async function tryOut(room: Room, mutant: Mutant, { cases, passed }: Loaded, known: Known): Promise<Notice> {
  const notice = await firstNotice(mutant.id, known.testsOf(mutant.id, cases), known);
  return notice.kind === 'survived' && passed.has(mutant.id) ? tryAnew(room, mutant, known) : notice;
}

/** What a module reads while it is loaded is read again, with the mutant. */
async function tryAnew(room: Room, mutant: Mutant, known: Known): Promise<Notice> {
  vi.resetModules();
  mutantSwitch.turn(mutant.id);
  try {
    const anew = await load(room);
    return await firstNotice(mutant.id, known.inOrder(anew.cases), known);
  } catch (error) {
    return { kind: 'noticed', by: String(error), ms: 0 };
  } finally {
    mutantSwitch.off();
  }
}
