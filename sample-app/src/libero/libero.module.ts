import { Module } from '@nestjs/common';
import { ArticleFiles } from './article-files.js';
import { ArticleOrigins } from './article-origins.js';
import { DoAnotherThingActivity, DoSomethingActivity } from './dummy.activities.js';
import { DownloadAsset, DownloadXml, ExtractAssetUris, NotifyArchive, RewriteUris } from './ingest.activities.js';
import { LiberoController } from './libero.controller.js';
import { OwnUrl } from './own-url.js';
import { PublisherController } from './publisher.controller.js';

const dummy = [DoSomethingActivity, DoAnotherThingActivity];
const ingest = [DownloadXml, ExtractAssetUris, DownloadAsset, RewriteUris, NotifyArchive];

/** The samples of Libero Flow, the Python engine: JSON, and the step classes it names. */
@Module({
  controllers: [LiberoController, PublisherController],
  providers: [...dummy, ...ingest, ArticleFiles, ArticleOrigins, OwnUrl],
})
export class LiberoModule {}
