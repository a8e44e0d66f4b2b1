import { type BeforeApplicationShutdown, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { EventEmitter2, EventEmitterReadinessWatcher } from '@nestjs/event-emitter';
import type { Change } from '../core/change.js';
import type { OutgoingMessage } from '../core/outgoing.js';
import { Engine } from '../engine/engine.js';
import { noticesOf, parkedNotice, type WorkflowNotice } from '../engine/notices.js';
import type { Observer } from '../engine/observers.js';

/**
 * Emits what happens to processes through `@nestjs/event-emitter`, after the commit: `workflow.process.started`, `.completed`, `.cancelled`, `.failed`
 * and `.suspended`, `workflow.step.failed` and `.overdue`, `workflow.message.parked`, each with a {@link WorkflowNotice}. Only the instance
 * that commits it emits, once, and forgets it with a crash: the audit records are the truth.
 *
 * @example
 * imports: [EventEmitterModule.forRoot(), WorkflowModule.forRoot(), WorkflowEventsModule]
 */
@Module({})
export class WorkflowEventsModule implements OnModuleInit, BeforeApplicationShutdown, Observer {
  /** Until the listeners of the application are there. Null: they are. */
  private held: WorkflowNotice[] | null = [];
  private end = () => {};

  constructor(
    @Inject(ModuleRef) private readonly modules: ModuleRef,
    @Inject(EventEmitter2) private readonly emitter: EventEmitter2,
    @Inject(EventEmitterReadinessWatcher) private readonly watcher: EventEmitterReadinessWatcher,
  ) {}

  onModuleInit(): void {
    this.end = this.modules.get(Engine, { strict: false }).parts.observers.add(this); // also where WorkflowModule is not global
    const release = () => this.release();
    this.watcher.waitUntilReady().then(release, release);
  }

  /** @internal Called after a commit. */
  committed(change: Change): void {
    noticesOf(change, () => true, (notice) => this.tell(notice)); // prettier-ignore
  }

  /** @internal */
  messageParked(message: OutgoingMessage, at: Date): void {
    this.tell(parkedNotice(message, at));
  }

  private tell(notice: WorkflowNotice): void {
    if (this.held) this.held.push(notice);
    else this.emitter.emit(`workflow.${notice.name}`, notice);
  }

  /** Processes may go on before all listeners are registered: both begin when the application has booted. */
  private release(): void {
    const held = this.held ?? [];
    this.held = null;
    for (const notice of held) this.tell(notice);
  }

  beforeApplicationShutdown(): void {
    this.end();
  }
}
