import { ArrayNotEmpty, IsUrl } from 'class-validator';

/** What came from where, and lies where now. */
export interface Fetched {
  readonly url: string;
  readonly file: string;
}

/** The input data of IngestArticleXMLWorkflow, and what its steps add. */
export class Ingest {
  @ArrayNotEmpty() @IsUrl({ require_tld: false }, { each: true }) urls: string[];
  articles: Fetched[] = [];
  /** Where the images of the articles are. */
  uris: string[] = [];
  assets: Fetched[] = [];
}
