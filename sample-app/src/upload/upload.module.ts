import { Module } from '@nestjs/common';
import { Reminders } from './reminders.js';
import { UploadController } from './upload.controller.js';
import { FileUploadWorkflow } from './upload.workflow.js';

/** The sample of django-wfe, in our words. */
@Module({ controllers: [UploadController], providers: [FileUploadWorkflow, Reminders] })
export class UploadModule {}
