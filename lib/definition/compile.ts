import { compileDigraph } from './digraph.js';
import { compileBuilder } from './flow-compiler.js';
import type { Compiled, DefinitionDefaults, WorkflowSource } from './source.js';
import type { StepLibrary } from './step-library.js';
import { type Surroundings } from './verify/step-problems.js';
import { verify } from './verifier.js';
import { compileWrittenOrder } from './written-order.js';

/** Compiles a workflow from the spelling it is written in, and verifies it. Each problem names the class or document first. */
export function compileWorkflow(source: WorkflowSource, library: StepLibrary, around: Surroundings, defaults: DefinitionDefaults = {}): Compiled {
  const compiled = spelled(source, library, defaults);
  return { ...compiled, problems: verify(compiled, around) };
}

function spelled(source: WorkflowSource, library: StepLibrary, defaults: DefinitionDefaults): Compiled {
  if (typeof source.flow === 'function') return compileBuilder(source, library, defaults);
  return source.flow ? compileDigraph(source, defaults) : compileWrittenOrder(source, defaults);
}
