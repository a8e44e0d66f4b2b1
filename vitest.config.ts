import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const lib = (file: string) => fileURLToPath(new URL(`./lib/${file}.ts`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^nestjs-argonaut$/, replacement: lib('index') },
      { find: /^nestjs-argonaut\/(api|bull|console|event-emitter|ports|prometheus|terminus|testing)$/, replacement: lib('$1') },
      { find: /^(\.{1,2}\/)+console-assets\.js$/, replacement: fileURLToPath(new URL('./test/support/console-assets.ts', import.meta.url)) },
    ],
  },
  test: {
    include: ['test/**/*.spec.ts'],
    globalSetup: ['test/global-setup.ts'],
    reporters: ['default', './test/support/summary.ts'],
    maxWorkers: 2, // some suites measure time
    testTimeout: 15_000,
    hookTimeout: 60_000,
  },
});
