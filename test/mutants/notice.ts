import { HungError, SilentError, type TestCase, TestRun } from './cases.js';
import { mutantSwitch, NONE } from './switch.js';

/** How a mutant was noticed, if at all. `silent`: a test waits for what never comes. One that hung is no notice: it may only have been slow. */
export interface Notice {
  readonly kind: 'noticed' | 'endless' | 'silent' | 'hung' | 'survived';
  readonly by: string;
  readonly ms: number;
}

interface Baseline {
  readonly passed: ReadonlySet<number>;
  readonly passes: number;
}

/** Tests that pass more than this are left out, unless `MUTANTS_THOROUGH` is set: a mutant is noticed by a test that is about it. */
const MOST_PASSES = process.env.MUTANTS_THOROUGH ? Infinity : 400_000;

/** What each test does without a mutant. */
export class Known {
  constructor(private readonly baselines: ReadonlyMap<string, Baseline>) {}

  /** The tests that pass a mutant, those with little to do first. */
  testsOf(id: number, cases: readonly TestCase[]): readonly TestCase[] {
    return this.inOrder(cases).filter(({ title }) => this.baselines.get(title)!.passed.has(id));
  }

  inOrder(cases: readonly TestCase[]): readonly TestCase[] {
    return cases.filter(({ title }) => this.baselines.has(title)).toSorted((a, b) => this.passesOf(a) - this.passesOf(b));
  }

  passesOf({ title }: TestCase): number {
    return this.baselines.get(title)?.passes ?? 0;
  }
}

/** Runs each test once as it is. It must be green. Tests with very much to do are not among what is known. */
export async function knownOf(cases: readonly TestCase[], mostPasses = MOST_PASSES): Promise<Known> {
  const baselines = new Map<string, Baseline>();
  const run = new TestRun();
  for (const test of cases) {
    mutantSwitch.turn(NONE, mostPasses);
    const prepared = await run.setUp(test, () => mutantSwitch.watch());
    const passed = mutantSwitch.watch();
    const error = await run.run(test).then(() => null, (thrown: unknown) => thrown); // prettier-ignore
    if (mutantSwitch.isEndless || mutantSwitch.passed > MOST_PASSES) continue;
    if (error !== null) throw new Error(`"${test.title}" fails without any mutant`, { cause: error });
    baselines.set(test.title, { passed: new Set([...passed, ...prepared]), passes: mutantSwitch.passed });
  }
  mutantSwitch.off();
  await run.end();
  const known = new Known(baselines);
  const control = await firstNotice(NONE, known.inOrder(cases), known);
  if (control.kind !== 'survived') throw new Error(`"${control.by}" fails without any mutant, when it runs again`);
  return known;
}

export async function firstNotice(id: number, tests: readonly TestCase[], known: Known): Promise<Notice> {
  const began = performance.now();
  const run = new TestRun();
  let notice: Omit<Notice, 'ms'> | null = null;
  for (const test of tests) {
    notice = await noticeBy(test, id, run, known);
    if (notice) break;
  }
  mutantSwitch.off();
  await run.end();
  return { ...(notice ?? { kind: 'survived', by: `${tests.length} tests` }), ms: Math.round(performance.now() - began) };
}

async function noticeBy(test: TestCase, id: number, run: TestRun, known: Known): Promise<Omit<Notice, 'ms'> | null> {
  mutantSwitch.turn(id, 20 * known.passesOf(test) + 200_000);
  try {
    await run.setUp(test);
    await run.run(test);
    return mutantSwitch.isEndless ? { kind: 'endless', by: test.title } : null;
  } catch (error) {
    if (mutantSwitch.isEndless) return { kind: 'endless', by: test.title };
    return { kind: error instanceof HungError ? 'hung' : error instanceof SilentError ? 'silent' : 'noticed', by: test.title };
  }
}
