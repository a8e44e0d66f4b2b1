import { get } from '../api/client.js';
import type { AttentionItem, StatusCount } from '../api/more-types.js';
import { useRead } from '../api/use-read.js';
import { useLive } from '../live/use-live.js';
import { Heads, Link, Moment, ProblemNote, State, TableBox } from '../parts/basics.js';
import { Page } from '../parts/page.js';
import { countWords, exampleTarget, groupTarget, wellWords } from '../words/attention.js';
import { KIND } from '../words/status.js';
import { Standing } from './standing.js';

interface Answers {
  readonly groups: readonly AttentionItem[];
  readonly counts: readonly StatusCount[];
}

async function read(signal: AbortSignal): Promise<Answers> {
  const [attention, counts] = await Promise.all([
    get<{ items: AttentionItem[] }>('attention', {}, signal),
    get<{ items: StatusCount[] }>('counts', {}, signal),
  ]);
  return { groups: attention.items, counts: counts.items };
}

/** The first page: what does not go on by itself. */
export function Attention() {
  const { answer, problem, isLoading, again } = useRead('attention', read);
  useLive(null, again, 3000);
  return (
    <Page title="Needs attention">
      <ProblemNote problem={problem} />
      {isLoading && <p class="loading">Loading…</p>}
      {answer && (
        <>
          <p role="status">
            {answer.groups.length === 0 ? 'Nothing needs attention.' : groupWords(answer.groups)} {wellWords(answer.counts)}
          </p>
          {answer.groups.length > 0 && <Groups groups={answer.groups} />}
          <Standing counts={answer.counts} />
        </>
      )}
    </Page>
  );
}

function groupWords(groups: readonly AttentionItem[]): string {
  const count = groups.reduce((sum, each) => sum + each.count, 0);
  const isMore = groups.some((each) => each.isMore);
  return `${groups.length === 1 ? 'One group' : `${groups.length} groups`}, ${countWords(count, isMore)} in all.`;
}

function Groups({ groups }: { readonly groups: readonly AttentionItem[] }) {
  return (
    <TableBox label="What needs attention">
      <Heads names={['What', 'Workflow, step and error', 'How many', 'Oldest', 'Example']} numbers={['How many']} />
      <tbody>
        {groups.map((group, index) => (
          <Group key={`${group.kind} ${group.workflow} ${group.step} ${group.error} ${index}`} group={group} />
        ))}
      </tbody>
    </TableBox>
  );
}

function Group({ group }: { readonly group: AttentionItem }) {
  const all = groupTarget(group);
  const example = exampleTarget(group);
  const where = [group.workflow ?? 'no workflow', group.version === null ? null : `version ${group.version}`, group.step].filter(Boolean).join(' · ');
  const look = KIND[group.kind];
  return (
    <tr>
      <td>
        <State look={look} />
      </td>
      <th scope="row">
        <Link to={all.path} query={all.query} isRow label={`${look.word}: ${where}, ${group.count}`}>
          {where}
        </Link>
        {group.error !== null && <p class="error-text">{group.error}</p>}
      </th>
      <td class="number">{countWords(group.count, group.isMore)}</td>
      <td>
        <Moment at={group.oldestAt} isShort />
      </td>
      <td>
        {example && (
          <Link to={example.path} query={example.query} class="id">
            {group.example}
          </Link>
        )}
      </td>
    </tr>
  );
}
