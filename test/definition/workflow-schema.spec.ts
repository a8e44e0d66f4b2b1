import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { workflowSchema } from 'nestjs-argonaut';
import {
  CHILD_OPTIONS,
  COMPENSATE_OPTIONS,
  EVENT_OPTIONS,
  OVERDUE_OPTIONS,
  PARALLEL_OPTIONS,
  RETRY_OPTIONS,
  STEP_OPTIONS,
} from '../../lib/definition/option-names.js';

const FILE = join(import.meta.dirname, '../../workflow.schema.json');

type Properties = Readonly<Record<string, any>>;
const { $defs } = workflowSchema as { $defs: { step: { properties: Properties } } };
const keys = ({ properties }: { properties: Properties }) => Object.keys(properties).sort();
const sorted = (names: readonly string[]) => [...names].sort();

describe('the JSON Schema of workflows as data', () => {
  // Out of date? `npx vitest run test/definition/workflow-schema.spec.ts -u` writes it.
  it('stands in the package as a file', () => expect(`${JSON.stringify(workflowSchema, null, 2)}\n`).toMatchFileSnapshot(FILE));

  it('says nothing that leads nowhere, and defines nothing in vain', () => {
    const references = [...JSON.stringify(workflowSchema).matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)].map(([, name]) => name!);
    expect([...new Set(references)].sort()).toEqual(Object.keys($defs).sort());
  });

  it('has every option of a step but those that are code: schemas, and asking', () => {
    const { properties } = $defs.step;
    const code = ['input', 'request', 'response'];
    expect(keys({ properties })).toEqual(sorted([...STEP_OPTIONS.filter((name) => !code.includes(name)), 'use']));
    expect(keys(properties['on'].anyOf[1])).toEqual(sorted(EVENT_OPTIONS));
    expect(keys(properties['child'].anyOf[1])).toEqual(sorted(CHILD_OPTIONS));
    expect(keys(properties['parallel'].anyOf[1])).toEqual(sorted(PARALLEL_OPTIONS));
    expect(keys(properties['overdue'])).toEqual(sorted(OVERDUE_OPTIONS));
    expect(keys(properties['retry'].anyOf[1])).toEqual(sorted(RETRY_OPTIONS));
    expect(keys(properties['compensate'].anyOf[1])).toEqual(sorted(COMPENSATE_OPTIONS.filter((name) => !code.includes(name))));
  });
});
