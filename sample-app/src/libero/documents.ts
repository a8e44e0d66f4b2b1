import dummy from './dummy.workflow.json' with { type: 'json' };
import ingest from './ingest-article-xml.workflow.json' with { type: 'json' };
import { Ingest } from './ingest.context.js';

/** Workflows that are data, and the context classes they name: for `WorkflowModule.forRoot`. */
export const documents = { workflows: [dummy, ingest], contexts: [Ingest] };
