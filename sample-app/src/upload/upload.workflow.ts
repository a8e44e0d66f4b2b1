import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Logger } from '@nestjs/common';
import { IsString } from 'class-validator';
import { type Digraph, Step, type StepRef, Workflow } from 'nestjs-argonaut';

export class Upload {
  @IsString() owner: string;
  path?: string;
  content?: unknown;
}

/** What the owner owes: the process stands still until it is here. */
export class UploadedFile {
  @IsString() path: string;
}

/** The file upload of django-wfe: a step that wants an input, and a decision that chooses by the index of an edge. */
@Workflow({ name: 'file-upload', context: Upload })
export class FileUploadWorkflow {
  private readonly logger = new Logger('FileUpload');

  flow: Digraph<FileUploadWorkflow> = {
    start: ['validate'],
    validate: ['fileType'],
    fileType: ['json', 'other'],
    json: ['check'],
    other: ['check'],
  };

  @Step({ input: UploadedFile, within: '1 hour' })
  async validate(upload: Upload, { path }: UploadedFile) {
    const { size } = await stat(path);
    this.logger.log(`${upload.owner} brought ${basename(path)}, ${size} bytes`);
    return { path };
  }

  // An edge by its index, as in django-wfe; by its name, 'json', it reads better.
  @Step()
  fileType(upload: Upload) {
    return upload.path!.endsWith('.json') ? 0 : 1;
  }

  // In django-wfe a handler reads the result of the decision before it, which is empty. Here a decision hands on what it
  // was handed: what `validate` returned.
  @Step()
  async json(_upload: Upload, step: StepRef) {
    const { path } = step.previous as UploadedFile;
    this.logger.log('reads it as JSON');
    return { content: JSON.parse(await readFile(path, 'utf8')) as unknown };
  }

  @Step()
  async other(_upload: Upload, step: StepRef) {
    const { path } = step.previous as UploadedFile;
    this.logger.log('reads it as text');
    return { content: await readFile(path, 'utf8') };
  }

  @Step()
  check({ content, path }: Upload) {
    if (!content) throw new Error(`${basename(path!)} is empty`);
    this.logger.log('the file is in order');
  }
}
