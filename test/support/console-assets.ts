import type { ConsoleAssets } from '../../lib/console-assets.js';

/** Stands for the pages where `lib` runs from its sources: vitest.config.ts puts it in the place of `lib/console-assets.ts`. */
export const consoleAssets: ConsoleAssets = {
  version: '0.0.0-test',
  index: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Console</title>
    <script type="module" crossorigin src="./assets/page-1a2b3c4d.js"></script>
    <link rel="stylesheet" crossorigin href="./assets/page-5e6f7a8b.css" />
  </head>
  <body></body>
</html>
`,
  files: { 'page-1a2b3c4d.js': 'document.title = "ran";\n', 'page-5e6f7a8b.css': 'body { color: black }\n' },
};
