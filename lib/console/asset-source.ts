import { gzipSync } from 'node:zlib';
import { type ConsoleAssets, consoleAssets } from '../console-assets.js';
import { InvalidWorkflowError } from '../values/errors.js';

/** A script or a style of the console. */
export interface ConsoleAsset {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json',
};

/** The pages that were built into this package. @throws InvalidWorkflowError if they were not */
export function builtAssets(): ConsoleAssets {
  if (consoleAssets) return consoleAssets;
  throw new InvalidWorkflowError('WorkflowConsoleModule', ['the pages of the console are not there. Build the package with `npm run build`.']);
}

const packed = new Map<string, ConsoleAsset>();

/** The asset of this name, such as `app-3f2a.js`. It is compressed once. Undefined: there is none. */
export function assetNamed(name: string): ConsoleAsset | undefined {
  const { files } = builtAssets();
  if (!Object.hasOwn(files, name)) return undefined;
  if (!packed.has(name)) packed.set(name, packedAsset(name, files[name]!));
  return packed.get(name);
}

function packedAsset(name: string, text: string): ConsoleAsset {
  const plain = Buffer.from(text);
  return { type: TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream', plain, gzipped: gzipSync(plain, { level: 9 }) };
}
