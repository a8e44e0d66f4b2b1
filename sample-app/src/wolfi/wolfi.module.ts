import { Module } from '@nestjs/common';
import { AdditionWorkflow } from './addition.workflow.js';
import { AsyncWorkflow } from './async.workflow.js';
import { MinimalWorkflow } from './minimal.workflow.js';
import { WolfiController } from './wolfi.controller.js';

/** The three samples of Wolfi, the Python engine, in our words. */
@Module({ controllers: [WolfiController], providers: [MinimalWorkflow, AdditionWorkflow, AsyncWorkflow] })
export class WolfiModule {}
