import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Instance } from './story/instance.js';
import { LoanByHttp } from './story/loan-by-http.js';
import { changes, trail } from './story/report.js';

/*
 * Drives one loan from its start to its end, over HTTP.
 *   npm run story                          one instance, a fresh SQLite file (or DATABASE_URL, REDIS_URL)
 *   npm run story -- --kill                kills it in the middle of a step, and starts it again
 *   npm run story -- --instances 2 --kill  two instances; the one that runs a step is killed, the other goes on
 */
const { values: options } = parseArgs({
  options: { kill: { type: 'boolean', default: false }, instances: { type: 'string', default: '1' } },
});
const folder = mkdtempSync(join(tmpdir(), 'argonaut-story-'));
const env = { DATABASE_FILE: join(folder, 'story.sqlite'), PARTNER_THINKS_MS: '500', PAY_AFTER_MS: '1500' };
const instances: Instance[] = [];

try {
  for (let i = 0; i < Number(options.instances); i++) instances.push(await start());
  await tellTheStory();
} finally {
  await Promise.all(instances.map((instance) => instance.stop()));
  rmSync(folder, { recursive: true, force: true });
}

async function tellTheStory(): Promise<void> {
  const loan = new LoanByHttp(instances[0]!, `L-${Date.now().toString(36)}`);
  const { processId } = await loan.apply();
  say(`Ada has applied for loan ${loan.reference}; it is process ${processId}.`);
  await loan.waitsIn('identity');
  say('It waits for the identity partner, which answers by a message of its own.');
  const worker = await loan.runs('score');
  say(`The partner has answered; two checks run at the same time (score: on ${worker}).`);
  if (options.kill) await killTheOneThatRuns(worker, loan);
  await loan.waitsIn('pay');
  say('It is decided: Ada gets the money after a moment in which she may withdraw.');
  const { status, loan: context } = await loan.ends();
  say(`The process is ${status}; the loan is ${String(context.outcome)}.`);
  const history = await loan.history();
  console.log(`\nThe audit trail\n\n${trail(history)}`);
  console.log(`\nThe versions of its context\n\n${changes(await loan.versions(), history)}\n`);
  if (status !== 'completed') process.exitCode = 1;
}

async function killTheOneThatRuns(worker: string, loan: LoanByHttp): Promise<void> {
  const killed = instances.find(({ pid }) => worker.includes(`-${pid}-`)) ?? instances[0]!;
  await killed.stop('SIGKILL');
  say(`kill -9 ${killed.pid}: its instance is gone in the middle of the step.`);
  loan.instance = instances.find((instance) => instance !== killed) ?? (await start());
  if (!instances.includes(loan.instance)) instances.push(loan.instance);
  say(`The instance with pid ${loan.instance.pid} goes on as soon as it knows that the other is dead.`);
}

async function start(): Promise<Instance> {
  const instance = await Instance.start(env);
  say(`An instance is listening on ${instance.url} (pid ${instance.pid}).`);
  return instance;
}

function say(what: string): void {
  console.log(`${new Date().toISOString().slice(11, 23)}  ${what}`);
}
