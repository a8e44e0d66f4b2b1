import { isFinished, isUnclaimed } from '../../core/process.js';
import { isTaskWait, type TaskWaitState, type WaitState } from '../../core/wait.js';
import { grouped } from '../../values/grouped.js';
import { AGEING_KINDS, type QueueGauge, type StoreGauges } from '../store-gauges.js';
import { type MemoryTables, openWaits } from './process-rows.js';

interface PlacedWait {
  readonly workflow: string;
  readonly wait: WaitState;
}

export function memoryGauges(tables: MemoryTables, now: number): StoreGauges {
  const live = tables.processes.filter(({ status }) => !isFinished(status));
  const waits = tables.all.flatMap((rows) => openWaits(rows).map((wait): PlacedWait => ({ workflow: rows.process.workflow, wait })));
  const ageing = waits.filter(({ wait }) => (AGEING_KINDS as readonly string[]).includes(wait.waitsFor.kind));
  return {
    processes: summed(live, ({ workflow, status }) => ({ workflow, status }), (all) => ({ count: all.length })),
    unclaimed: live.filter(({ worker }) => isUnclaimed(worker)).length,
    oldestWaits: summed(ageing, place, (all) => ({ since: Math.min(...all.map(({ wait }) => wait.token.since)) })),
    overdue: summed(waits.filter(({ wait }) => wait.waitsFor.kind === 'overdue'), place, (all) => ({ count: all.length })),
    queues: queueGauges(waits.map(({ wait }) => wait).filter(isTaskWait), now),
  }; // prettier-ignore
}

const place = ({ workflow, wait }: PlacedWait) => ({ workflow, step: wait.token.node });

function queueGauges(tasks: readonly TaskWaitState[], now: number): QueueGauge[] {
  return summed(tasks, ({ waitsFor: { queue } }) => ({ queue }), (all) => {
    const moments = all.flatMap(({ waitsFor: { readyAt } }) => (readyAt === null ? [] : [readyAt]));
    const ready = moments.filter((moment) => moment <= now).length;
    const taken = all.filter(({ waitsFor: { worker } }) => worker !== null).length;
    return { ready, later: all.length - taken - ready, taken, readyAt: moments.length > 0 ? Math.min(...moments) : null };
  }); // prettier-ignore
}

/** As `group by` does. */
function summed<T, Key extends object, Sum extends object>(all: readonly T[], keyOf: (each: T) => Key, sumOf: (all: readonly T[]) => Sum): (Key & Sum)[] {
  const groups = [...grouped(all, (each) => JSON.stringify(Object.values(keyOf(each)))).values()];
  return groups.map((members) => ({ ...keyOf(members[0]!), ...sumOf(members) }));
}
