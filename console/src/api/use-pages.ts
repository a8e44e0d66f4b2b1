import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { get, type Problem, type Query } from './client.js';
import type { Page } from './types.js';
import { asProblem } from './use-read.js';

export interface Pages<Item> {
  readonly items: readonly Item[] | null;
  readonly problem: Problem | null;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  /** How many pages are shown. */
  readonly count: number;
  readonly more: () => void;
  /** Begins with the first page again. */
  readonly again: () => void;
}

interface Read<Item> {
  readonly key: string;
  readonly items: readonly Item[] | null;
  readonly next: string | null;
  readonly count: number;
  readonly problem: Problem | null;
  readonly isLoading: boolean;
}

/** A list that is read page by page, each from where the one before has ended. */
export function usePages<Item>(path: string, query: Query = {}, limit = 50): Pages<Item> {
  const key = JSON.stringify([path, query]);
  const empty: Read<Item> = { key, items: null, next: null, count: 0, problem: null, isLoading: true };
  const [state, setState] = useState(empty);
  const turn = useRef(0);

  const read = useCallback(
    async (before: Read<Item> | null) => {
      const mine = ++turn.current;
      setState((current) => (current.key === key ? { ...current, isLoading: true } : empty));
      try {
        const page = await get<Page<Item>>(path, { ...query, limit, cursor: before?.next });
        const items = [...(before?.items ?? []), ...page.items];
        if (mine === turn.current) setState({ key, items, next: page.next, count: (before?.count ?? 0) + 1, problem: null, isLoading: false });
      } catch (error) {
        if (mine === turn.current) setState((current) => ({ ...(current.key === key ? current : empty), problem: asProblem(error), isLoading: false }));
      }
    },
    [key],
  );

  useEffect(() => {
    void read(null);
    return () => void turn.current++;
  }, [read]);

  const shown = state.key === key ? state : empty;
  const { items, problem, isLoading, count, next } = shown;
  return { items, problem, isLoading, count, hasMore: next !== null, more: () => void read(shown), again: () => void read(null) };
}
