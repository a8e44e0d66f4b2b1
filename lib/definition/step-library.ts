import type { StepOptions } from './step-options.js';
import type { Class } from '../values/types.js';
import type { WrittenStep } from './source.js';

/** A step that is a provider, for any number of workflows. */
export interface StepProvider {
  readonly type: Class;
  readonly name: string;
  readonly options: StepOptions;
  /** The provider itself. */
  readonly host: object;
  readonly child?: WrittenStep['child'];
}

/** The step classes of the application, for flows and documents that name them. */
export class StepLibrary {
  constructor(private readonly providers: readonly StepProvider[] = []) {}

  of(type: unknown): StepProvider | undefined {
    return this.providers.find((provider) => provider.type === type);
  }

  /** The step classes of this name. More than one means that the name is ambiguous. */
  called(name: string): readonly StepProvider[] {
    return this.providers.filter((provider) => provider.name === name);
  }

  names(): string[] {
    return [...new Set(this.providers.map(({ name }) => name))];
  }
}

/** One use of a step class, with the options of this use on top. */
export function useOf({ name, options, host, child }: StepProvider, over: StepOptions = {}): WrittenStep {
  const { name: given = name, ...said } = over;
  return { name: given, options: onTop(options, { ...said, name: given }), host, method: 'run', isClass: true, ...(child && { child }) };
}

/** The options of a class or method, overridden by those of a use. Their `config` is merged. */
export function onTop(options: StepOptions, said: StepOptions): StepOptions {
  const config = options.config && said.config && { config: { ...options.config, ...said.config } };
  return { ...options, ...said, ...config };
}
