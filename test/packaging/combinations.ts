/** What an application is installed with: one folder for each. */
export interface Versions {
  readonly nest: 11 | 12;
  readonly typeorm: '0.3' | '1';
}

export interface Combination extends Versions {
  readonly form: 'module' | 'commonjs';
  readonly compiler: 'tsc' | 'swc';
  readonly runner: 'jest' | 'vitest';
}

/** Each two values of a line stand together in some line, but CommonJS under Jest on Nest 12, which no package can change. */
const PAIRWISE: readonly Combination[] = [
  { nest: 11, typeorm: '0.3', form: 'commonjs', compiler: 'tsc', runner: 'jest' },
  { nest: 12, typeorm: '1', form: 'module', compiler: 'tsc', runner: 'vitest' },
  { nest: 12, typeorm: '0.3', form: 'commonjs', compiler: 'swc', runner: 'vitest' },
  { nest: 11, typeorm: '1', form: 'module', compiler: 'swc', runner: 'jest' },
  { nest: 12, typeorm: '0.3', form: 'module', compiler: 'swc', runner: 'jest' },
  { nest: 11, typeorm: '1', form: 'commonjs', compiler: 'swc', runner: 'vitest' },
];

const ALL: readonly Combination[] = ([11, 12] as const).flatMap((nest) =>
  (['0.3', '1'] as const).flatMap((typeorm) =>
    (['module', 'commonjs'] as const).flatMap((form) =>
      (['tsc', 'swc'] as const).flatMap((compiler) => (['jest', 'vitest'] as const).map((runner) => ({ nest, typeorm, form, compiler, runner }))),
    ),
  ),
);

/** Jest can require Nest 12 from Node 24.9 on. */
const requiresModules = /^v(24\.(9|\d\d)|2[5-9]|[3-9]\d)\./.test(process.version);

/** `TEST_PACKAGING=all` takes each combination, otherwise those that cover each pair of values. */
export const combinations = (process.env.TEST_PACKAGING === 'all' ? ALL : PAIRWISE).filter(
  ({ nest, form, runner }) => requiresModules || nest === 11 || form === 'module' || runner === 'vitest',
);

export const installations: readonly Versions[] = [...new Map(combinations.map(({ nest, typeorm }) => [`${nest} ${typeorm}`, { nest, typeorm }])).values()];

export function titleOf({ nest, typeorm }: Versions): string {
  return `Nest ${nest} and TypeORM ${typeorm}`;
}

export function isOf({ nest, typeorm }: Versions, combination: Combination): boolean {
  return combination.nest === nest && combination.typeorm === typeorm;
}

/** As the quick start says, and as `nest new` of that version adds; Nest 11 takes the `@nestjs/typeorm`, `@nestjs/bull` and `@nestjs/terminus` of its time. */
export function dependenciesOf({ nest, typeorm }: Versions): Record<string, string> {
  const nestPackages = ['common', 'core', 'platform-express', 'testing', 'typeorm', 'bull', 'terminus'].map((each) => [`@nestjs/${each}`, `^${nest}.0.0`]);
  return {
    ...Object.fromEntries(nestPackages),
    '@nestjs/event-emitter': nest === 11 ? '^3.0.0' : '^12.0.0',
    bull: '^4.16.0',
    'class-transformer': '^0.5.1',
    'class-validator': nest === 11 ? '^0.14.0' : '^0.15.0',
    libsql: '^0.5.29',
    'prom-client': '^15.1.3',
    'reflect-metadata': '^0.2.2',
    rxjs: '^7.8.1',
    typeorm: typeorm === '1' ? '^1.0.0' : '^0.3.20',
    typescript: nest === 11 ? '^5.7.3' : '^6.0.2',
  };
}

/** What all share. */
export const tools: Record<string, string> = {
  '@nestjs/cli': '^12.0.0', // 11 is that of the repository
  '@swc/core': '^1.16.0',
  '@swc/jest': '^0.2.39',
  '@types/jest': '^30.0.0',
  '@types/node': '^20.19.43',
  jest: '^30.0.0',
  'ts-jest': '^29.4.0',
  typescript: '^6.0.2',
  vite: '^8.3.8',
  vitest: '^4.1.12',
};
