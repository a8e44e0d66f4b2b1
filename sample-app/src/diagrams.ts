import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WorkflowModule, WorkflowService } from 'nestjs-argonaut';
import { memoryProcessStore } from 'nestjs-argonaut/testing';
import { LoanModule } from './loan/loan.module.js';
import { documents, samples } from './samples.js';

/** Page → workflow → where it is written. */
const PAGES: Readonly<Record<string, { title: string; workflows: Readonly<Record<string, string>> }>> = {
  loan: { title: 'The loan', workflows: { loan: 'loan/loan.workflow.ts' } },
  wolfi: {
    title: 'The samples of Wolfi',
    workflows: {
      minimal: 'wolfi/minimal.workflow.ts',
      addition: 'wolfi/addition.workflow.ts',
      async: 'wolfi/async.workflow.ts',
    },
  },
  upload: { title: 'The file upload of django-wfe', workflows: { 'file-upload': 'upload/upload.workflow.ts' } },
  liteflow: {
    title: 'The samples of LiteFlow',
    workflows: {
      '01-hello-world': 'liteflow/01-hello-world.workflow.ts',
      '02-passing-data': 'liteflow/02-passing-data.workflow.ts',
      '03-events': 'liteflow/03-events.workflow.ts',
      '04-foreach': 'liteflow/04-foreach.workflow.ts',
      '05-if': 'liteflow/05-if.workflow.ts',
      '06-while': 'liteflow/06-while.workflow.ts',
      '07-persistence': 'liteflow/07-persistence.workflow.ts',
      '08-several-nodes': 'liteflow/08-several-nodes.workflow.ts',
      'on-error': 'liteflow/on-error.workflow.ts',
      timing: 'liteflow/timing.workflow.ts',
      trip: 'liteflow/trip.workflow.ts',
    },
  },
  dagger: {
    title: 'The samples of Dagger',
    workflows: {
      PizzaWorkflow: 'dagger/pizza.workflow.ts',
      OrderWorkflow: 'dagger/order.workflow.ts',
      ShippingWorkflow: 'dagger/shipping.workflow.ts',
    },
  },
  libero: {
    title: 'The samples of Libero Flow',
    workflows: {
      DummyWorkflow: 'libero/dummy.workflow.json',
      IngestArticleXMLWorkflow: 'libero/ingest-article-xml.workflow.json',
    },
  },
  spellings: {
    title: 'One process, four spellings',
    workflows: {
      'order-1': 'spellings/order-1.workflow.ts',
      'order-2': 'spellings/order-2.workflow.ts',
      'order-3': 'spellings/order-3.workflow.ts',
      'order-4': 'spellings/order-4.workflow.json',
    },
  },
};

/** Draws what an application would run: it boots, but has no database and starts nothing. */
@Module({ imports: [WorkflowModule.forRoot({ store: memoryProcessStore(), ...documents }), LoanModule, ...samples] })
class DrawnModule {}

/** All pages of docs/diagrams, by file name. */
export async function diagrams(): Promise<Map<string, string>> {
  const app = await NestFactory.createApplicationContext(DrawnModule, { logger: ['error'] });
  try {
    const workflows = app.get(WorkflowService);
    const pages = Object.entries(PAGES).map(([page, said]) => [`${page}.md`, pageOf(said, workflows)] as const);
    return new Map([['README.md', index()], ...pages]);
  } finally {
    await app.close();
  }
}

export const FOLDER = fileURLToPath(new URL('../../docs/diagrams/', import.meta.url));
const SOURCES = '../../sample-app/src/';

function pageOf({ title, workflows }: (typeof PAGES)[string], service: WorkflowService): string {
  const parts = Object.entries(workflows).map(
    ([name, file]) => `## ${name}\n\n[${file}](${SOURCES}${file})\n\n\`\`\`mermaid\n${service.draw(name)}\n\`\`\`\n`,
  );
  return `# ${title}\n\n${parts.join('\n')}`;
}

function index(): string {
  const rows = Object.entries(PAGES).map(
    ([page, { title, workflows }]) => `- [${title}](${page}.md): ${Object.keys(workflows).join(', ')}`,
  );
  return `# The workflows of the sample application, drawn

${rows.join('\n')}

Each is what \`WorkflowService.draw\` gives today. After a change:

\`\`\`sh
npm run diagrams
\`\`\`
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(FOLDER, { recursive: true });
  for (const [file, text] of await diagrams()) writeFileSync(FOLDER + file, text);
}
