import { Inject } from '@nestjs/common';
import { ApiAccess } from '../api/api-access.js';
import { API_OPTIONS } from '../api/api-options.js';
import { type ApiCall, Answers, FromRequest } from '../api/api-route.js';
import { eventIn, eventKeyIn, keyNameIn, namedIn } from '../core/addresses.js';
import { isStepToken } from '../core/token.js';
import { addressOf, type WaitState } from '../core/wait.js';
import type { WaitKind } from '../core/waits-for.js';
import { Engine } from '../engine/engine.js';
import { NotWaitingError } from '../values/errors.js';
import type { EventKey } from '../values/types.js';
import { WorkflowService } from '../workflow.service.js';
import { builtAssets } from './asset-source.js';
import { DEFAULT_TITLE, type WorkflowConsoleOptions } from './console-options.js';
import { ANSWER_REQUEST, EMIT_AWAITED, GET_GRAPH, GET_SESSION, GET_SITUATION } from './console-routes.js';
import { Situations } from './situations.js';
import { drawnGraph } from './workflow-graph.js';

/** What only the console asks. */
export class ConsoleController {
  constructor(
    @Inject(API_OPTIONS) private readonly options: WorkflowConsoleOptions,
    @Inject(ApiAccess) private readonly access: ApiAccess,
    @Inject(WorkflowService) private readonly workflows: WorkflowService,
    @Inject(Engine) private readonly engine: Engine,
    @Inject(Situations) private readonly situations: Situations,
  ) {}

  @Answers(GET_SESSION)
  async getSession(@FromRequest(GET_SESSION) { request }: ApiCall<typeof GET_SESSION>) {
    const { title = DEFAULT_TITLE, environment = null } = this.options;
    const { actor = null } = this.access.callOf(request);
    const { version } = builtAssets();
    return { rights: [...(await this.access.rightsOf(request))], actor, title, environment, version };
  }

  @Answers(GET_GRAPH)
  getGraph(@FromRequest(GET_GRAPH) { params: { workflow }, query: { version } }: ApiCall<typeof GET_GRAPH>) {
    const { registry } = this.engine.parts;
    const { definition } = registry.get(workflow, version);
    const versions = registry.all().flatMap(({ definition: each }) => (each.name === workflow ? each.version : []));
    return { workflow, version: definition.version, versions: versions.sort((a, b) => b - a), ...drawnGraph(definition) };
  }

  @Answers(GET_SITUATION)
  async getSituation(@FromRequest(GET_SITUATION) { request, params: { process } }: ApiCall<typeof GET_SITUATION>) {
    await this.access.see(request, process);
    return this.situations.of(process, { rights: await this.access.rightsOf(request), hasTenants: this.access.hasTenants });
  }

  @Answers(ANSWER_REQUEST)
  async answerRequest(@FromRequest(ANSWER_REQUEST) { request, params: { process }, body }: ApiCall<typeof ANSWER_REQUEST>) {
    await this.access.see(request, process);
    const { step, response, reason } = body;
    const { workflow, address } = await this.waitOf(process, step, 'response');
    return { disposition: await this.workflows.respond(workflow, step, namedIn(address), response as never, this.access.callOf(request, reason)) };
  }

  @Answers(EMIT_AWAITED)
  async emitAwaited(@FromRequest(EMIT_AWAITED) { request, params: { process }, body }: ApiCall<typeof EMIT_AWAITED>) {
    await this.access.see(request, process);
    const { step, data, reason } = body;
    const { event, key } = await this.eventOf(process, step);
    const { disposition, deliveries } = await this.workflows.bringEvent(event, key, data, this.access.callOf(request, reason));
    return { disposition, items: deliveries };
  }

  /** The event that a step waits for. A step beside the flow takes it under the group id, unless it has a key of its own. */
  private async eventOf(process: string, step: string): Promise<{ readonly event: string; readonly key: EventKey }> {
    const { registry, lookup } = this.engine.parts;
    const { workflow, workflowVersion, groupId } = await lookup.toRead(process);
    const node = registry.find(workflow, workflowVersion)?.definition.nodes.get(step);
    if (node?.kind === 'step' && node.unsolicited && node.gate.for === 'event' && !node.gate.keyed) return { event: node.gate.event, key: groupId };
    const { address } = await this.waitOf(process, step, 'event');
    const [name, value] = [keyNameIn(address), eventKeyIn(address)];
    return { event: eventIn(address)!, key: name === undefined ? value : { [name]: value } };
  }

  /** The oldest wait of a step for such a message. @throws NotWaitingError */
  private async waitOf(process: string, step: string, kind: WaitKind): Promise<{ readonly workflow: string; readonly address: string }> {
    const { workflow, status } = await this.engine.parts.lookup.toRead(process);
    const fits = ({ token, waitsFor }: WaitState) => waitsFor.kind === kind && token.node === step && isStepToken(token);
    const address = (await this.engine.parts.lookup.waitsOf(process)).filter(fits).map(addressOf)[0];
    if (address) return { workflow, address };
    throw new NotWaitingError(process, step, [], `Process ${process} is ${status}: its step "${step}" does not wait for ${kind === 'event' ? 'an' : 'a'} ${kind}.`); // prettier-ignore
  }
}
