import { mutantSwitch } from './switch.js';

/** Tests as they were collected, and how they run: in one worker, as often as there are mutants. */
export type Hook = () => unknown;
export type TestFunction = (context?: unknown) => unknown;

export class Suite {
  readonly hooks = { beforeAll: [] as Hook[], beforeEach: [] as Hook[], afterEach: [] as Hook[], afterAll: [] as Hook[] };

  constructor(
    readonly title: string,
    readonly parent: Suite | null,
  ) {}

  /** From the outermost to this one. */
  get line(): readonly Suite[] {
    return [...(this.parent?.line ?? []), this];
  }
}

export interface TestCase {
  readonly title: string;
  readonly suite: Suite;
  readonly body: TestFunction;
}

class Collected {
  private current = new Suite('', null);
  private cases: TestCase[] = [];

  suite(title: string, body: TestFunction): void {
    const outer = this.current;
    this.current = new Suite(title, outer);
    body();
    this.current = outer;
  }

  test(title: string, body: TestFunction): void {
    this.cases.push({ title: [...this.current.line, { title }].map((each) => each.title).join(' ').trim(), suite: this.current, body }); // prettier-ignore
  }

  hook(name: keyof Suite['hooks'], hook: Hook): void {
    this.current.hooks[name].push(hook);
  }

  /** The tests of a file. */
  async of(load: () => Promise<unknown>): Promise<readonly TestCase[]> {
    this.current = new Suite('', null);
    this.cases = [];
    await load();
    return this.cases;
  }
}

/** One of the worker, also after its modules were loaded anew. */
const shared = globalThis as { collected?: Collected };
export const collected = (shared.collected ??= new Collected());

/** Far longer than any test takes without a mutant. */
const LONGEST_MS = 60_000;
/** So often nothing is found under way before a test is given up: a file may take its time on a busy machine, and does not show. */
const SILENT_LOOKS = 25;
const LOOK_MS = 20;
/** The timers of {@link inTime}. */
const OWN_TIMERS = 2;

/** The test was not done after a long time: it may have been slow. */
export class HungError extends Error {}
/** The test waits, and nothing is under way that could end its wait: no timer, no file, no socket. */
export class SilentError extends Error {}

/** Runs tests one after the other. Suites are set up for the first of their tests, and torn down at the end. */
const STRAYS = ['unhandledRejection', 'uncaughtException'] as const;

export class TestRun {
  private readonly open = new Map<Suite, ReadonlySet<number>>();
  private readonly strays: unknown[] = [];
  private readonly stray = (error: unknown) => void this.strays.push(error);

  constructor() {
    for (const stray of STRAYS) process.on(stray, this.stray);
  }

  /** Hands out what was passed when the suites of the test were set up, for this test or for one before it. */
  async setUp({ suite }: TestCase, watch: () => ReadonlySet<number> = () => new Set()): Promise<ReadonlySet<number>> {
    for (const each of suite.line.filter((line) => !this.open.has(line))) {
      this.open.set(each, watch());
      for (const hook of each.hooks.beforeAll) await inTime(hook);
    }
    return new Set(suite.line.flatMap((line) => [...this.open.get(line)!]));
  }

  /** Throws what the test throws. */
  async run({ suite, body }: TestCase): Promise<void> {
    try {
      for (const each of suite.line) for (const hook of each.hooks.beforeEach) await inTime(hook);
      await inTime(body);
    } finally {
      for (const each of suite.line.toReversed()) for (const hook of each.hooks.afterEach) await inTime(hook);
    }
    await new Promise((resolve) => setImmediate(resolve)); // rejections without a handler are known by now
    if (this.strays.length > 0) throw this.strays[0];
  }

  async end(): Promise<void> {
    for (const stray of STRAYS) process.off(stray, this.stray);
    for (const suite of [...this.open.keys()].toReversed()) for (const hook of suite.hooks.afterAll) await inTime(hook).catch(() => {});
  }
}

async function inTime(body: TestFunction): Promise<void> {
  const watch = new Watch();
  try {
    await Promise.race([body({}), watch.over]);
  } finally {
    watch.end();
  }
}

/** Ends a wait that nothing will end. */
class Watch {
  readonly over: Promise<never>;
  private readonly resources = underWay();
  private silent = 0;
  private passed = -1;
  private timers: NodeJS.Timeout[] = [];

  constructor() {
    this.over = new Promise((_, reject) => {
      const late = () => reject(new HungError(`not done after ${LONGEST_MS} ms`));
      const look = () => this.isSilent() && reject(new SilentError('nothing is under way that could go on'));
      this.timers = [setTimeout(late, LONGEST_MS), setInterval(look, LOOK_MS)];
    });
    this.over.catch(() => {});
  }

  end(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  private isSilent(): boolean {
    const moves = mutantSwitch.passed !== this.passed || underWay() > this.resources + OWN_TIMERS;
    this.passed = mutantSwitch.passed;
    this.silent = moves ? 0 : this.silent + 1;
    return this.silent >= SILENT_LOOKS;
  }
}

function underWay(): number {
  return process.getActiveResourcesInfo().length;
}
