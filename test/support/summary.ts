import type { Reporter, SerializedError, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node';

/** After everything else: which suites were skipped, with the reason in their titles, and `N passed, N failed`. */
export default class Summary implements Reporter {
  private chosen = false;

  onInit(vitest: Vitest): void {
    this.chosen = vitest.config.testNamePattern !== undefined; // `-t`: all others are skipped on purpose
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const skipped = modules.flatMap((module) => skippedIn(module).map((each) => `  ${module.relativeModuleId} › ${each}`));
    if (skipped.length > 0 && !this.chosen) console.log(`\nSkipped:\n${skipped.join('\n')}`);
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const broken = modules.flatMap((module) => [module, ...module.children.allSuites()]).filter((each) => each.errors().length > 0);
    const failed = tests.filter((test) => test.result().state === 'failed').length + broken.length + unhandled.length;
    console.log(`\n${tests.filter((test) => test.result().state === 'passed').length} passed, ${failed} failed`);
  }
}

/** A whole suite in one line; else those of its parts. */
function skippedIn(parent: TestModule | TestSuite): string[] {
  return [...parent.children].flatMap((child) => {
    if (child.type === 'test') return isSkipped(child) ? [named(child)] : [];
    const tests = [...child.children.allTests()];
    const whole = child.errors().length === 0 && tests.length > 0 && tests.every(isSkipped);
    return whole ? [`${child.fullName}: ${tests.length} ${tests.length === 1 ? 'test' : 'tests'}`] : skippedIn(child);
  });
}

function isSkipped(test: TestCase): boolean {
  return test.result().state === 'skipped';
}

function named(test: TestCase): string {
  const { note } = test.result() as { note?: string };
  return note ? `${test.fullName} (${note})` : test.fullName;
}
