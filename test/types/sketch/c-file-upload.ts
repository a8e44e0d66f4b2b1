import { access, readFile } from 'node:fs/promises';
import { Body, Controller, Get, Injectable, Param, Post } from '@nestjs/common';
import { IsString } from 'class-validator';
import { filter } from 'rxjs';
import { type Digraph, Step, type StepRef, Workflow, WorkflowService } from 'nestjs-argonaut';

class UploadDto {
  @IsString() path!: string;
}
class Upload {
  path = '';
  content?: unknown;
}

@Workflow({ name: 'file-upload', context: Upload })
export class FileUploadWorkflow {
  flow: Digraph<FileUploadWorkflow> = {
    start: ['validate'],
    validate: ['fileType'],
    fileType: ['json', 'other'],
    json: ['check'],
    other: ['check'],
  };

  @Step({ input: UploadDto, within: '1 hour' })
  async validate(upload: Upload, input: UploadDto) {
    await access(input.path);
    return { path: input.path };
  }

  @Step()
  fileType(upload: Upload) {
    return upload.path.endsWith('.json') ? 0 : 1; // an edge by its index, as in django-wfe; its name, 'json', is better
  }

  @Step()
  async json(upload: Upload, step: StepRef) {
    const { path } = step.previous as Upload; // what validate returned
    return { content: JSON.parse(await readFile(path, 'utf8')) as unknown };
  }

  @Step()
  async other(upload: Upload) {
    return { content: await readFile(upload.path, 'utf8') };
  }

  @Step()
  check(upload: Upload) {
    if (!upload.content) throw new Error(`${upload.path} is empty`);
  }
}

@Controller('uploads')
export class UploadController {
  constructor(private readonly workflows: WorkflowService) {}

  @Post() start() {
    return this.workflows.start(FileUploadWorkflow);
  }
  @Post(':id/file') upload(@Param('id') id: string, @Body() dto: UploadDto) {
    return this.workflows.provideInput(FileUploadWorkflow, 'validate', id, dto);
  }
  @Get(':id') status(@Param('id') id: string) {
    return this.workflows.get(id);
  }
}

@Injectable()
export class Reminders {
  constructor(workflows: WorkflowService) {
    workflows.records
      .pipe(filter((record) => record.type === 'input-required'))
      .subscribe((record) => console.log(`${record.processId} needs a ${record.step}`));
  }
}
