import { at, get } from '../api/client.js';
import type { Data } from '../api/types.js';
import { useRead } from '../api/use-read.js';
import { Empty, ProblemNote, TableBox } from '../parts/basics.js';
import { SelectField } from '../parts/fields.js';
import { ValueBox } from '../parts/value-box.js';
import { changeQuery, place } from '../state/location.js';
import { type DiffLine, diffLines } from '../words/diff.js';
import type { PartProps } from './process-parts.js';
import { useVersions } from './use-versions.js';

/** The context now or at any version, and what has changed since another one. */
export function ContextPart({ situation: { process } }: PartProps) {
  const { query } = place.value;
  const version = numberIn(query, 'version', process.contextVersion);
  const since = numberIn(query, 'since', 0);
  const offered = useVersions(process);
  const { answer, problem } = useRead(`${process.id} ${version} ${since}`, (signal) => read(process.id, version, since, signal));
  return (
    <>
      <div class="filter-row">
        <SelectField
          label="Version"
          value={String(version)}
          words={offered}
          onChange={(each) => changeQuery({ version: Number(each) === process.contextVersion ? null : each })}
        />
        <SelectField
          label="Compared with"
          value={since === 0 ? '' : String(since)}
          words={offered.filter(([each]) => Number(each) !== version).map(([each, words]) => [each, `version ${words}`])}
          all="no other version"
          onChange={(each) => changeQuery({ since: each === '' ? null : each })}
        />
      </div>
      <ProblemNote problem={problem} />
      {answer && <Lines lines={answer} compares={since !== 0} />}
    </>
  );
}

function numberIn(query: URLSearchParams, name: string, otherwise: number): number {
  const number = Number(query.get(name));
  return Number.isInteger(number) && number > 0 ? number : otherwise;
}

async function read(id: string, version: number, since: number, signal: AbortSignal): Promise<DiffLine[]> {
  const contextAt = (each: number) => get<{ context: Data }>(`processes/${at(id)}/versions/${each}`, {}, signal);
  const [chosen, other] = await Promise.all([contextAt(version), since === 0 ? null : contextAt(since)]);
  return diffLines(other?.context ?? chosen.context, chosen.context);
}

const SIGNS = { same: '', added: '+ added', removed: '− removed', changed: '≠ changed' } as const;

function Lines({ lines, compares }: { readonly lines: readonly DiffLine[]; readonly compares: boolean }) {
  if (lines.length === 1 && lines[0]!.path === '') return <Empty>The context is empty.</Empty>;
  const changed = lines.filter(({ mark }) => mark !== 'same').length;
  return (
    <>
      {compares && <p role="status">{changed === 0 ? 'Nothing differs.' : `${changed} of ${lines.length} values differ.`}</p>}
      <TableBox label="Values of the context">
        <thead>
          <tr>
            <th scope="col">Key</th>
            {compares && <th scope="col">Change</th>}
            {compares && <th scope="col">Before</th>}
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ path, mark, before, after }) => (
            <tr key={path} class={`diff ${mark}`}>
              <th scope="row" class="code">
                {path}
              </th>
              {compares && <td>{SIGNS[mark]}</td>}
              {compares && <td>{mark === 'same' ? '' : <ValueBox label={`${path} before`} value={before} />}</td>}
              <td>
                <ValueBox label={path} value={after} />
              </td>
            </tr>
          ))}
        </tbody>
      </TableBox>
    </>
  );
}
