import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WorkflowApi } from 'nestjs-argonaut/api';
import { openApiOf } from '../../lib/api/open-api.js';
import { documents, root } from '../docs/document.js';
import { until } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';
import { ALL, type ApiApp, bootApi, guardedApi, refusedBy } from './support.js';

const written = readFileSync(join(root, 'openapi.json'), 'utf8');
const folder = join(root, 'test', 'api', `.made-${process.pid}`);

/** The client of docs/api.md, beside the types that are made from the document. */
async function madeClient(): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const story = documents().find(({ path }) => path === 'docs/api.md')!.blocks.find(({ language }) => language === 'typescript')!; // prettier-ignore
  writeFileSync(join(folder, 'story.ts'), story.text);
  writeFileSync(join(folder, 'workflow-api.d.ts'), astToString(await openapiTS(written)));
  return ['story.ts', 'workflow-api.d.ts'].map((file) => join(folder, file));
}

interface Story {
  review(url: string, token: string, fill: (schema: object) => object): Promise<number>;
  discardRefused(url: string, token: string): Promise<string[]>;
}

function faultsIn(files: readonly string[]): string[] {
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config, ts.sys, root);
  const program = ts.createProgram([...files], { ...options, noEmit: true, skipLibCheck: true });
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

@Controller('loans')
class LoanController {
  @Get()
  list() {
    return [];
  }
}

