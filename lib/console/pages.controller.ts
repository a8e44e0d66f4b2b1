import { Get, Inject, NotFoundException, Param, Req, Res, StreamableFile } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { API_OPTIONS } from '../api/api-options.js';
import { type ApiRequest, pathOf } from '../api/api-request.js';
import { assetNamed, builtAssets } from './asset-source.js';
import { DEFAULT_TITLE, type WorkflowConsoleOptions } from './console-options.js';
import { ASSET_HEADERS, baseHref, ITEM_PATHS, LIST_PATHS, PAGE_HEADERS, pageAt } from './console-page.js';

type PlainRequest = Pick<ApiRequest, 'url' | 'originalUrl' | 'headers' | 'params'>;

/** The page, under each of its paths, and what it loads. An answer is sent here, so that no interceptor of the application wraps it. */
export class PagesController {
  constructor(
    @Inject(API_OPTIONS) private readonly options: WorkflowConsoleOptions,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  showFirst(@Req() request: PlainRequest, @Res() response: unknown): void {
    this.show(request, response, 0);
  }

  @Get([...LIST_PATHS])
  showList(@Req() request: PlainRequest, @Res() response: unknown): void {
    this.show(request, response, 1);
  }

  @Get([...ITEM_PATHS])
  showItem(@Req() request: PlainRequest, @Res() response: unknown): void {
    this.show(request, response, 2);
  }

  private show(request: PlainRequest, response: unknown, steps: number): void {
    const { title = DEFAULT_TITLE } = this.options;
    this.send(response, PAGE_HEADERS, pageAt(builtAssets().index, baseHref(pathOf(request), steps), title));
  }

  @Get('assets/:asset')
  sendAsset(@Param('asset') name: string, @Req() { headers }: PlainRequest, @Res() response: unknown): void {
    const asset = assetNamed(name);
    if (!asset) throw new NotFoundException();
    const isPacked = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
    const body = isPacked ? asset.gzipped : asset.plain;
    const about = { 'content-type': asset.type, 'content-length': String(body.length) };
    this.send(response, { ...ASSET_HEADERS, ...about, ...(isPacked && { 'content-encoding': 'gzip' }) }, new StreamableFile(body));
  }

  private send(response: unknown, headers: Readonly<Record<string, string>>, body: string | StreamableFile): void {
    for (const [name, value] of Object.entries(headers)) this.host.httpAdapter.setHeader(response, name, value);
    this.host.httpAdapter.reply(response, body, 200);
  }
}
