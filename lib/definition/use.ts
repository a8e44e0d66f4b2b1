import { type Block, type StepBlock, wrapped } from './blocks.js';
import { giving, mappedEntries, message, seeing } from './mapped.js';
import { boundMethod, only } from './node-code.js';
import type { AnyFunction, NodeCode, WrittenStep } from './source.js';
import { requestOf, undoingOf } from './step-node.js';
import type { UndoPolicy } from './step-options.js';

/** One use of a step in a flow, with the calls that follow it: `input`, `output`, `onError`, `compensateWith`. */
export class Use {
  readonly inputs = new Map<string, AnyFunction>();
  readonly outputs = new Map<string, AnyFunction>();
  options: WrittenStep['options'];
  private undo: AnyFunction | undefined;
  private undoing: WrittenStep | undefined;

  constructor(
    private readonly step: WrittenStep,
    private readonly branches?: StepBlock['branches'],
  ) {
    this.options = step.options;
  }

  get name(): string {
    return this.step.name;
  }

  undoWith(undo: WrittenStep | undefined, policy: UndoPolicy | undefined): void {
    this.undoing = undo;
    this.undo = undo && boundMethod(undo.host, undo.method);
    if (policy !== undefined) this.options = { ...this.options, compensate: policy };
  }

  block(): Block {
    const undoing = this.undoing && { undoing: this.undoing };
    const step = {
      ...this.step,
      ...undoing,
      options: this.options,
      outputs: [...this.outputs.keys()].map(String),
      code: { ...this.step.code, ...this.code() },
    };
    return wrapped({ kind: 'step', name: step.name, step, ...(this.branches && { branches: this.branches }) });
  }

  private code(): NodeCode {
    const { host, method } = this.step;
    const run = boundMethod(host, method);
    return only({
      run: run ? giving(this.outputs, seeing(this.inputs, run)) : message(this.outputs),
      request: this.seeing(requestOf(this.step)),
      compensate: this.undo ?? this.seeing(undoingOf(this.step)),
      undoSees: this.undo || this.inputs.size === 0 ? undefined : (context, step) => mappedEntries(this.inputs, context, step),
    });
  }

  /** Undefined without a mapping: then the options of the step name the method. */
  private seeing(method: string | undefined): AnyFunction | undefined {
    const run = this.inputs.size > 0 ? boundMethod(this.step.host, method) : undefined;
    return run && seeing(this.inputs, run);
  }
}
