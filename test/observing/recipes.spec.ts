import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { COUNTERS, HISTOGRAMS, INSTANCE_GAUGES, STORE_GAUGES } from '../../lib/observing/metric-names.js';
import { metricSettings } from '../../lib/observing/metric-options.js';
import { registerMetrics } from '../../lib/observing/metric-set.js';
import { documents } from '../docs/document.js';

const { text, blocks } = documents().find(({ path }) => path === 'docs/observing.md')!;
const described = [COUNTERS, HISTOGRAMS, INSTANCE_GAUGES, STORE_GAUGES].flatMap((group) => Object.values(group) as [string, string, readonly string[]][]);
const rules = blocks.find(({ language }) => language === 'yaml')!.text;

describe('docs/observing.md', () => {
  it('has a row for each metric, with its labels', () => {
    const rows = described.map(([name, , labels]) => `| \`${name}\` | ${labels.map((label) => `\`${label}\``).join(', ')} |`.replace('|  |', '| |'));
    expect(rows.filter((row) => !text.includes(row))).toEqual([]);
  });

  it('alerts on metrics and labels that there are', () => {
    const exprs = [...rules.matchAll(/expr: (.*)$/gm)].map(([, expr]) => expr!);
    expect(exprs.length).toBeGreaterThan(8);
    for (const expr of exprs) {
      const [name] = /workflow_\w+/.exec(expr)!;
      const metric = described.find(([known]) => known === name);
      const labels = [...(/by \(([^)]*)\)/.exec(expr)?.[1]!.split(', ') ?? []), ...[...expr.matchAll(/(\w+)="/g)].map(([, label]) => label!)];
      expect(metric, expr).toBeDefined();
      expect(
        labels.filter((label) => !metric![2].includes(label)),
        expr,
      ).toEqual([]);
    }
  });

  it('names metrics that prom-client accepts, and each once', () => {
    const registry = new Registry();
    registerMetrics(registry, metricSettings({}), { instance: () => {}, store: async () => {} });
    expect(registry.getMetricsAsArray().map(({ name }) => name).sort()).toEqual(described.map(([name]) => name).sort()); // prettier-ignore
  });
});
