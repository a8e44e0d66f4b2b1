import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { InvalidWorkflowError } from '../values/errors.js';
import { COUNTERS, HISTOGRAMS, INSTANCE_GAUGES, STORE_GAUGES } from './metric-names.js';
import type { MetricSettings } from './metric-options.js';

type Described = readonly [name: string, help: string, labels: readonly string[]];
type Made<Names extends Readonly<Record<string, Described>>, Metric> = { readonly [Name in keyof Names]: Metric };

/** The metrics of one application in a registry. */
export interface MetricSet {
  readonly counters: Made<typeof COUNTERS, Counter>;
  readonly histograms: Made<typeof HISTOGRAMS, Histogram>;
  readonly ofInstance: Made<typeof INSTANCE_GAUGES, Gauge>;
  readonly ofStore: Made<typeof STORE_GAUGES, Gauge> | null;
}

/** Called before the gauges are read. */
export interface Collect {
  readonly instance: () => void;
  readonly store: () => Promise<void>;
}

/** Registers all metrics. @throws InvalidWorkflowError where the registry has one of them */
export function registerMetrics(registry: Registry, { database, buckets, processBuckets }: MetricSettings, collect: Collect): MetricSet {
  const groups = [COUNTERS, HISTOGRAMS, INSTANCE_GAUGES, ...(database ? [STORE_GAUGES] : [])];
  refuseTaken(registry, groups.flatMap((group) => Object.values(group) as Described[]).map(([name]) => name)); // prettier-ignore
  const registers = [registry];
  const given = ([name, help, labels]: Described) => ({ name, help, labelNames: [...labels], registers });
  return {
    counters: each(COUNTERS, (described) => new Counter(given(described))),
    histograms: each(HISTOGRAMS, (of) => new Histogram({ ...given(of), buckets: of === HISTOGRAMS.processes ? processBuckets : buckets })),
    ofInstance: each(INSTANCE_GAUGES, (described) => new Gauge({ ...given(described), collect: collect.instance })),
    ofStore: database ? each(STORE_GAUGES, (described) => new Gauge({ ...given(described), collect: collect.store })) : null,
  };
}

export function unregisterMetrics(registry: Registry): void {
  for (const group of [COUNTERS, HISTOGRAMS, INSTANCE_GAUGES, STORE_GAUGES]) for (const [name] of Object.values(group)) registry.removeSingleMetric(name);
}

function refuseTaken(registry: Registry, names: readonly string[]): void {
  const taken = names.filter((name) => registry.getSingleMetric(name));
  if (taken.length === 0) return;
  throw new InvalidWorkflowError('the metrics', [
    `WorkflowMetricsModule: the registry has ${taken[0]} already. Another application of this Node process uses it: give each a registry of its own.`,
  ]);
}

function each<Names extends Readonly<Record<string, Described>>, Metric>(names: Names, make: (described: Described) => Metric): Made<Names, Metric> {
  return Object.fromEntries(Object.entries(names).map(([name, described]) => [name, make(described)])) as Made<Names, Metric>;
}
