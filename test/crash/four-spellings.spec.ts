/** Each of the four spellings of a workflow under kill -9, in the middle of each of its steps: nothing is lost, and nothing is doubled. */
import type { ChildProcess } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import { AuditRecord, Process, ProcessContext } from '../../lib/index.js';
import { until } from '../support/app.js';
import { isThere, postgres, titleOf } from '../support/databases.js';
import { instancesOf } from '../support/instances.js';
import type { Said, SpellingOptions } from './four-spellings.js';

const SPELLINGS = ['written', 'built', 'drawn', 'document'];
const STEPS = ['first', 'left', 'right', 'last'];
/** The steps that hang in each of the instances that are killed, so that the first of them is under way in all processes. */
const HANGING = [['first'], ['left', 'right'], ['right'], ['last']];

const newInstance = await instancesOf(new URL('./four-spellings.ts', import.meta.url));

for (const database of [await postgres()]) {
  describe.skipIf(!isThere(database))(titleOf(database), () => {
    const children: ChildProcess[] = [];
    afterAll(async () => {
      for (const child of children) child.kill('SIGKILL');
      await database.drop();
    });

    /** What all instances have said. */
    const said: Said[] = [];
    const bodies = (step: string, from = 0) => said.slice(from).filter((word): word is Extract<Said, { body: string }> => 'body' in word && word.body === step);

    function add(options: SpellingOptions): ChildProcess {
      const child = newInstance(options);
      child.on('message', (word: Said) => said.push(word));
      children.push(child);
      return child;
    }

    it('kill -9 in the middle of each step: every step of every spelling is completed once, and the killed one ran again', async () => {
      const dataSource = await database.connect();
      const options = optionsOf(dataSource);
      for (const hangsIn of HANGING) {
        const [step, before] = [hangsIn[0]!, said.length];
        const child = add({ database: options, hangsIn, starts: step === 'first' ? SPELLINGS : [] });
        await until(() => new Set(bodies(step, before).map(({ processId }) => processId)).size, (count) => count === SPELLINGS.length, 20_000); // prettier-ignore
        child.kill('SIGKILL');
      }
      add({ database: options, hangsIn: [], starts: [] });
      const completed = () => dataSource.getRepository(Process).countBy({ status: 'completed' });
      await until(completed, (count) => count === SPELLINGS.length, 20_000);
      const processes = await dataSource.getRepository(Process).find();
      expect(processes.map(({ workflow }) => workflow).toSorted()).toEqual(SPELLINGS.toSorted());
      for (const { id } of processes) await expectWhole(dataSource, id);
    }, 90_000);

    async function expectWhole(dataSource: DataSource, processId: string): Promise<void> {
      const records = await dataSource.getRepository(AuditRecord).find({ where: { processId }, order: { sequence: 'ASC' } });
      expect(records.map(({ sequence }) => sequence)).toEqual(records.map((_, i) => i + 1));
      expect(records.filter(({ type }) => type === 'step-completed').map(({ step }) => step).toSorted()).toEqual(STEPS.toSorted()); // prettier-ignore
      const versions = await dataSource.getRepository(ProcessContext).find({ where: { processId }, order: { version: 'ASC' } });
      expect(versions.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
      const runs = (step: string) => bodies(step).filter((body) => body.processId === processId).length;
      for (const step of STEPS) expect(runs(step), `it bit in "${step}"`).toBeGreaterThan(1);
    }
  });
}

function optionsOf({ options }: DataSource): SpellingOptions['database'] {
  const { type, url, database } = options as unknown as { type: 'postgres'; url: string; database: string };
  return (type === ('better-sqlite3' as string) ? { type, database, driverName: 'libsql' } : { type, url }) as SpellingOptions['database'];
}
