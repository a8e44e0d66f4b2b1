import { spawnSync } from 'node:child_process';

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

export function run(cwd: string, command: string, args: readonly string[]): Ran {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env: clean(), encoding: 'utf8', timeout: 240_000, maxBuffer: 1 << 26 });
  const output = status === 0 ? stdout : `${stdout}\n${stderr}\n${error?.message ?? ''}`;
  return { code: status, output };
}

export function must({ code, output }: Ran): string {
  if (code !== 0) throw new Error(output);
  return output;
}

/** Not what npm and Vitest tell the programs they run. */
export function clean(): NodeJS.ProcessEnv {
  const ours = /^(npm_(config_local_prefix|package|lifecycle|command)|INIT_CWD|NODE_ENV|NODE_OPTIONS|VITEST|VITE_|JEST_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
