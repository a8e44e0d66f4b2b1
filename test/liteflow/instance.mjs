// One instance of an application, in a process of its own: a thing that can be killed.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const { module } = await runnerImport(fileURLToPath(new URL('./instance.ts', import.meta.url)), { logLevel: 'error' });
await module.runInstance(JSON.parse(process.argv[2]));
