import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const path = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Why there is no browser; null: there is one. */
export const noBrowser: string | null = existsSync(path) ? null : `no browser at ${path}; CHROMIUM says where one is`;
if (noBrowser !== null && process.env.CI) throw new Error(noBrowser);

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
