import { Module } from '@nestjs/common';
import { InOrder } from './order-1.workflow.js';
import { Built } from './order-2.workflow.js';
import { Drawn } from './order-3.workflow.js';
import { Approve, Price, Ship } from './order-4.steps.js';
import { SpellingsController } from './spellings.controller.js';

/** One process in four spellings; the fourth is a document. */
@Module({ controllers: [SpellingsController], providers: [InOrder, Built, Drawn, Price, Approve, Ship] })
export class SpellingsModule {}
