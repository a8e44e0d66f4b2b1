import type { EngineParts } from '../engine/engine.js';
import type { AnyFunction, NodeCode } from '../definition/source.js';
import type { StepVisit } from '../execution/step-context.js';
import { isTransactional } from '../execution/transactional-steps.js';
import { TransactionLostError } from '../store/transaction-lost.js';
import type { NewEvent } from '../writer/pending-event.js';
import { bodyResult } from './body-result.js';

/** The methods of a step that a worker can crash in. */
export type CrashPoint = 'run' | 'request' | 'compensate' | 'remind';

/** Lets the worker of a step crash after the body has run, and before its outcome is recorded. */
export class WorkerCrashes {
  /** Crashes that are still to come, by step and method. */
  private readonly left = new Map<string, number>();
  /** Transactions whose body has crashed. */
  private readonly crashed = new WeakMap<object, StepVisit>();
  private losesTransactions = false;

  constructor(private readonly engine: EngineParts) {}

  /** @throws Error if no workflow has the step, or the step has no such method */
  add(step: string, point: CrashPoint): void {
    const known = this.engine.registry.all().filter(({ steps }) => steps.get(step)?.[point]);
    if (known.length === 0) throw new Error(`No workflow has a step "${step}"${point === 'run' ? '' : ` with a method for \`${point}\``}.`);
    const key = `${point} ${step}`;
    if (!this.left.has(key)) for (const { steps } of known) this.replaceBody(steps as Map<string, NodeCode>, step, point);
    this.left.set(key, (this.left.get(key) ?? 0) + 1);
    this.loseTransactions();
  }

  private replaceBody(steps: Map<string, NodeCode>, name: string, point: CrashPoint): void {
    const code = steps.get(name)!;
    const body: AnyFunction = code[point]!;
    const crashing = async (...args: unknown[]) => {
      const crashes = this.takes(`${point} ${name}`);
      try {
        return await bodyResult(body(...args)); // after a crash this comes from a worker that has lost its claim, so it changes nothing
      } finally {
        if (crashes) await this.crash(args.at(-1) as StepVisit);
      }
    };
    steps.set(name, { ...code, [point]: crashing });
  }

  private takes(key: string): boolean {
    const left = this.left.get(key)!;
    this.left.set(key, Math.max(0, left - 1));
    return left > 0;
  }

  private async crash(visit: StepVisit): Promise<void> {
    if (isTransactional(visit)) this.crashed.set(visit.manager, visit);
    else await this.takeOver(visit);
  }

  /** The transaction of a crashed body is rolled back, as the database does when the connection breaks; only then another worker can write. */
  private loseTransactions(): void {
    if (this.losesTransactions) return;
    this.losesTransactions = true;
    const { commits } = this.engine.store;
    const transaction = commits.transaction.bind(commits) as typeof commits.transaction;
    commits.transaction = (work) => this.losing(transaction, work);
  }

  private async losing<T>(transaction: (work: (within: unknown) => Promise<T>) => Promise<T>, work: (within: unknown) => Promise<T>): Promise<T> {
    const crashed: StepVisit[] = [];
    const losing = async (within: unknown) => {
      const done = work(within);
      await done.catch(() => {}); // a body may fail, and its worker crash before that is recorded
      const visit = this.crashed.get(within as object);
      if (!visit) return done;
      crashed.push(visit);
      throw new TransactionLostError(new Error(`The worker crashed in step "${visit.name}".`));
    };
    try {
      return await transaction(losing);
    } finally {
      for (const visit of crashed) await this.takeOver(visit);
    }
  }

  /** Does what another worker does once the heartbeat has been missing for long enough. */
  private async takeOver({ processId, token }: StepVisit): Promise<void> {
    const { worker, writer } = this.engine;
    const lost: NewEvent[] = [
      { type: 'worker-lost', worker },
      { type: 'task-lost', worker, key: token.key, run: token.run },
    ];
    for (const event of lost) await writer.apply(processId, event);
  }
}
