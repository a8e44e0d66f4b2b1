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
  const names = new Set(placesIn(edges).keys());
  names.delete(START);
  names.delete(END);
  return names;
}

/** Each name with where it stands: as one that has edges, then where edges lead to it. */
export function placesIn(edges: Edges): ReadonlyMap<string, readonly string[]> {
  const keys = Object.keys(edges);
  const leading = keys.flatMap((from) => edgesFrom(edges, from).map((to, i) => [to, `.${from}[${i}]`] as const));
  const places = new Map<string, string[]>(keys.filter((name) => name !== START).map((name) => [name, [`.${name}`]]));
  for (const [name, place] of leading) {
    const known = places.get(name);
    if (known) known.push(place);
    else places.set(name, [place]);
  }
  return places;
}

/** The steps that `onError` goes on at. */
export function rescuesIn({ options, steps }: Pick<WorkflowSource, 'options' | 'steps'>): ReadonlySet<string> {
  const rules = [options.defaults?.onError, ...steps.map((step) => step.options.onError)];
  return new Set(rules.flatMap((rule) => (typeof rule === 'object' && rule !== null ? rule.next : [])));
}
