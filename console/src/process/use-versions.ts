import { at, get } from '../api/client.js';
import type { Page, Process, Version } from '../api/types.js';
import { useRead } from '../api/use-read.js';

const MOST_OFFERED = 500;
const MOST_NAMED = 200;

/** The versions of a context to choose from, the newest first: `4, after score`. The first two hundred have the names of their steps. */
export function useVersions({ id, contextVersion }: Process): readonly (readonly [version: string, words: string])[] {
  const { answer } = useRead(`${id} ${contextVersion}`, (signal) => get<Page<Version>>(`processes/${at(id)}/versions`, { limit: MOST_NAMED }, signal));
  const steps = new Map(answer?.items.map(({ version, step }) => [version, step]));
  const offered = Array.from({ length: Math.min(contextVersion, MOST_OFFERED) }, (_, index) => contextVersion - index);
  return offered.map((version) => [String(version), versionWords(version, steps.get(version), version === contextVersion)]);
}

function versionWords(version: number, step: string | undefined, isNow: boolean): string {
  const from = step === undefined ? '' : step === '' ? ', as it was started' : `, after ${step}`;
  return `${version}${from}${isNow ? ' (now)' : ''}`;
}
