import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Controller, Get, NotFoundException, Param, ServiceUnavailableException, StreamableFile } from '@nestjs/common';

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));

const BUSY = 'fig2.tif';

/** Stands for the servers of others: a publisher with an article and its images, and whoever has a foo. */
@Controller('libero')
export class PublisherController {
  private wasAsked = false;

  @Get('foo')
  foo() {
    return 'bar';
  }

  /** Too busy for an image when it is first asked for. */
  @Get('articles/:file')
  async article(@Param('file') file: string) {
    if (file === BUSY && !this.wasAsked) {
      this.wasAsked = true;
      throw new ServiceUnavailableException('try again');
    }
    const bytes = await readFile(FIXTURES + basename(file)).catch(() => null);
    if (!bytes) throw new NotFoundException();
    return new StreamableFile(bytes, { type: file.endsWith('.xml') ? 'application/xml' : 'image/tiff' });
  }
}
