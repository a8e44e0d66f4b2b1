import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Body, Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { WorkflowService } from 'nestjs-argonaut';
import { settings } from '../settings.js';
import { File, NewUpload } from './upload.dto.js';
import { formPage, statusPage } from './upload.pages.js';
import { FileUploadWorkflow } from './upload.workflow.js';

@Controller('uploads')
export class UploadController {
  constructor(private readonly workflows: WorkflowService) {}

  /** Runs until it stands still: for the file. */
  @Post()
  async start(@Body() { owner }: NewUpload) {
    const { id } = await this.workflows.start(FileUploadWorkflow, { owner });
    return this.status(id);
  }

  @Post(':id/file')
  @HttpCode(200)
  async provide(@Param('id') id: string, @Body() { name, content }: File) {
    await this.workflows.get(FileUploadWorkflow, id); // 404 before anything is written
    const folder = join(settings.dataDir, 'uploads', basename(id));
    const path = join(folder, basename(name));
    await mkdir(folder, { recursive: true });
    await writeFile(path, content);
    await this.workflows.provideInput(FileUploadWorkflow, 'validate', id, { path });
    return this.status(id);
  }

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  form() {
    return formPage;
  }

  /** Who owes what, with the JSON Schema of it: enough to draw a form. */
  @Get('owed')
  async owed() {
    return (await this.workflows.waitingForInput({ workflow: FileUploadWorkflow })).items;
  }

  @Get(':id')
  async status(@Param('id') id: string) {
    await this.workflows.settled(id, { timeout: '5s' });
    const { status, cause, context, waits } = await this.workflows.get(FileUploadWorkflow, id);
    const owes = waits
      .filter(({ kind }) => kind === 'input')
      .map(({ step, dueAt, schema }) => ({ step, dueAt, schema }));
    return { id, status, cause, owes, upload: context };
  }

  @Get(':id/log')
  log(@Param('id') id: string) {
    return this.workflows.log(id);
  }

  @Get(':id/page')
  @Header('content-type', 'text/html; charset=utf-8')
  async page(@Param('id') id: string) {
    return statusPage(await this.status(id), await this.workflows.log(id));
  }
}
