/** DBOS at its best setting: the workflow called directly and awaited, each step a `runStep`, a pool of 20. */
import { DBOS } from '@dbos-inc/dbos-sdk';
import { freshDatabase, measure, options } from './measure.mjs';

const given = options();
const url = await freshDatabase('bench_dbos');
DBOS.setConfig({ name: 'bench', systemDatabaseUrl: url, systemDatabasePoolSize: 20, logLevel: 'error', enableOTLP: false, runAdminServer: false });

const ten = DBOS.registerWorkflow(
  async () => {
    let sum = 0;
    for (let i = 1; i <= given.steps; i++) sum += await DBOS.runStep(async () => i, { name: `step${i}` });
    return sum;
  },
  { name: 'ten' },
);

await DBOS.launch();
await measure('dbos', given, () => ten(), { database: 'postgres' });
