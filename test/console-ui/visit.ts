import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** A tab of the browser, which hears all that a page must not do. */
export class Visit {
  /** Violations of the policy, errors of scripts, and requests to other places. */
  readonly faults: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly url: string,
  ) {
    page.on('pageerror', (error) => this.faults.push(`error: ${error.message}`));
    page.on('console', (message) => message.type() === 'error' && !message.text().startsWith('Failed to load resource') && this.faults.push(message.text()));
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith('data:')) this.faults.push(`a request to ${request.url()}`);
    });
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
    // axe is put into the page by the browser itself, which the policy of the page would forbid: it is asked in `violations` alone
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', timezoneId: 'Europe/Vienna', ...options });
    context.setDefaultTimeout(10_000);
    return new Visit(await context.newPage(), url);
  }

  async to(path: string, heading?: string | RegExp): Promise<void> {
    await this.page.goto(this.url + path);
    await this.heading(heading ?? /./);
  }

  async heading(name: string | RegExp): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name }).waitFor();
  }

  /** What axe finds. */
  async violations(): Promise<string[]> {
    await this.page.waitForLoadState('load');
    const session = await this.page.context().newCDPSession(this.page);
    await session.send('Page.setBypassCSP', { enabled: true });
    const source = (await import('node:fs')).readFileSync(axe, 'utf8');
    await this.page.evaluate(source);
    const found = await this.page.evaluate(async () => {
      const { violations } = await (
        window as unknown as { axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> } }
      ).axe.run();
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`));
    });
    return found;
  }

  /** By how much the page is wider than the screen. */
  sideways(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }

  async close(): Promise<void> {
    await this.page.context().close();
    expect(this.faults).toEqual([]);
  }
}
