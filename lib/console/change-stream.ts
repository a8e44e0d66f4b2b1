/** The stream of one page: what has changed, as far as its request may see it. */
import type { ProcessState } from '../core/process.js';
import { problemFor } from '../api/problem.filter.js';
import { clearTimeout, setInterval, setTimeout } from '../values/timers.js';
import type { ChangeFeed, ChangeFollower, StreamTimes } from './change-feed.js';
import type { EventStream } from './event-stream.js';

/** At once, so many changes are told. A page that is told of one asks for all that it shows. */
const MOST_TOLD = 100;

/** Those of the processes that the request may see. */
export type Sight = (ids: readonly string[]) => Promise<ReadonlySet<string>>;

export class ChangeStream implements ChangeFollower {
  private pending = new Map<string, ProcessState>();
  private isTelling = false;
  private readonly timers: ReturnType<typeof setTimeout>[];
  private gathering: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly ids: ReadonlySet<string> | null,
    private readonly stream: EventStream,
    private readonly feed: Pick<ChangeFeed, 'now'>,
    private readonly inSight: Sight,
    private readonly times: StreamTimes,
  ) {
    this.timers = [setInterval(() => stream.beat(), times.heartbeatMs), setTimeout(() => this.end(), times.lifeMs)];
    for (const timer of this.timers) timer.unref();
  }

  /** The page may show what it has, and from now on hears what changes. `complete` false: it has to ask for all once more. */
  ready(complete: boolean): void {
    this.stream.send({ id: String(this.feed.now), name: 'ready', data: { complete } });
  }

  changed(process: ProcessState): void {
    this.pending.set(process.id, process); // only the newest state of each
    this.tellSoon();
  }

  private tellSoon(): void {
    if (this.isTelling || this.gathering !== undefined) return;
    this.gathering = setTimeout(() => void this.tell(), this.times.gatherMs);
    this.gathering.unref();
  }

  /** An error of `maySee` ends the stream, and is logged. */
  private async tell(): Promise<void> {
    this.gathering = undefined;
    this.isTelling = true;
    const id = String(this.feed.now);
    const some = [...this.pending.values()].slice(0, MOST_TOLD);
    this.pending = new Map();
    try {
      const seen = await this.inSight(some.map((process) => process.id));
      for (const process of some) if (seen.has(process.id)) this.stream.send({ id, name: 'changed', data: toldOf(process) });
    } catch (error) {
      problemFor(error);
      this.end();
    }
    this.isTelling = false;
    if (this.pending.size > 0) this.tellSoon();
  }

  end(): void {
    this.stream.end();
  }

  /** The stream has ended. */
  stop(): void {
    for (const timer of [...this.timers, this.gathering]) clearTimeout(timer); // intervals, too
    this.pending = new Map();
  }
}

function toldOf({ id, workflow, status, revision }: ProcessState): object {
  return { id, workflow, status, revision };
}
