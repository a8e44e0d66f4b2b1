import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { plain } from '../context/plain.js';
import type { Json } from '../values/json.js';
import { reasonOf } from '../values/reason.js';
import { compileWorkflow } from '../definition/compile.js';
import { DOCUMENT_LIMITS, limitProblem } from '../definition/document-limits.js';
import { type Names, type ReadDocument, readDocument } from '../definition/documents.js';
import type { Compiled, DefinitionDefaults, WorkflowSource } from '../definition/source.js';
import { InvalidWorkflowError, UnserialisableValueError } from '../values/errors.js';
import { bind, type BoundWorkflow } from './bound-workflow.js';

/** The names that the workflows of an application may use. */
export interface CompilerScope extends Names {
  /** Null: any name is accepted. */
  readonly queues: readonly string[] | null;
  /** The current names of its workflows. Null: any name is accepted. */
  readonly workflows: (() => readonly string[]) | null;
  readonly defaults?: DefinitionDefaults;
  /** What is wrong with a sender of this name; null: nothing. Left out: any name is accepted. */
  readonly senderProblem?: (name: string, pattern: Json) => string | null;
}

/** Compiles classes and documents into workflows: at boot, and when one is defined at run time. */
export class WorkflowCompiler {
  constructor(private readonly scope: CompilerScope) {}

  compile(source: WorkflowSource): Compiled {
    const { library, queues, workflows, defaults, senderProblem } = this.scope;
    const around = { queues, senderProblem, ...(workflows && { workflows: [...workflows(), source.options.name] }) };
    return compileWorkflow(source, library, around, defaults);
  }

  /** Reads a document, or the file at a path. `place` names a document in problems if it has no name. */
  read(given: unknown, place = 'a workflow'): ReadDocument {
    if (typeof given !== 'string') return this.readData(given, nameOfSource(given) ?? place);
    try {
      return this.readData(JSON.parse(readFileSync(given, 'utf8')), basename(given));
    } catch (error) {
      return { problems: [`${given}: it cannot be read: ${reasonOf(error)}`] };
    }
  }

  /** Reads a frozen copy, so that later changes by its author or a step have no effect. */
  private readData(given: unknown, place: string): ReadDocument {
    const over = limitProblem(given, this.scope.limits ?? DOCUMENT_LIMITS); // comes first: to copy it may take long, too
    if (over !== null) return { problems: [`${place}: ${over}.`] };
    try {
      return readDocument(typeof given === 'object' ? frozen(plain(given, '')) : given, place, this.scope);
    } catch (error) {
      if (!(error instanceof UnserialisableValueError)) throw error;
      return { problems: [...readDocument(given, place, this.scope).problems, `${place}: ${error.message}`] };
    }
  }

  /** Compiles a document into a workflow that can run. @throws InvalidWorkflowError with every problem */
  make(given: unknown): BoundWorkflow {
    const { source, problems } = this.read(given);
    const compiled = source && this.compile(source);
    const all = [...problems, ...(compiled?.problems ?? [])];
    if (!compiled || all.length > 0) throw new InvalidWorkflowError(source?.className ?? nameOfSource(given) ?? 'a workflow', all);
    return bind(compiled);
  }
}

function frozen(data: Json): Json {
  if (typeof data === 'object' && data !== null) Object.values(data).forEach(frozen);
  return Object.freeze(data);
}

function nameOfSource(given: unknown): string | undefined {
  const name = typeof given === 'object' && given !== null ? (given as { name?: unknown }).name : undefined;
  return typeof name === 'string' && name !== '' ? `workflow "${name}"` : undefined;
}
