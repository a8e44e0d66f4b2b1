const LONGEST = 150;

const rules: readonly (readonly [RegExp, string])[] = [
  [/[\w.+-]+@[\w-]+\.[\w.-]+/g, '#'], // such as a@b.example
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '#'],
  [/\b(?=\w*\d\w*\d)\w{8,}\b/g, '#'], // a long word with several digits is an id
  [/\d+(?:[.,:]\d+)*/g, '#'],
  [/#(?:[-_/]?#)+/g, '#'],
  [/\s+/g, ' '],
];

/**
 * What an error says, without ids and numbers: the first line, at most 150 characters. Errors of one cause have one fingerprint, so that
 * they can be counted together.
 */
export function errorFingerprint(error: string): string {
  const [line = ''] = error.trim().split('\n', 1);
  const plain = rules.reduce((text, [pattern, by]) => text.replace(pattern, by), line.slice(0, 2000));
  return plain.trim().slice(0, LONGEST).toWellFormed().replaceAll('\uFFFD', '');
}
