// What the service returns, a controller returns, and its declarations name the type (`declaration: true`, as `nest new` has it).
import { Controller, Get } from '@nestjs/common';
import { again, asked, databaseTaskQueue, done, fail, go, pause, WorkflowService } from 'nestjs-argonaut';

export const taskQueue = databaseTaskQueue();

@Controller('declared')
export class Declared {
  constructor(readonly workflows: WorkflowService) {}

  @Get() list() {
    return this.workflows.find();
  }
  all = () => this.workflows.find({ internals: true });
  show = (id: string) => this.workflows.get(id);
  whole = (id: string) => this.workflows.get(id, { internals: true });
  start = (name: string) => this.workflows.start(name, {});
  settled = (id: string) => this.workflows.settled(id);
  respond = (name: string) => this.workflows.respond(name, 'step', 'id', {});
  provideInput = (name: string, id: string) => this.workflows.provideInput(name, 'step', id, {});
  owed = () => this.workflows.waitingForInput();
  emit = () => this.workflows.emit('loan.withdrawn', 'key', { reason: 'none' });
  cancel = (id: string) => this.workflows.cancel(id);
  skip = (name: string, id: string) => this.workflows.skip(name, 'step', id);
  history = (id: string) => this.workflows.history(id);
  historyPage = (id: string) => this.workflows.history(id, { limit: 1 });
  log = (id: string) => this.workflows.log(id);
  explain = (id: string) => this.workflows.explain(id);
  versions = (id: string) => this.workflows.versions(id);
  contextAt = (id: string) => this.workflows.contextAt(id, 1);
  diff = (id: string) => this.workflows.diff(id, 1, 2);
  definitions = () => this.workflows.definitions();
  queues = () => this.workflows.queues();
  workers = () => this.workflows.workers();
  ready = () => this.workflows.ready();
  plan = (name: string) => this.workflows.plan(name, { from: 1, to: 2 });
  inbox = () => this.workflows.inbox.list();
  outbox = () => this.workflows.outbox.list();
  says = () => [again(), asked({ correlationId: 'x' }), done(), fail('no'), go('there'), pause('later')];
}
