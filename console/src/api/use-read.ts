import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from './client.js';

export interface Reading<Answer> {
  readonly answer: Answer | null;
  readonly problem: Problem | null;
  readonly isLoading: boolean;
  /** Reads again; what is shown stays until the new answer is there. */
  readonly again: () => void;
}

/** Reads when the key changes, and on demand. A later answer never gives way to an earlier one. */
export function useRead<Answer>(key: string, read: (signal: AbortSignal) => Promise<Answer>): Reading<Answer> {
  const [state, setState] = useState<{ key: string; answer: Answer | null; problem: Problem | null }>({ key, answer: null, problem: null });
  const latest = useRef({ read, running: null as AbortController | null });
  latest.current.read = read;

  const again = useCallback(() => {
    latest.current.running?.abort();
    const control = new AbortController();
    latest.current.running = control;
    const isLast = () => latest.current.running === control && !control.signal.aborted;
    latest.current.read(control.signal).then(
      (answer) => isLast() && setState({ key, answer, problem: null }),
      (error: unknown) => isLast() && setState((before) => ({ key, answer: before.key === key ? before.answer : null, problem: asProblem(error) })),
    );
  }, [key]);

  useEffect(() => {
    again();
    return () => latest.current.running?.abort();
  }, [again]);

  const isCurrent = state.key === key;
  const answer = isCurrent ? state.answer : null;
  const problem = isCurrent ? state.problem : null;
  return { answer, problem, isLoading: answer === null && problem === null, again };
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(0, error instanceof Error ? error.message : String(error));
}
