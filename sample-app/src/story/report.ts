import type { HistoryRow, Version } from './loan-by-http.js';

/** The audit trail as a table. Workers are called A, B… in the order of their appearance. */
export function trail(history: readonly HistoryRow[]): string {
  const workers = [...new Set(history.map(({ worker }) => worker).filter((worker) => worker !== null))];
  const start = Date.parse(history[0]!.createdAt);
  const rows = history.map(({ sequence, type, step, contextVersion, worker, createdAt, detail, error, reason }) => [
    String(sequence),
    `+${((Date.parse(createdAt) - start) / 1000).toFixed(2)} s`,
    type,
    step ?? '',
    String(contextVersion),
    worker === null ? '' : String.fromCharCode(65 + workers.indexOf(worker)),
    error ?? reason ?? (type === 'log' ? said(detail!) : detail) ?? '',
  ]);
  return table(['#', 'when', 'what happened', 'step', 'version', 'worker', 'details'], rows);
}

/** What a step said to Nest's Logger: a line of JSON each. */
function said(detail: string): string {
  return detail
    .split('\n')
    .map((line) => (JSON.parse(line) as { text: string }).text)
    .join(' · ');
}

/** Each version of the context, by what its step changed. */
export function changes(versions: readonly Version[], history: readonly HistoryRow[]): string {
  const madeBy = (version: number) =>
    history.find(({ type, contextVersion }) => type === 'step-completed' && contextVersion === version)?.step ?? '';
  const rows = versions.flatMap(({ version, changes, loan }) => {
    if (version === 1) return [['1', '(start)', JSON.stringify(loan)]];
    if (changes.length === 0) return [[String(version), madeBy(version), 'no change']];
    return changes.map(({ key, before, after, step }) => [
      String(version),
      step,
      `${key}: ${text(before)} → ${text(after)}`,
    ]);
  });
  return table(['version', 'by step', 'change'], rows);
}

function text(value: unknown): string {
  return value === undefined ? '–' : JSON.stringify(value);
}

function table(titles: string[], rows: string[][]): string {
  const widths = titles.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd();
  return [line(titles), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}
