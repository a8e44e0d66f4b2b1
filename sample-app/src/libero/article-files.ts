import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { Injectable } from '@nestjs/common';
import { settings } from '../settings.js';
import { ArticleOrigins } from './article-origins.js';
import type { Fetched } from './ingest.context.js';

/**
 * The references of an article to its images. A regular expression is enough: JATS has them in an attribute of this one name,
 * XML allows no `"` inside the value, and a match in a comment would do no more than download one image too many. For anything
 * that needs the elements around them, take a parser.
 */
const TIF = /\bxlink:href="([^"]+\.tiff?)"/g;

/** Files of one process lie in a folder of its own, as they lie at their hosts. What is downloaded again is the same file again. */
@Injectable()
export class ArticleFiles {
  constructor(private readonly origins: ArticleOrigins) {}

  /** Only from where articles may come from: also an image is at a place that an article says. */
  async download(url: string, processId: string, signal: AbortSignal): Promise<string> {
    if (!this.origins.includes(url))
      throw new Error(`${url} is not at a place that articles come from (ARTICLE_ORIGINS)`);
    const response = await fetch(url, { signal, redirect: 'error' });
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    const { hostname, pathname } = new URL(url); // has no dots that lead out of the folder
    const file = join(settings.dataDir, 'articles', basename(processId), hostname, pathname);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, Buffer.from(await response.arrayBuffer()));
    return file;
  }

  /** Each once, in full: an article may say where they are from its own place. */
  async tifsOf(articles: readonly Fetched[]): Promise<string[]> {
    const found = await Promise.all(
      articles.map(async ({ url, file }) => {
        const xml = await readFile(file, 'utf8');
        return [...xml.matchAll(TIF)].map(([, reference]) => absolute(reference!, url));
      }),
    );
    return [...new Set(found.flat())];
  }

  /** References to images that are here now point to the files. Done twice, it changes nothing the second time. */
  async rewrite({ url, file }: Fetched, assets: readonly Fetched[]): Promise<void> {
    const xml = await readFile(file, 'utf8');
    const rewritten = xml.replace(TIF, (whole, reference: string) => {
      const asset = assets.find((each) => each.url === absolute(reference, url));
      return asset ? `xlink:href="${relative(dirname(file), asset.file).replaceAll('&', '&amp;')}"` : whole;
    });
    await writeFile(file, rewritten);
  }
}

/** An ampersand is written `&amp;` in XML. */
function absolute(reference: string, base: string): string {
  return new URL(reference.replaceAll('&amp;', '&'), base).href;
}
