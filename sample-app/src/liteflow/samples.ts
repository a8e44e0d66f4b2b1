import type { Class } from 'nestjs-argonaut';
import { HelloWorld } from './01-hello-world.workflow.js';
import { PassingData } from './02-passing-data.workflow.js';
import { WaitingForEvents } from './03-events.workflow.js';
import { ForEachItem } from './04-foreach.workflow.js';
import { IfBigger } from './05-if.workflow.js';
import { WhileSmaller } from './06-while.workflow.js';
import { Persistence } from './07-persistence.workflow.js';
import { SeveralNodes } from './08-several-nodes.workflow.js';
import { OnError } from './on-error.workflow.js';
import { Timing } from './timing.workflow.js';
import { BookTrip } from './trip.workflow.js';

/** By the names their workflows have. */
export const samples: Readonly<Record<string, Class>> = {
  '01-hello-world': HelloWorld,
  '02-passing-data': PassingData,
  '03-events': WaitingForEvents,
  '04-foreach': ForEachItem,
  '05-if': IfBigger,
  '06-while': WhileSmaller,
  '07-persistence': Persistence,
  '08-several-nodes': SeveralNodes,
  'on-error': OnError,
  timing: Timing,
  trip: BookTrip,
};
