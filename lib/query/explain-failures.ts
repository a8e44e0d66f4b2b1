import { isIdle, type Token } from '../core/token.js';
import { type Explained, namedSteps, placeOf, skipping, type Word } from './explained.js';

/** A process may have failed in more than one of its branches. */
export function failures(subject: Explained): Word[] {
  const { process, waits } = subject;
  const all = [...process.tokens, ...waits.map(({ token }) => token)];
  const failed = new Map(all.filter(({ fault }) => fault !== undefined).map((token) => [token.key, token]));
  const isOnly = failed.size === 1;
  return [...failed.values()].map((token) => ({
    says: `has failed in ${placeOf(token)} at attempt ${token.attempt}: ${token.fault}`,
    remedies: [...againOrPast(token, subject, isOnly), `restartFrom('${process.id}', 1 to ${process.contextVersion})`, `cancel('${process.id}')`],
  }));
}

/**
 * A compensation or a container is no step that could be named. While anything has failed nothing begins, so where it is not the only one a
 * new attempt of one step alone starts nothing.
 */
function againOrPast(token: Token, subject: Explained, isOnly: boolean): string[] {
  const { id } = subject.process;
  if (token.does === 'undo' || token.does === 'branches') return [`retry('${id}')`];
  return [isOnly ? `retry('${id}', { step: '${token.node}' })` : `retry('${id}')`, skipping(token, subject)];
}

/** Steps that may begin, once nothing in the process stands in their way. */
export function heldUp({ process: { status, tokens } }: Explained): Word[] {
  const idle = status === 'failed' ? tokens.filter(isIdle) : [];
  return idle.length === 0 ? [] : [{ says: `begins ${namedSteps(idle)} once nothing in it has failed any more` }];
}
