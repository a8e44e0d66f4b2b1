import type { DataSource } from 'typeorm';
import { SchemaError } from '../../values/errors.js';

interface PoolOptions {
  readonly poolSize?: number;
  readonly extra?: { readonly max?: number; readonly connectionLimit?: number };
}

const usual = 10;

/** With all connections kept, the application would wait for one for ever, and nobody would say why. */
export function checkPool(dataSource: DataSource, name: string, kept: number): void {
  const { poolSize, extra } = dataSource.options as PoolOptions;
  const size = extra?.max ?? extra?.connectionLimit ?? poolSize ?? usual;
  if (size >= kept + 2) return;
  throw new SchemaError(
    `The data source "${name}" has a pool of ${size} connections, of which the engine keeps ${kept} for itself. Set its \`poolSize\` to ${kept + 2} at least; ${usual} is usual.`,
  );
}
