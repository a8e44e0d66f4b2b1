import { type BeforeApplicationShutdown, type DynamicModule, Inject, Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { register } from 'prom-client';
import { Engine } from '../engine/engine.js';
import { CommitCounters } from './commit-counters.js';
import { DatabaseGauges } from './database-gauges.js';
import { LoopWatch } from './loop-watch.js';
import { type MetricSettings, metricSettings, type WorkflowMetricsOptions } from './metric-options.js';
import { type MetricSet, registerMetrics, unregisterMetrics } from './metric-set.js';

const METRIC_SETTINGS = Symbol('WORKFLOW_METRIC_SETTINGS');

/** Registers the metrics with the application, and takes them out with it. */
@Injectable()
class MetricsLifecycle implements OnModuleInit, BeforeApplicationShutdown {
  private metrics: MetricSet | null = null;
  private readonly ends: (() => void)[] = [];
  /** How much of the waits for a connection is counted, ms. */
  private countedMs = 0;

  constructor(
    @Inject(ModuleRef) private readonly modules: ModuleRef,
    @Inject(METRIC_SETTINGS) private readonly settings: MetricSettings,
  ) {}

  onModuleInit(): void {
    const registry = this.settings.registry ?? register;
    const store = new DatabaseGauges(this.engine.parts, () => this.metrics?.ofStore ?? null, this.settings.maxAgeMs);
    const metrics = registerMetrics(registry, this.settings, { instance: () => this.collectHere(), store: () => store.collect() });
    this.metrics = metrics;
    const loop = new LoopWatch((ms) => metrics.counters.blocked.inc(ms / 1000));
    loop.start();
    this.ends.push(() => loop.stop(), this.engine.parts.observers.add(new CommitCounters(metrics)), () => unregisterMetrics(registry)); // prettier-ignore
  }

  /** Also where `WorkflowModule` is not global. */
  private get engine(): Engine {
    return this.modules.get(Engine, { strict: false });
  }

  private collectHere(): void {
    const { waiting, waitedMs } = this.engine.parts.connectionTurns.load;
    this.metrics?.ofInstance.connections.set(waiting);
    this.metrics?.counters.connectionWaits.inc((waitedMs - this.countedMs) / 1000);
    this.countedMs = waitedMs;
  }

  beforeApplicationShutdown(): void {
    for (const end of this.ends.splice(0)) end();
  }
}

/**
 * Metrics of workflows for Prometheus, in a registry of `prom-client`. Counters and histograms are of this instance. Gauges of the database are
 * read when the registry is asked for its metrics, once for all of them.
 *
 * @example
 * imports: [WorkflowModule.forRoot(), WorkflowMetricsModule.forRoot()]
 */
@Module({})
export class WorkflowMetricsModule {
  /** @throws InvalidWorkflowError for wrong options; at boot, where the registry has metrics of these names */
  static forRoot(options: WorkflowMetricsOptions = {}): DynamicModule {
    return { module: WorkflowMetricsModule, providers: [{ provide: METRIC_SETTINGS, useValue: metricSettings(options) }, MetricsLifecycle] };
  }
}
