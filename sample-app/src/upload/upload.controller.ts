import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Body, ConflictException, Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { WorkflowService } from 'nestjs-argonaut';
import { ownProcess } from '../own-process.js';
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
    const { owes } = await this.status(id);
    if (!owes.some(({ step }) => step === 'validate')) throw new ConflictException('This upload waits for no file.'); // before anything is written
    const folder = join(settings.dataDir, 'uploads', basename(id));
    const path = join(folder, basename(name));
    await mkdir(folder, { recursive: true });
    await writeFile(path, content, { flag: 'wx' }).catch(alreadyThere);
    await this.workflows
      .provideInput(FileUploadWorkflow, 'validate', id, { path })
      .catch((error: unknown) => withoutFile(path, error));
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
    await ownProcess(this.workflows, id, ['file-upload']);
    await this.workflows.settled(id, { timeout: '5s' });
    const { status, cause, context, waits } = await this.workflows.get(FileUploadWorkflow, id);
    const owes = waits
      .filter(({ kind }) => kind === 'input')
      .map(({ step, dueAt, schema }) => ({ step, dueAt, schema }));
    return { id, status, cause, owes, upload: context };
  }

  @Get(':id/log')
  async log(@Param('id') id: string) {
    await ownProcess(this.workflows, id, ['file-upload']);
    return this.workflows.log(id);
  }

  @Get(':id/page')
  @Header('content-type', 'text/html; charset=utf-8')
  async page(@Param('id') id: string) {
    return statusPage(await this.status(id), await this.workflows.log(id));
  }
}

/** Two callers at once bring a file of one name: one of them is first. */
function alreadyThere(error: NodeJS.ErrnoException): never {
  throw error.code === 'EEXIST' ? new ConflictException('A file of this name has just been brought.') : error;
}

/** The other was first, or the process has ended meanwhile: nothing is left of a file that no process has. */
async function withoutFile(path: string, error: unknown): Promise<never> {
  await rm(path, { force: true });
  throw error;
}
