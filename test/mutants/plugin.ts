import { relative, resolve } from 'node:path';
import type { Plugin } from 'vitest/config';
import { mutatedFiles } from './scopes.js';

/** Compiles the mutants in, and gives the tests `describe`, `it` and the hooks of this run in the place of vitest's own. */
export function mutants(): Plugin {
  const files = mutatedFiles();
  return {
    name: 'mutants',
    enforce: 'pre',
    resolveId: (source, importer) => (source === 'vitest' && importer && !importer.includes('/test/mutants/') ? resolve('test/mutants/vitest.ts') : undefined),
    transform: (_code, id) => files.get(relative(process.cwd(), id.split('?')[0]!))?.code,
  };
}
