import type { INestApplication } from '@nestjs/common';
import { WorkflowService } from 'nestjs-argonaut';
import { LoanWorkflow } from './loan/loan.workflow.js';
import { settings } from './settings.js';

/** What a newcomer sees: lines to paste into another terminal. */
export async function whatToDoNext(app: INestApplication): Promise<string> {
  const url = (await app.getUrl()).replace(/\/$/, '');
  const reference = `L-${Date.now().toString(36)}`;
  const application = {
    reference,
    applicant: { name: 'Ada Lovelace', birthday: '1990-12-10' },
    amount: '2500.00',
    purpose: 'car',
  };
  return `
${consoleAt(url)}The sample application is listening on ${url}
Its processes live in ${settings.databaseUrl?.replace(/:[^:@/]*@/, ':…@') ?? settings.databaseFile}
Its task queues live ${settings.redisUrl ? 'in Redis' : 'there too'}
${await underWay(app)}
Paste into another terminal, one after the other:

  # apply for a loan
  curl -s -X POST ${url}/loans -H 'content-type: application/json' -d '${JSON.stringify(application)}'

  # how it stands, all that happened, every version of its context
  curl -s ${url}/loans/${reference}
  curl -s ${url}/loans/${reference}/history
  curl -s ${url}/loans/${reference}/versions

  # change your mind, while it is under way (it takes about ${estimate()} seconds)
  curl -s -X POST ${url}/loans/${reference}/withdraw -H 'content-type: application/json' -d '{"reason":"found it cheaper"}'

Smaller samples, told of in sample-app/README.md:

  open ${url}/uploads                 a file upload: a process that waits for an input
  POST ${url}/liteflow/06-while       the samples of LiteFlow; GET ${url}/liteflow lists them
  POST ${url}/libero/start-workflow   {"name":"IngestArticleXMLWorkflow"}: workflows as JSON
  POST ${url}/dagger/pizzas           {"order_id":"P-1","customer_id":"Ada","pizza_type":1}: the samples of Dagger
  POST ${url}/orders/1                {"items":200}: one process, by four spellings

Stop it with Ctrl-C in the middle and start it again: the process continues.
`;
}

/** In production it is not there: it would need a guard. */
function consoleAt(url: string): string {
  return process.env.NODE_ENV === 'production' ? '' : `Open the console: ${url}/workflow-console\n\n`;
}

async function underWay(app: INestApplication): Promise<string> {
  const status = ['running', 'waiting', 'suspended', 'failed'] as const;
  const { items } = await app.get(WorkflowService).find({ workflow: LoanWorkflow, status });
  return items.length === 0 ? '' : `\nStill under way: ${items.map(({ groupId }) => `loan ${groupId}`).join(', ')}\n`;
}

function estimate(): number {
  return Math.ceil((settings.partnerThinksMs + settings.checkTakesMs + settings.payAfterMs) / 1000);
}
