// One instance of an application, in a process of its own: a thing that can be killed.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { module } = await runnerImport(here('./instance.ts'), {
  logLevel: 'error',
  resolve: { alias: { 'nestjs-argonaut': here('../../lib/index.ts') } },
});
await module.runInstance(JSON.parse(process.argv[2]));
