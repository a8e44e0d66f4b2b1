import { effect, signal } from '@preact/signals';
import type { Zone } from '../words/time.js';

export type Theme = 'system' | 'light' | 'dark';

/** What a person has chosen for this browser. */
export const theme = signal<Theme>(stored('theme', ['system', 'light', 'dark']));
export const zone = signal<Zone>(stored('zone', ['local', 'utc']));

/** The present, for relative times. */
export const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 10_000);

effect(() => {
  if (theme.value === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
  keep('theme', theme.value);
});
effect(() => keep('zone', zone.value));

function stored<Choice extends string>(name: string, choices: readonly [Choice, ...Choice[]]): Choice {
  try {
    const found = window.localStorage.getItem(`workflow-console.${name}`);
    return choices.find((choice) => choice === found) ?? choices[0];
  } catch {
    return choices[0]; // a browser that keeps nothing
  }
}

function keep(name: string, value: string): void {
  try {
    window.localStorage.setItem(`workflow-console.${name}`, value);
  } catch {
    // it holds until the page is left
  }
}
