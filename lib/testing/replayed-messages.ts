import { eventIn, eventKeyIn, keyNameIn, namedIn } from '../core/addresses.js';
import { addressOf } from '../core/wait.js';
import { stepNamed } from '../definition/graph.js';
import type { EngineParts } from '../engine/engine.js';
import type { EventKey } from '../values/types.js';
import type { WorkflowService } from '../workflow.service.js';
import type { FixtureRecord, ProcessFixture } from './process-fixture.js';

/** What a message is brought by, and to. */
interface MessageParts {
  readonly engine: EngineParts;
  readonly workflows: WorkflowService;
  readonly probe: { readonly id: string };
}

/** Brings a recorded message to the process of today, by the call that brought it. Null: it was taken, or emitted. Else why it was not. */
export async function bringMessage(
  { step, message }: FixtureRecord,
  fixture: ProcessFixture,
  { engine, workflows, probe }: MessageParts,
): Promise<string | null> {
  const { definition } = engine.registry.get(fixture.workflow);
  if (!definition.nodes.has(step!)) return 'today there is no such step';
  const { gate } = stepNamed(definition, step!);
  const wait = (await engine.store.queries.waitsOf(probe.id)).find(({ token }) => token.node === step);
  const address = (wait && addressOf(wait)) ?? null;
  if (gate.for === 'event') await workflows.emit(gate.event as never, keyOf(gate.event, address, fixture.groupId), message as never);
  else if (gate.for === 'input') await workflows.provideInput(fixture.workflow, step!, probe.id, message as never);
  else if (gate.for !== 'response') return 'the end of a child is not replayed. The replay ends here';
  else if (address === null) return 'today it does not wait for it';
  else await workflows.respond(fixture.workflow, step!, namedIn(address), message as never);
  return null;
}

/** The key under which the step waits today; a step that does not wait is told by the group id. */
function keyOf(event: string, address: string | null, groupId: string): EventKey {
  if (address === null || eventIn(address) !== event) return groupId;
  const name = keyNameIn(address);
  return name === undefined ? eventKeyIn(address) : { [name]: eventKeyIn(address) };
}
