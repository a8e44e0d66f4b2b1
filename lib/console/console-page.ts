/** The page of the console, as it is for one path. It says nothing of the application, but for its title. */

/** The paths of pages with one part. The page itself finds out which it is. */
export const LIST_PATHS = ['processes', 'workflows', 'queues', 'inbox', 'outbox', 'bulk'] as const;

/** Those with two. */
export const ITEM_PATHS = ['processes/:process', 'workflows/:workflow', 'bulk/:bulk'] as const;

/**
 * What leads from the page of this path to the console: relative, so that a proxy may give the path another beginning. `steps`: how many
 * parts the path has below the console.
 */
export function baseHref(path: string, steps: number): string {
  const below = steps + (path.endsWith('/') ? 1 : 0);
  if (below > 0) return '../'.repeat(below - 1) || './';
  return `./${path.slice(path.lastIndexOf('/') + 1)}/`;
}

/** The page with its base and its title. */
export function pageAt(index: string, base: string, title: string): string {
  const head = `<head><base href="${escaped(base)}">`;
  return index
    .replace(/<base\b[^>]*>/i, '')
    .replace(/<head>/i, () => head)
    .replace(/<title>[^<]*<\/title>/i, () => `<title>${escaped(title)}</title>`);
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** Nothing of another host, no script or style inside the page, no frame around it. */
const POLICY = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self'`,
  `img-src 'self' data:`,
  `connect-src 'self'`,
  `base-uri 'self'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

const OF_ALL = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': POLICY,
};

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  ...OF_ALL,
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'x-frame-options': 'DENY',
};

/** The name of an asset holds a hash, so it never changes. It is kept by the browser alone, because it stands behind guards. */
export const ASSET_HEADERS: Readonly<Record<string, string>> = { ...OF_ALL, 'cache-control': 'private, max-age=31536000, immutable', vary: 'accept-encoding' };
