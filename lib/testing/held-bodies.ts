import type { AnyFunction, NodeCode } from '../definition/source.js';
import type { Node } from '../definition/graph.js';
import type { StepVisit } from '../execution/step-context.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import { bodyResult } from './body-result.js';

/** A body that has been called and waits to be told what it gives. */
export interface HeldBody {
  readonly visit: StepVisit;
  /** Runs the code of today. */
  readonly run: () => unknown;
  readonly answer: (outcome: () => unknown) => void;
}

const METHODS = ['run', 'request', 'compensate', 'remind'] as const;

/** Holds back every body of the workflows: each waits until a replay says how it ends. */
export class HeldBodies {
  private bodies: HeldBody[] = [];
  private readonly restores: (() => void)[] = [];

  hold(workflows: readonly BoundWorkflow[], runs: ReadonlySet<string>): void {
    for (const { steps, definition } of workflows) {
      for (const [name, code] of steps) this.replace(steps, name, { ...code, ...this.heldBack(code) });
      for (const [name, node] of definition.nodes)
        if (node.kind === 'step' && node.transactional && !runs.has(name)) this.replace<Node>(definition.nodes, name, { ...node, transactional: false }); // no transaction may stay open meanwhile
    }
  }

  private replace<T>(map: ReadonlyMap<string, T>, name: string, value: T): void {
    const before = map.get(name)!;
    (map as Map<string, T>).set(name, value);
    this.restores.push(() => (map as Map<string, T>).set(name, before));
  }

  private heldBack(code: NodeCode): NodeCode {
    return Object.fromEntries(METHODS.flatMap((method) => (code[method] ? [[method, this.holding(code[method])]] : [])));
  }

  private holding(body: AnyFunction): AnyFunction {
    return (...args: unknown[]) =>
      new Promise((resolve) => {
        const answer = (outcome: () => unknown) => resolve(Promise.resolve().then(outcome));
        this.bodies.push({ visit: args.at(-1) as StepVisit, run: () => bodyResult(body(...args)), answer });
      });
  }

  /** Bodies that are called from now on run as they did before. Those that are held stay so. */
  release(): void {
    for (const restore of this.restores.splice(0).reverse()) restore();
  }

  /** The bodies of that process that wait, the oldest first. */
  of(processId: string): HeldBody[] {
    return this.waiting.filter(({ visit }) => visit.processId === processId);
  }

  answer(body: HeldBody, outcome: () => unknown): void {
    this.bodies = this.bodies.filter((other) => other !== body);
    body.answer(outcome);
  }

  get count(): number {
    return this.waiting.length;
  }

  private get waiting(): HeldBody[] {
    this.bodies = this.bodies.filter(({ visit }) => !visit.isAborted && !visit.ended);
    return this.bodies;
  }
}
