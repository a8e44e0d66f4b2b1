import { signal } from '@preact/signals';

/** Where the console is mounted, with a slash at the end. The server has written it as the base of the page. */
export const mount = new URL(document.baseURI).pathname;

export interface Place {
  /** Below the mount, decoded: `['processes', 'p-1']`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** The place that is shown. */
export const place = signal<Place>(read());

function read(): Place {
  const { pathname, search } = window.location;
  const below = pathname.startsWith(mount) ? pathname.slice(mount.length) : '';
  const path = below.split('/').filter((part) => part !== '').map(decodeURIComponent); // prettier-ignore
  return { path, query: new URLSearchParams(search) };
}

window.addEventListener('popstate', () => (place.value = read()));

/** The address of a place: `hrefOf(['processes', id], { tab: 'log' })`. */
export function hrefOf(path: readonly string[], query: URLSearchParams | Record<string, string> = {}): string {
  const search = new URLSearchParams(query).toString();
  return mount + path.map(encodeURIComponent).join('/') + (search === '' ? '' : `?${search}`);
}

export function go(href: string): void {
  window.history.pushState(null, '', href);
  place.value = read();
}

/** The same page in another state: the way back leads past it. */
export function changeQuery(changes: Readonly<Record<string, string | null>>): void {
  const query = new URLSearchParams(place.value.query);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) query.delete(key);
    else query.set(key, value);
  }
  window.history.replaceState(null, '', hrefOf(place.value.path, query));
  place.value = read();
}
