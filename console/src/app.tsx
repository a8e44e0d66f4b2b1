import { useEffect } from 'preact/hooks';
import { get, Problem } from './api/client.js';
import type { Session } from './api/types.js';
import { useRead } from './api/use-read.js';
import { Page } from './parts/page.js';
import { Empty, Link, ProblemNote } from './parts/basics.js';
import { Frame } from './parts/frame.js';
import { place } from './state/location.js';
import { session } from './state/session.js';
import { Attention } from './pages/attention.js';
import { BulkRuns } from './pages/bulk-runs.js';
import { OneBulkRun } from './pages/one-bulk-run.js';
import { Inbox } from './pages/inbox.js';
import { Outbox } from './pages/outbox.js';
import { OneProcess } from './pages/one-process.js';
import { Processes } from './pages/processes.js';
import { Queues } from './pages/queues.js';
import { OneWorkflow } from './pages/one-workflow.js';
import { Workflows } from './pages/workflows.js';

/** The console: first who looks at it, then the page of the address. */
export function App() {
  const { answer, problem } = useRead<Session>('session', (signal) => get<Session>('session', {}, signal).then(asSent));
  useEffect(() => {
    session.value = answer;
  }, [answer]);
  return <Frame>{session.value ? <Shown /> : <Arriving problem={problem} />}</Frame>;
}

/** A global interceptor of the application may change all answers, also these. Each page would then fail in a way of its own. */
function asSent(answer: Session): Session {
  if (Array.isArray(answer?.rights)) return answer;
  throw new Problem(
    0,
    'The answers of the console are not as it sends them. A global interceptor of the application may change them: leave the path of the console out of it.',
  );
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
