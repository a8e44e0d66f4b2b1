import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const lib = (file: string) => fileURLToPath(new URL(`./lib/${file}.ts`, import.meta.url));

export const resolve = {
  alias: [
    { find: /^nestjs-argonaut$/, replacement: lib('index') },
    { find: /^nestjs-argonaut\/(api|bull|console|event-emitter|ports|prometheus|terminus|testing)$/, replacement: lib('$1') },
    { find: /^(\.{1,2}\/)+console-assets\.js$/, replacement: fileURLToPath(new URL('./test/support/console-assets.ts', import.meta.url)) },
  ],
};

const limits = { testTimeout: 15_000, hookTimeout: 60_000 };

/** Each of these files has a worker of its own: it changes what a whole process has (its environment, a prototype), counts that, breaks a server whose clients try again for a while, or needs no such worker. */
const ALONE = [
  'test/{console-ui,crash,docs,observing,packaging,sample-app,schematics,types}/**/*.spec.ts',
  'test/module/{boot-output,closing,cost,log}.spec.ts',
  'test/{djangowfe/log,queue/bull-redis,store/typeorm-0.3,transports/broker-restart}.spec.ts',
];

export default defineConfig({
  test: {
    globalSetup: ['test/global-setup.ts'],
    reporters: ['default', './test/support/summary.ts'],
    maxWorkers: 2, // some suites measure time
    projects: [
      // One after the other in a worker that has loaded and compiled everything once: half the time of a worker for each file.
      { resolve, test: { ...limits, name: 'shared', include: ['test/**/*.spec.ts'], exclude: ALONE, isolate: false } },
      { resolve, test: { ...limits, name: 'alone', include: ALONE } },
    ],
  },
});
