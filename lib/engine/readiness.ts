import type { ProcessStore } from '../store/process-store.js';
import { reasonOf } from '../values/reason.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { EngineSettings } from './settings.js';

/** Whether an instance can be sent work, for a probe of a load balancer or an orchestrator. */
export interface Readiness {
  readonly isReady: boolean;
  /** Why it is not. */
  readonly reason: string | null;
}

/** Looks whether this instance can take work: it has booted, it works unless it is told not to, and its store answers. */
export class ReadinessProbe {
  constructor(
    private readonly parts: { readonly store: ProcessStore; readonly registry: WorkflowRegistry; readonly settings: EngineSettings },
    private readonly isIdle: () => boolean,
  ) {}

  /** Never throws. */
  async look(): Promise<Readiness> {
    const { store, registry, settings } = this.parts;
    if (!registry.compiler) return notReady('It boots.');
    if (settings.enabled && this.isIdle()) return notReady('It has not begun to work yet, or shuts down.');
    return store.maintenance.workAt(0, []).then(
      () => ({ isReady: true, reason: null }),
      (error: unknown) => notReady(`Its store does not answer: ${reasonOf(error)}`),
    );
  }
}

function notReady(reason: string): Readiness {
  return { isReady: false, reason };
}
