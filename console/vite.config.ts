import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const SAMPLE = 'http://127.0.0.1:3100';

/** One page, one style sheet, one script, and the layout of graphs as a second one. The server writes the base of all addresses. */
export default defineConfig(({ command }) => {
  if (command === 'build') process.env.NODE_ENV = 'production'; // also where a test builds it
  return {
    root: fileURLToPath(new URL('.', import.meta.url)),
    base: command === 'build' ? './' : '/',
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
    // `npx vite --config console/vite.config.ts`, beside `node console/dev-server.mjs`: pages that change while they are written
    plugins: [{ name: 'base', apply: 'serve', transformIndexHtml: (html) => html.replace('<head>', '<head><base href="/" />') }],
    server: { proxy: { '/api': { target: SAMPLE, rewrite: (path) => `/workflow-console${path}` } } },
  };
});
