import { Injectable } from '@nestjs/common';
import { settings } from '../settings.js';
import { OwnUrl } from './own-url.js';

/**
 * Where articles and images may come from. Without such a list a caller could have the application fetch what only the application
 * can reach, such as the metadata of its cloud.
 */
@Injectable()
export class ArticleOrigins {
  constructor(private readonly own: OwnUrl) {}

  includes(url: string): boolean {
    if (!URL.canParse(url)) return false;
    const { origin } = new URL(url);
    return settings.articleOrigins.includes(origin) || origin === new URL(this.own.to('/')).origin;
  }
}
