import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as argonaut from 'nestjs-argonaut';
import { STEP_OPTIONS } from '../../lib/definition/option-names.js';
import { KNOWN_OPTIONS } from '../../lib/engine/options.js';
import { WorkflowService } from '../../lib/workflow.service.js';
import { documents, headings, root } from './document.js';

const PAGES = 'docs/reference/';
const textOf = (page: string) => readFileSync(join(root, PAGES, page), 'utf8');

/** The headings of a page that are names of code, below those of that level: `### \`name\``. */
function named(page: string, level: '##' | '###'): string[] {
  return [...textOf(page).matchAll(/^(#+) `([^`]+)`$/gm)].filter(([, marks]) => marks === level).map(([, , name]) => name!);
}

/** Options of an interface, as they are declared. */
function declared(file: string, name: string): string[] {
  const [, body = ''] = new RegExp(`export interface ${name}\\b[^{]*\\{\\n(.*?)^\\}`, 'ms').exec(readFileSync(join(root, file), 'utf8')) ?? [];
  return [...body.matchAll(/^  readonly (\w+)\??:/gm)].map(([, option]) => option!);
}

describe('docs/reference has one heading for each', () => {
  it('option of a step, and what a step says', () => {
    const says = ['done', 'go', 'again', 'pause', 'fail', 'asked'];
    expect(named('steps.md', '###').sort()).toEqual([...STEP_OPTIONS, ...says].sort());
  });

  it('option of a workflow', () => {
    const options = declared('lib/definition/workflow-options.ts', 'WorkflowOptions');
    expect(options).toContain('name');
    expect(named('workflow.md', '##').sort()).toEqual(['@Workflow', ...options].sort());
  });

  it('option of the module', () => {
    const { module, extras, worker } = KNOWN_OPTIONS;
    const options = [
      ...Object.keys(module).filter((name) => name !== 'worker'),
      ...Object.keys(extras),
      ...Object.keys(worker).map((name) => `worker.${name}`),
    ];
    expect(named('module-options.md', '###').sort()).toEqual(options.sort());
  });

  it('option inside an option of the module: it is named there', () => {
    const inside = { inbox: 'InboxOptions', outbox: 'OutboxOptions', documents: 'DocumentOptions', limits: 'LimitOptions', tables: 'TableOptions' };
    const missing = Object.entries(inside).flatMap(([option, type]) => {
      const [, section = ''] = new RegExp(`^### \`${option}\`\n(.*?)(?=^##)`, 'ms').exec(textOf('module-options.md')) ?? [];
      const names = declared('lib/engine/options.ts', type);
      expect(names.length).toBeGreaterThan(1);
      return names.filter((name) => !section.includes(`\`${name}\``)).map((name) => `${option}.${name}`);
    });
    expect(missing).toEqual([]);
  });

  it('call of the service', () => {
    const internal = ['constructor', 'workflowToStart', 'alreadyLive', 'bringInput', 'bringEvent', 'drawProcess'];
    const calls = Object.getOwnPropertyNames(WorkflowService.prototype).filter((name) => !internal.includes(name));
    const [, declaration = ''] = readFileSync(join(root, 'lib/workflow.service.ts'), 'utf8').split('export class WorkflowService');
    const fields = [...declaration.matchAll(/^  readonly (\w+):/gm)].map(([, name]) => name!);
    expect(named('service.md', '###').sort()).toEqual([...calls, ...fields].sort());
  });

  it('error', () => {
    const errors = Object.keys(argonaut).filter((name) => name.endsWith('Error'));
    expect(named('errors.md', '##').sort()).toEqual(errors.sort());
  });

  it('decorator of a handler', () => {
    const decorators = Object.keys(argonaut).filter((name) => /^(Handles|Starts)/.test(name));
    expect(named('messages.md', '##').filter((name) => name.startsWith('@')).sort()).toEqual(decorators.map((name) => `@${name}`).sort()); // prettier-ignore
  });

  it('promise', () => {
    const promised = [...textOf('promises.md').matchAll(/^## (P\d+) /gm)].map(([, number]) => number);
    expect(promised).toEqual(Array.from({ length: 14 }, (_, index) => `P${index + 1}`));
  });
});

it('every page of the reference is in its index', () => {
  const pages = documents().map(({ path }) => path).filter((path) => path.startsWith(PAGES) && path !== `${PAGES}index.md`); // prettier-ignore
  expect(pages.filter((path) => !textOf('index.md').includes(`(${path.slice(PAGES.length)})`))).toEqual([]);
});

it('an error leads to its heading', () => {
  const types = Object.entries(argonaut).filter(([name]) => name.endsWith('Error') && name !== 'WorkflowError') as unknown as [
    string,
    new (...args: any[]) => argonaut.WorkflowError,
  ][];
  for (const [, type] of types) {
    const [file = '', anchor = ''] = new type('a', ['b'], ['c'], 'd').help.split('#');
    expect(headings(readFileSync(join(root, file), 'utf8'))).toContain(anchor);
  }
});

it('the first page has at most 150 lines', () => expect(readFileSync(join(root, 'README.md'), 'utf8').split('\n').length).toBeLessThanOrEqual(151));
