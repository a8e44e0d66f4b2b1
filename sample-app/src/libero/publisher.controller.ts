import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Controller, Get, NotFoundException, Param, ServiceUnavailableException, StreamableFile } from '@nestjs/common';

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));

/** Stands for the servers of others: a publisher with an article and its images, and whoever has a foo. */
@Controller('libero')
export class PublisherController {
  private readonly asked = new Set<string>();

  @Get('foo')
  foo() {
    return 'bar';
  }

  /** Too busy for an image when it is first asked for. */
  @Get('articles/:file')
  async article(@Param('file') file: string) {
    const isNew = !this.asked.has(file);
    this.asked.add(file);
    if (isNew && file === 'fig2.tif') throw new ServiceUnavailableException('try again');
    const bytes = await readFile(FIXTURES + basename(file)).catch(() => null);
    if (!bytes) throw new NotFoundException();
    return new StreamableFile(bytes, { type: file.endsWith('.xml') ? 'application/xml' : 'image/tiff' });
  }
}
