import { DaggerModule } from './dagger/dagger.module.js';
import { documents as libero } from './libero/documents.js';
import { LiberoModule } from './libero/libero.module.js';
import { LiteflowModule } from './liteflow/liteflow.module.js';
import { documents as spellings } from './spellings/documents.js';
import { SpellingsModule } from './spellings/spellings.module.js';
import { UploadModule } from './upload/upload.module.js';
import { WolfiModule } from './wolfi/wolfi.module.js';

/** The smaller samples, beside the loan. */
export const samples = [WolfiModule, UploadModule, LiteflowModule, LiberoModule, DaggerModule, SpellingsModule];

/** Their workflows that are data, and the context classes those name. */
export const documents = {
  workflows: [...libero.workflows, ...spellings.workflows],
  contexts: [...libero.contexts, ...spellings.contexts],
};
