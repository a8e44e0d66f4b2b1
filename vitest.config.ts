import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const lib = (file: string) => fileURLToPath(new URL(`./lib/${file}.ts`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^nestjs-argonaut$/, replacement: lib('index') },
      { find: /^nestjs-argonaut\/(bull|ports|testing)$/, replacement: fileURLToPath(new URL('./lib/$1.ts', import.meta.url)) },
    ],
  },
  test: { include: ['test/**/*.spec.ts'], testTimeout: 15_000, hookTimeout: 30_000 },
});
