import { END } from './graph.js';
import type { WorkflowSource } from './source.js';

/** The key of a digraph that names its first step. */
export const START = 'start';

export type Edges = Readonly<Record<string, readonly string[]>>;

/** The steps that a step of a digraph leads to. A step without edges leads to the end. */
export function edgesFrom(edges: Edges, name: string): readonly string[] {
  const found = Object.hasOwn(edges, name) && Array.isArray(edges[name]) ? edges[name] : [];
  return found.length > 0 ? found : [END];
}

/** Every step that the digraph names, also one without edges of its own. */
export function namesIn(edges: Edges): ReadonlySet<string> {
  const names = new Set(placesIn(edges).keys());
  names.delete(START);
  names.delete(END);
  return names;
}

/** Each name with its places in the document: its own list of edges, then the edges that lead to it. */
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

/** The steps at which some `onError` continues. */
export function rescuesIn({ options, steps }: Pick<WorkflowSource, 'options' | 'steps'>): ReadonlySet<string> {
  const rules = [options.defaults?.onError, ...steps.map((step) => step.options.onError)];
  return new Set(rules.flatMap((rule) => (typeof rule === 'object' && rule !== null ? rule.next : [])));
}
