import { HttpException, Inject, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiAccess } from '../api/api-access.js';
import { API_OPTIONS } from '../api/api-options.js';
import type { ApiRequest } from '../api/api-request.js';
import { type ApiCall, Answers, FromRequest } from '../api/api-route.js';
import { InvalidInputError } from '../values/errors.js';
import { ChangeFeed, STREAM_TIMES, type StreamTimes } from './change-feed.js';
import { ChangeStream } from './change-stream.js';
import type { WorkflowConsoleOptions } from './console-options.js';
import { FOLLOW_CHANGES } from './console-routes.js';
import { EventStream } from './event-stream.js';

const MOST_STREAMS = 100;

/** 429. As many pages follow changes as may. */
export class TooManyStreamsException extends HttpException {
  constructor(most: number) {
    super(`${most} streams of changes are open on this instance, which are all that \`maxStreams\` allows. Ask for what you show now and then.`, 429);
  }
}

/** Changes of processes, as server-sent events. */
export class LiveController {
  /** Those that are open, or about to be. */
  private open = 0;

  constructor(
    @Inject(API_OPTIONS) private readonly options: WorkflowConsoleOptions,
    @Inject(ApiAccess) private readonly access: ApiAccess,
    @Inject(ChangeFeed) private readonly feed: ChangeFeed,
    @Inject(STREAM_TIMES) private readonly times: StreamTimes,
  ) {}

  @Answers(FOLLOW_CHANGES)
  async followChanges(@FromRequest(FOLLOW_CHANGES) { request, query }: ApiCall<typeof FOLLOW_CHANGES>, @Res() response: unknown): Promise<void> {
    const { maxStreams = MOST_STREAMS } = this.options;
    if (!this.feed.isOpen) throw new ServiceUnavailableException();
    if (this.open >= maxStreams) throw new TooManyStreamsException(maxStreams);
    this.open++;
    try {
      await this.begin(request as ApiRequest, query, response);
    } catch (error) {
      this.open--;
      throw error;
    }
  }

  /** Processes that the request may not see are left out, as if they were not there. */
  private async begin(request: ApiRequest, { process, after }: ApiCall<typeof FOLLOW_CHANGES>['query'], response: unknown): Promise<void> {
    const since = momentAfter(after, request.headers['last-event-id']);
    const inSight = (some: readonly string[]) => this.access.inSight(request, some);
    const ids = process === undefined ? null : await inSight(process);
    const known = await this.feed.read([...(ids ?? [])]);
    const stream = new EventStream(response, this.times.retryMs); // from here on, an error can only end it
    const changes = new ChangeStream(ids, stream, this.feed, inSight, this.times);
    const leave = this.feed.follow(changes, known, since);
    stream.onEnd(() => {
      this.open--;
      changes.stop();
      leave();
    });
    changes.ready(since !== null && ids !== null);
  }
}

/** The moment up to which a client has heard. Null: it is new. */
function momentAfter(after: string | undefined, lastEventId: unknown): number | null {
  if (after !== undefined && !isEventId(after)) throw new InvalidInputError('after', ['it must be the id of an event of this stream']);
  const given = after ?? lastEventId;
  return isEventId(given) ? Number(given) : null;
}

function isEventId(id: unknown): id is string {
  return typeof id === 'string' && /^\d{1,15}$/.test(id);
}
