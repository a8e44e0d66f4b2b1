import { jsonSchemaOf } from '../context/json-schema.js';
import { newContext } from '../definition/context-keys.js';
import { edgesOf, type Gate, stepsOf } from '../definition/graph.js';
import { drawMermaid } from '../definition/mermaid.js';
import { isClass } from '../definition/source.js';
import type { Schema } from '../values/types.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';

/** A step of a workflow, as callers see it. */
export interface StepView {
  readonly name: string;
  /** What must arrive before the step runs. */
  readonly waitsFor: Gate['for'];
  /** The task queue that runs it; null: the worker of the process does. */
  readonly queue: string | null;
  /** Where it goes on: step names, or the words a decision chooses by. */
  readonly next: readonly string[];
  /** True: it stands beside the flow, and takes messages at any time. */
  readonly unsolicited: boolean;
  /** The JSON Schema of the input it takes; null: it takes none, or no schema is known. */
  readonly input: object | null;
}

/** One version of a workflow that this application knows. */
export interface DefinitionView {
  readonly workflow: string;
  readonly version: number;
  /** True: a start by name takes this version. */
  readonly newest: boolean;
  readonly steps: readonly StepView[];
  /** The JSON Schema of the context; null: none is known. */
  readonly context: object | null;
  /** The JSON Schema of the starting values: that of the context, where a key with a default may be left out. */
  readonly start: object | null;
  /** The flowchart, in Mermaid. */
  readonly drawing: string;
}

/** By name, the newest version first. */
export function definitionViews(all: readonly BoundWorkflow[]): DefinitionView[] {
  const sorted = [...all].sort((a, b) => compareNames(a.definition.name, b.definition.name) || b.definition.version - a.definition.version);
  return sorted.map((bound, i) => definitionView(bound, sorted[i - 1]?.definition.name !== bound.definition.name));
}

function definitionView(bound: BoundWorkflow, newest: boolean): DefinitionView {
  const { definition } = bound;
  const { name: workflow, version } = definition;
  return {
    workflow,
    version,
    newest,
    steps: stepViews(bound),
    context: jsonSchemaOf(bound.context),
    start: startSchema(bound.context),
    drawing: drawMermaid(definition),
  };
}

function startSchema(context: Schema | undefined): object | null {
  const schema = jsonSchemaOf(context) as { required?: readonly string[] } | null;
  if (!schema?.required || !isClass(context)) return schema;
  const { required, ...rest } = schema;
  const defaults = newContext(context);
  const missing = required.filter((key) => defaults[key] === undefined);
  return missing.length > 0 ? { ...rest, required: missing } : rest;
}

function stepViews({ definition, steps }: BoundWorkflow): StepView[] {
  return stepsOf(definition).map((node) => ({
    name: node.name,
    waitsFor: node.gate.for,
    queue: node.queue ?? null,
    next: edgesOf(node),
    unsolicited: node.unsolicited,
    input: node.gate.for === 'input' ? jsonSchemaOf(steps.get(node.name)?.message) : null,
  }));
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
