import { type Block, type StepBlock, wrapped } from './blocks.js';
import { giving, message, seeing } from './mapped.js';
import { bound, only } from './node-code.js';
import type { AnyFunction, NodeCode, WrittenStep } from './source.js';
import { requestOf, undoingOf } from './step-node.js';

/** A step as the flow uses it, with what is said right after it. */
export class Use {
  readonly inputs = new Map<string, AnyFunction>();
  readonly outputs = new Map<string, AnyFunction>();
  options: WrittenStep['options'];
  undo: AnyFunction | undefined;

  constructor(
    private readonly step: WrittenStep,
    private readonly branches?: StepBlock['branches'],
  ) {
    this.options = step.options;
  }

  get name(): string {
    return this.step.name;
  }

  block(): Block {
    const step = { ...this.step, options: this.options, outputs: [...this.outputs.keys()].map(String), code: { ...this.step.code, ...this.code() } };
    return wrapped({ kind: 'step', name: step.name, step, ...(this.branches && { branches: this.branches }) });
  }

  private code(): NodeCode {
    const { host, method } = this.step;
    const run = bound(host, method);
    return only({
      run: run ? giving(this.outputs, seeing(this.inputs, run)) : message(this.outputs),
      request: this.seeing(requestOf(this.step)),
      compensate: this.undo ?? this.seeing(undoingOf(this.step)),
    });
  }

  /** Without a mapping it is what it is anyway. */
  private seeing(method: string | undefined): AnyFunction | undefined {
    const run = this.inputs.size > 0 ? bound(this.step.host, method) : undefined;
    return run && seeing(this.inputs, run);
  }
}
