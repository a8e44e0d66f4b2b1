import { Inject, Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { OPTION_KINDS, wrongOptions } from '../context/call-checks.js';
import { Engine } from '../engine/engine.js';
import { healthOf, type Health, type HealthLimits, type HealthPart } from '../engine/health.js';
import { parseDuration } from '../values/duration.js';
import { InvalidInputError } from '../values/errors.js';
import type { Duration } from '../values/types.js';

/** How the health of this instance is judged. */
export interface WorkflowHealthOptions {
  /**
   * The parts that make the indicator `down`. The others are shown all the same. Default: all four. For a liveness probe `['sweep']`: a restart
   * mends nothing else.
   */
  readonly downFor?: readonly HealthPart[];
  /** How long database and task queue may take to answer. Default 3 s. */
  readonly timeout?: Duration;
  /** How old the last sweep may be. Default: 5 minutes, or three times `worker.sweepInterval` if that is longer. */
  readonly maxSweepAge?: Duration;
}

/** A part that is well is `up`; `unknown` is the schema while the database does not answer; `off` the sweep of an instance that has none. */
type PartState = 'up' | 'down' | 'unknown' | 'off';

/** What the indicator shows, beside its status. */
export interface WorkflowHealthDetails extends Record<HealthPart, PartState> {
  /** How long ago the last sweep ended, ms. Null: this instance does not sweep. */
  readonly lastSweepMs: number | null;
  /** What is wrong, in sentences. */
  readonly problems: readonly string[];
}

const PARTS: readonly HealthPart[] = ['database', 'schema', 'queue', 'sweep'];
const { list, duration } = OPTION_KINDS;
const OPTIONS = { downFor: list, timeout: duration, maxSweepAge: duration };

/**
 * Tells `@nestjs/terminus` whether this instance can run workflows: its database answers, the tables are as expected, the broker of its task
 * queue answers, and its last sweep is not old. Processes that are stuck, failed or overdue never make it `down`, because a restart
 * would not help them.
 *
 * @example
 * providers: [WorkflowHealthIndicator], imports: [TerminusModule]
 * health.check([() => indicator.check('workflow')]);
 */
@Injectable()
export class WorkflowHealthIndicator {
  constructor(
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(Engine) private readonly engine: Engine,
  ) {}

  /** Takes one statement that reads no row, and one ping of the broker. @throws InvalidInputError for wrong options */
  async check<const Key extends string = 'workflow'>(
    key = 'workflow' as Key,
    options: WorkflowHealthOptions = {},
  ): Promise<HealthIndicatorResult<Key, 'up' | 'down', WorkflowHealthDetails>> {
    const { limits, downFor } = read(options);
    const health = await healthOf(this.engine.parts, limits);
    const indicator = this.indicators.check(key);
    const details = { ...detailsOf(health) };
    return downFor.some((part) => part in health.problems) ? indicator.down(details) : indicator.up(details);
  }
}

function detailsOf({ problems, sweepAgeMs }: Health): WorkflowHealthDetails {
  const stateOf = (part: HealthPart): PartState => (part in problems ? 'down' : 'up');
  return {
    database: stateOf('database'),
    schema: 'database' in problems ? 'unknown' : stateOf('schema'),
    queue: stateOf('queue'),
    sweep: sweepAgeMs === null ? 'off' : stateOf('sweep'),
    lastSweepMs: sweepAgeMs === null ? null : Math.round(sweepAgeMs),
    problems: Object.values(problems),
  };
}

function read(options: WorkflowHealthOptions): { readonly limits: HealthLimits; readonly downFor: readonly HealthPart[] } {
  const problems = wrongOptions(OPTIONS, options);
  const { downFor = PARTS, timeout = 3000, maxSweepAge } = options;
  const unknown = Array.isArray(downFor) ? downFor.filter((part) => !PARTS.includes(part)) : [];
  problems.push(...unknown.map((part) => `downFor: there is no part "${String(part)}". There are ${PARTS.join(', ')}.`));
  if (problems.length > 0) throw new InvalidInputError('the options of the health check', problems);
  return { limits: { timeoutMs: parseDuration(timeout)!, maxSweepAgeMs: maxSweepAge === undefined ? null : parseDuration(maxSweepAge) }, downFor };
}
