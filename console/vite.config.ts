import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

process.env.NODE_ENV = 'production'; // also where a test builds it

/** One page, one style sheet, one script, and the drawing of graphs as a second one. The server writes the base of all addresses. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: ['chrome123', 'firefox120', 'safari17.5'], // those with light-dark()
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    reportCompressedSize: false,
  },
});
