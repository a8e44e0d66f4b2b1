import { END } from './graph.js';
import type { WorkflowSource } from './source.js';

/** The key of a digraph that names its first step. */
export const START = 'start';

export type Edges = Readonly<Record<string, readonly string[]>>;

/** Where a node of a digraph leads; one with no edges ends. */
export function edgesFrom(edges: Edges, name: string): readonly string[] {
  const found = Object.hasOwn(edges, name) && Array.isArray(edges[name]) ? edges[name] : [];
  return found.length > 0 ? found : [END];
}

/** Every step it names, also one with no edges of its own. */
export function namesIn(edges: Edges): ReadonlySet<string> {
  const names = new Set([...Object.keys(edges), ...Object.keys(edges).flatMap((name) => edgesFrom(edges, name))]);
  names.delete(START);
  names.delete(END);
  return names;
}

/** The steps that `onError` goes on at. */
export function rescuesIn({ options, steps }: Pick<WorkflowSource, 'options' | 'steps'>): ReadonlySet<string> {
  const rules = [options.defaults?.onError, ...steps.map((step) => step.options.onError)];
  return new Set(rules.flatMap((rule) => (typeof rule === 'object' && rule !== null ? rule.next : [])));
}
