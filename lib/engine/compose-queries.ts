import { Inputs } from '../messaging/input-delivery.js';
import type { MessagingParts } from '../messaging/messaging-parts.js';
import { Migrations } from '../operations/migration.js';
import { Operations } from '../operations/process-operations.js';
import { OwedInputs } from '../query/owed-inputs.js';
import { History } from '../query/process-history.js';
import { Lookup } from '../query/process-lookup.js';
import { ProcessPages } from '../query/process-pages.js';
import { RecordStream } from '../query/record-stream.js';
import { WaitList } from '../query/wait-list.js';

/** Makes the parts that answer questions of people and do what they say. */
export function composeQueries({ store, registry, uncommitted, commands, ...ground }: MessagingParts) {
  const lookup = new Lookup(store, registry, uncommitted);
  const history = new History(store, registry);
  const owed = new OwedInputs(store, registry);
  return {
    lookup,
    history,
    pages: new ProcessPages(store, history),
    records: new RecordStream(),
    operations: new Operations(commands, lookup, history),
    inputs: new Inputs({ ...ground, store, registry, uncommitted, commands }, lookup),
    owed,
    waits: new WaitList(owed),
    migrations: new Migrations(store, registry, commands),
  };
}
