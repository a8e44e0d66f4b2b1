import { reasonOf } from '../values/reason.js';
import { type Blocks, partsOf } from './blocks.js';
import { asideOf } from './digraph.js';
import { rescuesIn } from './digraph-names.js';
import { FlowBuilder } from './flow-builder.js';
import { Layout } from './layout.js';
import { ASYNCHRONOUS, Recording } from './recording.js';
import type { AnyFunction, Compiled, DefinitionDefaults, WorkflowSource, WrittenStep } from './source.js';
import type { StepLibrary } from './step-library.js';
import { unnamed } from './verify/digraph-problems.js';

/** Compiles a workflow with a method `flow`. Calls that method once, with a builder that records the calls. */
export function compileBuilder(source: WorkflowSource, library: StepLibrary, defaults: DefinitionDefaults = {}): Compiled {
  const recording = new Recording(source, library);
  const builder = new FlowBuilder(recording);
  tell(source, builder, recording);
  const blocks = builder.blocks();
  const rescues = rescuesIn({ ...source, steps: [...source.steps, ...rulesIn(blocks)] });
  const compiled = new Layout(source, defaults).flow(blocks, asideOf(source, recording.named, rescues));
  return { ...compiled, problems: [...recording.problems, ...unfinished(recording), ...forgotten(source, recording, rescues), ...compiled.problems] };
}

function tell({ flow, instance }: WorkflowSource, builder: FlowBuilder, recording: Recording): void {
  try {
    recording.during(builder, () => {
      if ((flow as AnyFunction).call(instance, builder) instanceof Promise) recording.fault(ASYNCHRONOUS);
    });
  } catch (error) {
    recording.fault(`its flow threw: ${reasonOf(error)}`);
  }
}

function unfinished({ open }: Recording): string[] {
  return [...open].map((name) => `its flow says ${name.split(' ')[0]}() without do(): say what is to be done.`);
}

/** The steps and stages of a flow with the options given there, to collect their `onError`. */
function rulesIn(blocks: Blocks): WrittenStep[] {
  return blocks.flatMap((block) => {
    const own = block.kind === 'step' ? [block.step] : block.kind === 'stage' ? [{ options: block.policy } as WrittenStep] : [];
    return [...own, ...partsOf(block).flatMap(rulesIn)];
  });
}

/** Reports methods with @Step() that the flow never names. Step classes are not reported: other workflows may use them. */
function forgotten(source: WorkflowSource, { named, problems }: Recording, rescues: ReadonlySet<string>): Iterable<string> {
  const steps = source.steps.filter(({ name, options }) => !options.unsolicited && !rescues.has(name));
  return problems.length > 0 ? [] : unnamed(steps, named);
}
