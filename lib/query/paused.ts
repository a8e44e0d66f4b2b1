import type { StoredPause } from '../store/port.js';
import { type PausedPlace, placeText } from '../values/paused-place.js';

/** A pause, or what is left of it while it ends. */
export interface PauseView {
  readonly workflow: string | null;
  readonly step: string | null;
  readonly queue: string | null;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly pausedAt: Date;
  /** Since when it ends; null: it holds. */
  readonly resumedAt: Date | null;
  /** How many bodies may begin in a minute while it ends. */
  readonly resumingPerMinute: number | null;
}

export function pauseView(pause: Omit<StoredPause, 'updatedAt'>): PauseView {
  const { workflow, step, queue, actor, reason, pausedAt, resumedAt, perMinute } = pause;
  return {
    workflow, step, queue, actor, reason, pausedAt: new Date(pausedAt), resumedAt: resumedAt === null ? null : new Date(resumedAt), resumingPerMinute: perMinute,
  }; // prettier-ignore
}

/** Who has paused it, since when and why, for people. */
export function pauseText(pause: StoredPause): string {
  const { actor, reason, pausedAt, resumedAt, perMinute } = pause;
  const by = actor === null ? '' : ` by ${actor}`;
  const why = reason === null ? '' : `: ${reason}`;
  const ends = resumedAt === null ? '' : `; it ends${perMinute === null ? '' : `, and lets ${perMinute} begin in a minute`}`;
  return `${placeText(pause)} is paused${by} since ${new Date(pausedAt).toISOString()}${why}${ends}`;
}

/** The call that ends it. */
export function resuming({ workflow, step, queue }: PausedPlace): string {
  const target = queue !== null ? `queue: '${queue}'` : `workflow: '${workflow}'${step === null ? '' : `, step: '${step}'`}`;
  return `pauses.resume({ ${target} })`;
}
