import { at } from '../api/client.js';
import type { LogLine } from '../api/types.js';
import { usePages } from '../api/use-pages.js';
import { Empty, Heads, Moment, More, ProblemNote, TableBox } from '../parts/basics.js';
import type { PartProps } from './process-parts.js';

/** What steps have logged. */
export function LogPart({ situation: { process } }: PartProps) {
  const list = usePages<LogLine>(`processes/${at(process.id)}/log`, {}, 100);
  return (
    <>
      <ProblemNote problem={list.problem} />
      {list.items?.length === 0 && <Empty>No step has logged a line. step.note() and Nest's Logger write here.</Empty>}
      {list.items && list.items.length > 0 && (
        <TableBox label="Log">
          <Heads names={['When', 'Level', 'Step', 'Line']} />
          <tbody>
            {list.items.map((line, index) => (
              <tr key={index} class={line.level === 'error' || line.level === 'fatal' ? 'failed' : undefined}>
                <td>
                  <Moment at={line.at} precise />
                </td>
                <td>{line.level}</td>
                <th scope="row">
                  {line.step} <span class="muted">attempt {line.attempt}</span>
                </th>
                <td>
                  <pre class="line">{line.context ? `[${line.context}] ${line.text}` : line.text}</pre>
                </td>
              </tr>
            ))}
          </tbody>
        </TableBox>
      )}
      <More list={list} what="lines" />
    </>
  );
}
