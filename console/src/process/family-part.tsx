import { Empty, Link } from '../parts/basics.js';
import { ProcessTable } from '../pages/processes.js';
import type { PartProps } from './process-parts.js';

const MOST_CHILDREN = 50;

/** The process that has started it, and those it has started. */
export function FamilyPart({ situation: { process, children } }: PartProps) {
  return (
    <>
      <p>{process.parentId === null ? 'No process has started it.' : <Link to={['processes', process.parentId]}>The process that has started it</Link>}</p>
      {children.length === 0 ? <Empty>It has started no process.</Empty> : <ProcessTable items={children} />}
      {children.length >= MOST_CHILDREN && (
        <Link to={['processes']} query={{ parent: process.id }}>
          All its children
        </Link>
      )}
    </>
  );
}
