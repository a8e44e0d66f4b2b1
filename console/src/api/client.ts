import { mount } from '../state/location.js';

/** An answer that is an error, or no answer at all. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    detail: string,
    /** One sentence for each fault of the data. */
    readonly problems: readonly string[] = [],
  ) {
    super(detail);
  }
}

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;

export function apiUrl(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === '') continue;
    for (const each of Array.isArray(value) ? (value as string[]) : [String(value)]) search.append(key, each);
  }
  const text = search.toString();
  return `${mount}api/${path}${text === '' ? '' : `?${text}`}`;
}

export function get<Answer>(path: string, query?: Query, signal?: AbortSignal): Promise<Answer> {
  return ask<Answer>(apiUrl(path, query), { headers: { accept: 'application/json' }, signal });
}

/** A write. The header keeps other sites from sending it in the name of a person who is signed in. */
export function post<Answer>(path: string, body: object): Promise<Answer> {
  const headers = { accept: 'application/json', 'content-type': 'application/json', 'x-workflow-console': '1' };
  return ask<Answer>(apiUrl(path), { method: 'POST', headers, body: JSON.stringify(body) });
}

async function ask<Answer>(url: string, request: RequestInit): Promise<Answer> {
  const answer = await fetch(url, { credentials: 'same-origin', ...request }).catch((error: unknown) => {
    if (request.signal?.aborted) throw error;
    throw new Problem(0, 'The server cannot be reached.');
  });
  if (!answer.ok) throw await problemOf(answer);
  return (await answer.json()) as Answer;
}

async function problemOf(answer: Response): Promise<Problem> {
  const body = (await answer.json().catch(() => ({}))) as { detail?: string; message?: string; problems?: string[] };
  return new Problem(answer.status, body.detail ?? body.message ?? `The server has answered ${answer.status}.`, body.problems);
}

/** A part of a path. */
export const at = encodeURIComponent;
