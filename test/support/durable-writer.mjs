// Starts processes until it is killed, and prints each id once the store has acknowledged it.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const { module } = await runnerImport(fileURLToPath(new URL('./durable-writer.ts', import.meta.url)), { logLevel: 'error' });
await module.writeForEver(process.argv[2], process.argv[3]);
