import { useEffect } from 'preact/hooks';
import { get, type Problem } from './api/client';
import type { Session } from './api/types';
import { useRead } from './api/use-read';
import { Page } from './parts/page';
import { Empty, Link, ProblemNote } from './parts/basics';
import { Frame } from './parts/frame';
import { place } from './state/location';
import { session } from './state/session';
import { Attention } from './pages/attention';
import { BulkRuns } from './pages/bulk-runs';
import { OneBulkRun } from './pages/one-bulk-run';
import { Inbox } from './pages/inbox';
import { Outbox } from './pages/outbox';
import { OneProcess } from './pages/one-process';
import { Processes } from './pages/processes';
import { Queues } from './pages/queues';
import { OneWorkflow } from './pages/one-workflow';
import { Workflows } from './pages/workflows';

/** The console: first who looks at it, then the page of the address. */
export function App() {
  const { answer, problem } = useRead<Session>('session', (signal) => get('session', {}, signal));
  useEffect(() => {
    session.value = answer;
  }, [answer]);
  return <Frame>{session.value ? <Shown /> : <Arriving problem={problem} />}</Frame>;
}

function Arriving({ problem }: { readonly problem: Problem | null }) {
  return problem ? <ProblemNote problem={problem} /> : <p class="loading">Loading…</p>;
}

function Shown() {
  const [list = '', one, ...more] = place.value.path;
  if (more.length > 0) return <Missing />;
  if (one === undefined) return pageOf(list);
  if (list === 'processes') return <OneProcess key={one} id={one} />;
  if (list === 'workflows') return <OneWorkflow key={one} name={one} />;
  if (list === 'bulk') return <OneBulkRun key={one} id={one} />;
  return <Missing />;
}

function pageOf(list: string) {
  switch (list) {
    case '':
      return <Attention />;
    case 'processes':
      return <Processes />;
    case 'workflows':
      return <Workflows />;
    case 'queues':
      return <Queues />;
    case 'inbox':
      return <Inbox />;
    case 'outbox':
      return <Outbox />;
    case 'bulk':
      return <BulkRuns />;
    default:
      return <Missing />;
  }
}

function Missing() {
  return (
    <Page title="There is no such page">
      <Empty>
        The address leads to nothing. <Link to={[]}>Go to what needs attention</Link>
      </Empty>
    </Page>
  );
}