describe('the document', () => {
  let db: Database;
  let api: ApiApp;
  beforeAll(async () => {
    db = libsqlFile();
    api = await bootApi(db, { controllers: [LoanController] });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await api.close();
    await db.drop();
  });

  it('openapi.json is that of the routes (npm run openapi)', () => {
    expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(openApiOf({ baseOf: () => '/workflow-api', definitions: [] }))));
  });

  it('makes a typed client, which compiles and tells the story of docs/api.md from the document alone', async () => {
    const files = await madeClient();
    expect(faultsIn(files)).toEqual([]);
    const { review, discardRefused } = (await import(files[0]!)) as Story;
    const { id } = await api.workflows.start('loan', { tenant: 'a', amount: 5 }, { groupId: 'a:1' });
    const { reason } = await refusedBy(api, id);
    expect(await discardRefused(api.url, `a ${ALL.join(',')}`)).toEqual([reason]);
    expect((await api.workflows.inbox.list()).items).toEqual([]);
    await api.workflows.skip('loan', 'score', id, { score: 1 });
    await until(() => api.workflows.get(id), ({ waits }) => waits[0]?.kind === 'input'); // prettier-ignore
    const forms: object[] = [];
    const fill = (schema: object) => {
      forms.push(schema);
      const { properties } = schema as { properties: Record<string, { type?: string }> };
      return Object.fromEntries(Object.entries(properties).flatMap(([name, { type }]) => (type === 'boolean' ? [[name, true]] : [])));
    };
    expect(await review(api.url, `a ${ALL.join(',')}`, fill)).toBe(1);
    expect(forms).toEqual([expect.objectContaining({ title: 'Review', required: ['approved'] })]);
    await until(() => api.workflows.get(id), ({ context }) => (context as { approved?: boolean }).approved === true); // prettier-ignore
    await expect(review(api.url, '', fill)).rejects.toThrow('Unauthorized');
  }, 60_000);

  it('goes into the document of Swagger, with paths of each workflow and the schemas of its classes', async () => {
    const own = SwaggerModule.createDocument(api.app, new DocumentBuilder().setOpenAPIVersion('3.1.0').build());
    expect(Object.keys(own.paths)).toEqual(['/loans']);
    const { paths, components } = api.app.get(WorkflowApi).addTo(own) as any;
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/loans', '/workflow-api/processes', '/workflow-api/workflows/loan/processes']));
    const schemaOf = (path: string) => paths[path].post.requestBody.content['application/json'].schema.properties;
    expect(schemaOf('/workflow-api/workflows/loan/processes').context).toMatchObject({ title: 'Loan', required: ['tenant', 'amount'] });
    expect(schemaOf('/workflow-api/workflows/loan/processes/{process}/inputs/review').input).toMatchObject({ title: 'Review' });
    expect(components.schemas.WorkflowApiProblem).toBeDefined();
    await openapiTS(JSON.parse(JSON.stringify({ ...own, info: { title: 'all', version: '1' } })));
  });

  it('leaves what the application has under a name as it is, and its own names collide with none of a class', () => {
    const own = SwaggerModule.createDocument(api.app, new DocumentBuilder().setOpenAPIVersion('3.1.0').build()) as any;
    const names = ['Document', 'Process', 'Version', 'Wait', 'Problem', 'Delivery', 'WorkflowStep', 'WorkflowSummary'];
    own.components.schemas = Object.fromEntries(names.map((name) => [name, { title: `the ${name} of the application` }]));
    own.components.securitySchemes = { bearer: { type: 'apiKey', name: 'x', in: 'header' } };
    own.paths['/loans'].get.operationId = 'cancel';
    const before = structuredClone(own);
    const all = api.app.get(WorkflowApi).addTo(own);
    expect(all).toMatchObject(before);
    const added = Object.keys(all.components.schemas).filter((name) => !names.includes(name));
    expect(added.filter((name) => !name.startsWith('WorkflowApi'))).toEqual([]);
    const ids = Object.values<any>(all.paths).flatMap((item) => Object.values<any>(item).map(({ operationId }) => operationId));
    expect(ids).toHaveLength(new Set(ids).size);
    expect(all.paths['/workflow-api/processes/{process}/cancel'].post.operationId).toBe('workflowApi.cancel');
    const references = [...JSON.stringify(all.paths).matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)];
    expect(references.filter(([, part, name]) => all.components[part!]?.[name!] === undefined)).toEqual([]);
  });

  it('is refused by an application that has its own schema of a name that it needs', () => {
    const own = { openapi: '3.1.0', paths: {}, components: { schemas: { WorkflowApiProblem: { title: 'of the application' } } } };
    const before = structuredClone(own);
    expect(() => api.app.get(WorkflowApi).addTo(own)).toThrow('components.schemas.WorkflowApiProblem is there already');
    expect(own).toEqual(before);
    const twice = { openapi: '3.1.0', paths: {} };
    api.app.get(WorkflowApi).addTo(api.app.get(WorkflowApi).addTo(twice));
    expect(twice).toEqual({ openapi: '3.1.0', paths: expect.anything(), components: api.app.get(WorkflowApi).openApi().components });
  });

  it('requires the context of a start only where its class has keys without a default', () => {
    const { paths } = api.app.get(WorkflowApi).openApi();
    const requiredAt = (path: string) => paths[`/workflow-api/workflows/${path}`].post.requestBody.content['application/json'].schema.required;
    expect(requiredAt('loan/processes')).toEqual(['context']);
    expect(requiredAt('appraisal/processes')).toBeUndefined();
    expect(requiredAt('{workflow}/processes')).toBeUndefined();
  });

  it('names the errors that come, and the kinds of credentials that the application says', async () => {
    const { paths, components } = api.app.get(WorkflowApi).openApi();
    const statusesOf = (path: string, method: string) => Object.keys(paths[`/workflow-api/${path}`][method].responses);
    expect(statusesOf('processes', 'get')).toEqual(['200', '400', '401', '403', '429', '503', 'default']);
    expect(statusesOf('processes/{process}', 'get')).toContain('404');
    expect(statusesOf('events/{event}', 'post')).toEqual(['200', '400', '401', '403', '404', '409', '413', '415', '422', '429', '503', 'default']);
    expect(components!.securitySchemes).toBeUndefined();
    const security = { bearer: { type: 'http', scheme: 'bearer' }, cookie: { type: 'apiKey', in: 'cookie', name: 'session' } };
    const other = await bootApi(db, { api: guardedApi({ security }) });
    const secured = other.app.get(WorkflowApi).openApi();
    expect(secured.components!.securitySchemes).toEqual(security);
    for (const item of Object.values(secured.paths))
      for (const { security: needed } of Object.values<any>(item)) expect(needed).toEqual([{ bearer: [] }, { cookie: [] }]);
    await openapiTS(JSON.parse(JSON.stringify(secured)));
    await other.close();
  });

  it('needs no Swagger: no file of the library loads it', () => {
    const loaded = ts.sys.readDirectory(join(root, 'lib'), ['.ts']).filter((path) => readFileSync(path, 'utf8').includes("from '@nestjs/swagger'"));
    expect(loaded).toEqual([]);
  });
});
