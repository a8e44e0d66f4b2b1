import { atStep } from '../document-paths.js';
import { type Node, type WorkflowDefinition } from '../graph.js';
import type { WorkflowSource, WrittenStep } from '../source.js';
import { isStageOfSteps, stagesIn } from '../stages.js';
import { groupOf, joinOf } from '../written-order.js';
import type { Problems } from './value-problems.js';

/** Finds problems that show only when steps in written order are compared. */
export function* orderProblems(source: WorkflowSource, definition: WorkflowDefinition): Problems {
  if (source.flow) return;
  const flow = source.steps.filter((step) => !step.options.unsolicited);
  yield* scatteredGroups(flow);
  yield* disagreements(source, flow);
  yield* fallingThrough(source, definition);
}

/** Only neighbours make a group. The same name further on would be another group, or a mistake. */
function* scatteredGroups(flow: readonly WrittenStep[]): Problems {
  const first = flow.filter((step, i) => groupOf(step) !== undefined && (i === 0 || groupOf(step) !== groupOf(flow[i - 1]!)));
  const names = first.map(groupOf);
  const again = first.filter((_step, i) => names.indexOf(names[i]) !== i);
  for (const name of new Set(again.map(groupOf))) {
    const at = atStep(again.find((step) => groupOf(step) === name)!);
    yield `${at}the steps of the parallel group "${name}" do not stand together. Write them one after the other, or name a second group.`;
  }
}

function* disagreements(source: WorkflowSource, flow: readonly WrittenStep[]): Problems {
  const parts = [...stagesIn(source, flow).filter(isStageOfSteps), ...flow];
  for (const group of new Set(parts.flatMap((part) => groupOf(part) ?? []))) {
    const [first, ...others] = parts.filter((part) => groupOf(part) === group);
    const other = others.find((part) => JSON.stringify(joinOf(part)) !== JSON.stringify(joinOf(first!)));
    if (other)
      yield `${isStageOfSteps(other) ? '' : atStep(other)}the steps of the parallel group "${group}" do not agree on its join and losers. Let each say the same.`;
  }
}

/** Reports a step that would continue, in written order, into a branch of a decision. */
function* fallingThrough({ steps }: WorkflowSource, { nodes }: WorkflowDefinition): Problems {
  const branches = branchesIn(steps);
  for (const step of steps) {
    const onward = stepBehindBlock(onwardFrom(nodes, step.name), nodes);
    if (step.options.next === undefined && onward !== undefined && branches.has(onward)) {
      yield `${atStep(step)}"${step.name}" would run on into "${onward}", which is a branch of a decision. Say next: '...' on "${step.name}".`;
    }
  }
}

/** The node that follows a step and its wrappers. */
function onwardFrom(nodes: ReadonlyMap<string, Node>, name: string): string | undefined {
  const around = ['(if)', '(while)', '(each)'].map((wrapper) => nodes.get(`${name} ${wrapper}`)).find((node) => node !== undefined) ?? nodes.get(name);
  return around?.kind === 'choice' ? around.otherwise : around?.next[0];
}

/** The step of this node, or the step that this node wraps. */
function stepBehindBlock(name: string | undefined, nodes: ReadonlyMap<string, Node>): string | undefined {
  const node = name === undefined ? undefined : nodes.get(name);
  return node && 'of' in node && node.of !== undefined ? node.of : name;
}

/** The steps that a decision before them chooses from. A step before its decision is a loop, so the flow may run into it. */
function branchesIn(steps: readonly WrittenStep[]): ReadonlySet<string> {
  const chosen = steps.flatMap(({ options }, i) => (Array.isArray(options.next) ? steps.slice(i + 1).filter(({ name }) => options.next!.includes(name)) : []));
  return new Set(chosen.map(({ name }) => name));
}
