import { Module } from '@nestjs/common';
import { Add } from './02-passing-data.workflow.js';
import { Countdown } from './07-persistence.workflow.js';
import { DoItem } from './08-several-nodes.workflow.js';
import { LiteflowController } from './liteflow.controller.js';
import { Increment } from './numbers.js';
import { Risky } from './on-error.workflow.js';
import { samples } from './samples.js';
import { Goodbye, Hello, Say, ShowItem } from './steps.js';
import { BookFlight, BookHotel, CancelFlight, Pay } from './trip.workflow.js';

const steps = [
  Hello,
  Goodbye,
  Say,
  ShowItem,
  Add,
  Increment,
  Countdown,
  DoItem,
  Risky,
  BookHotel,
  BookFlight,
  CancelFlight,
  Pay,
];

/** The samples of LiteFlow, the Python engine, in our words. */
@Module({ controllers: [LiteflowController], providers: [...Object.values(samples), ...steps] })
export class LiteflowModule {}
