import { defineConfig, mergeConfig } from 'vitest/config';
import { resolve } from '../../vitest.config.js';
import { mutants } from './plugin.js';

/** `npm run mutants`: one worker, in which the tests run again and again, with another mutant each time. */
export default mergeConfig(
  { resolve, test: { reporters: ['default'] } },
  defineConfig({
    plugins: [mutants()],
    test: {
      include: ['test/mutants/run.ts'],
      setupFiles: ['test/mutants/switch.ts'],
      env: { PROPERTY_RUNS: '20', PROPERTY_SHRINK: 'no' },
      maxWorkers: 1,
      testTimeout: 24 * 3600_000,
      dangerouslyIgnoreUnhandledErrors: true, // those of mutants are noticed by the run
    },
  }),
);
