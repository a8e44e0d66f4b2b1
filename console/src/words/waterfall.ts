import type { RunState, StepRun } from '../api/types.js';
import { groupedBy } from './grouped.js';

export interface Bar {
  /** In hundredths of the width. */
  readonly from: number;
  readonly width: number;
  readonly run: StepRun;
}
export interface Row {
  readonly key: string;
  readonly step: string;
  readonly run: number;
  readonly state: RunState;
  readonly error: string | null;
  /** The moment of its first attempt; null: it has not begun. */
  readonly startedAt: string | null;
  readonly durationMs: number | null;
  readonly bars: readonly Bar[];
}

const LEAST_WIDTH = 0.4;
/** What a stretch without work is shortened to, as a part of all the work. */
const IDLE_SHARE = 0.03;

/** One row for each visit of a step, its attempts as bars. What has failed comes first, then the order in which they began. */
export function waterfallRows(runs: readonly StepRun[], now: number, hidesIdle: boolean): Row[] {
  const scale = scaleOf(runs, now, hidesIdle);
  const rows = [...groupedBy(runs, ({ step, run }) => `${step}#${run}`)].map(([key, tries]) => rowOf(key, tries, scale, now));
  return rows.sort((a, b) => Number(b.state === 'failed') - Number(a.state === 'failed') || beganAt(a) - beganAt(b) || a.run - b.run);
}

function beganAt({ startedAt }: Row): number {
  return startedAt === null ? Infinity : Date.parse(startedAt);
}

type Scale = (at: number) => number;

function rowOf(key: string, tries: readonly StepRun[], scale: Scale, now: number): Row {
  const ordered = tries.toSorted((a, b) => a.attempt - b.attempt);
  const last = ordered.at(-1)!;
  const startedAt = ordered.find((each) => each.startedAt !== null)?.startedAt ?? null;
  const end = endOf(last, now);
  const durationMs = startedAt === null ? null : Math.max(end - Date.parse(startedAt), 0);
  const bars = ordered.filter((each) => each.startedAt !== null).map((run) => barOf(run, scale, now));
  return { key, step: last.step, run: last.run, state: last.state, error: last.error, startedAt, durationMs, bars };
}

function endOf({ endedAt, startedAt, state }: StepRun, now: number): number {
  if (endedAt !== null) return Date.parse(endedAt);
  return state === 'running' || state === 'waiting' || startedAt === null ? now : Date.parse(startedAt);
}

function barOf(run: StepRun, scale: Scale, now: number): Bar {
  const from = scale(Date.parse(run.startedAt!));
  const to = scale(endOf(run, now));
  const width = Math.max(to - from, LEAST_WIDTH);
  return { from: Math.min(from, 100 - width), width, run };
}

/** Moments to hundredths. Stretches in which no body runs can be shortened. */
function scaleOf(runs: readonly StepRun[], now: number, hidesIdle: boolean): Scale {
  const begun = runs.filter(({ startedAt }) => startedAt !== null);
  const spans = begun.map((run) => ({ from: Date.parse(run.startedAt!), to: endOf(run, now), works: run.state !== 'waiting' }));
  const marks = [...new Set(spans.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const worked = spans.filter(({ works }) => works);
  const lengths = marks.slice(1).map((mark, index) => ({ length: mark - marks[index]!, isIdle: isIdle(worked, marks[index]!, mark) }));
  const busy = lengths.reduce((sum, { length, isIdle: idle }) => sum + (idle ? 0 : length), 0);
  const cap = hidesIdle ? Math.max(busy * IDLE_SHARE, 1) : Infinity;
  const offsets = [0];
  for (const { length, isIdle: idle } of lengths) offsets.push(offsets.at(-1)! + (idle ? Math.min(length, cap) : length));
  const whole = offsets.at(-1)! || 1;
  const places = new Map(marks.map((mark, index) => [mark, (offsets[index]! / whole) * 100]));
  return (at) => places.get(at) ?? 0;
}

function isIdle(worked: readonly { from: number; to: number }[], from: number, to: number): boolean {
  return !worked.some((span) => span.from < to && span.to > from);
}
