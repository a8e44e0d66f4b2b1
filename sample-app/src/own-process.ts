import { NotFoundException } from '@nestjs/common';
import type { WorkflowService } from 'nestjs-argonaut';

/**
 * The process of this id, if its workflow is one of these. The application has one table for all processes, and a route shows and
 * changes only its own: of another it says that there is none, as of an id that no process has.
 */
export async function ownProcess(
  workflows: WorkflowService,
  id: string,
  names: readonly string[],
): Promise<{ readonly workflow: string }> {
  const process = await workflows.get(id);
  if (!names.includes(process.workflow)) throw new NotFoundException(`There is no process ${id} here.`);
  return process;
}
