import { Logger } from '@nestjs/common';
import { fail, Step, type StepRef } from 'nestjs-argonaut';
import { ArticleFiles } from './article-files.js';
import type { Fetched, Ingest } from './ingest.context.js';

const logger = new Logger('Ingest');

@Step()
export class DownloadXml {
  constructor(private readonly files: ArticleFiles) {}

  async run(_ingest: Ingest, { item: url, processId, signal }: StepRef<unknown, string>) {
    const file = await this.files.download(url, processId, signal);
    logger.log(`downloaded ${url}`);
    return { articles: (all: Fetched[]) => [...all, { url, file }] };
  }
}

@Step()
export class ExtractAssetUris {
  constructor(private readonly files: ArticleFiles) {}

  async run({ articles }: Ingest) {
    const uris = await this.files.tifsOf(articles);
    logger.log(`${uris.length} images`);
    return { uris };
  }
}

@Step()
export class DownloadAsset {
  constructor(private readonly files: ArticleFiles) {}

  async run(_ingest: Ingest, { item: url, processId, signal, attempt }: StepRef<unknown, string>) {
    const file = await this.files.download(url, processId, signal);
    logger.log(`downloaded ${url}, attempt ${attempt}`);
    return { assets: (all: Fetched[]) => [...all, { url, file }] };
  }
}

@Step()
export class RewriteUris {
  constructor(private readonly files: ArticleFiles) {}

  async run({ articles, assets }: Ingest) {
    for (const article of articles) await this.files.rewrite(article, assets);
    logger.log(`the images of ${articles.length} articles are here`);
  }
}

/** Starts with the process and waits for nobody; nobody waits for it, and its failure is none of theirs. */
@Step()
export class NotifyArchive {
  run({ urls }: Ingest, step: StepRef) {
    const bucket = step.config['bucket'] as string | undefined;
    if (bucket === undefined) return fail('its config names no bucket');
    step.note(`${urls.length} to be archived in ${bucket}`);
  }
}
