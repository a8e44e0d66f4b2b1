import { type Block, type StepBlock, wrapped } from './blocks.js';
import { giving, message, seeing } from './mapped.js';
import { type AnyFunction, methodOf, type NodeCode, type WrittenStep } from './source.js';

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

  block(): Block {
    const step = { ...this.step, options: this.options, code: { ...this.step.code, ...this.code() } };
    return wrapped({ kind: 'step', name: step.name, step, ...(this.branches && { branches: this.branches }) });
  }

  private code(): NodeCode {
    const { host, method, isClass: ofClass, options } = this.step;
    const own = (name: string | undefined) => (this.inputs.size > 0 ? methodOf(host, name) : undefined);
    const run = methodOf(host, method)?.bind(host) as AnyFunction | undefined;
    const request = own(options.request ?? (ofClass ? 'request' : undefined));
    const compensate = own(options.compensate ?? (ofClass ? 'compensate' : undefined));
    return {
      run: run ? giving(this.outputs, seeing(this.inputs, run)) : message(this.outputs),
      ...(request && { request: seeing(this.inputs, request.bind(host) as AnyFunction) }),
      ...(compensate && { compensate: seeing(this.inputs, compensate.bind(host) as AnyFunction) }),
      ...(this.undo && { compensate: this.undo }),
    };
  }
}
