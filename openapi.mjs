// Writes openapi.json, the document of the HTTP API, from the routes of the built library: npm run openapi
import { writeFileSync } from 'node:fs';
import { openApiOf } from './dist/api/open-api.js';

writeFileSync(new URL('openapi.json', import.meta.url), `${JSON.stringify(openApiOf({ baseOf: () => '/workflow-api', definitions: [] }), null, 2)}\n`);
