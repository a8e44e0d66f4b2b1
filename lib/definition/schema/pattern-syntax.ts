/** Reads a regular expression. The characters themselves are left to the engine of the language, which sees one at a time. */

/** A part of a pattern. `char`: one character, as a pattern of its own. */
export type PatternPart =
  | { readonly char: string }
  | { readonly all: readonly PatternPart[] }
  | { readonly any: readonly PatternPart[] }
  | { readonly repeat: PatternPart; readonly least: number; readonly most: number }
  | { readonly at: 'begin' | 'end' };

/** The pattern cannot be used: it is wrong, or could take more than linear time. */
export class UnusablePattern extends Error {
  override readonly name = 'UnusablePattern';
}

const DEEPEST_GROUP = 50;
const LONGEST_PATTERN = 1000;
const CHAR =
  /\[(?:[^\]\\]|\\.)*\]|\\(?:u\{[^}]*\}|u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c.|[pP]\{[^}]*\}|.)|./suy;
const GROUP = /\((?:\?(?::|<(?![=!])[^>]*>))?/uy;
const COUNT = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/uy;
const KINDS = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] } as const;

/** @throws UnusablePattern */
export function readPattern(pattern: string): PatternPart {
  if (pattern.length > LONGEST_PATTERN) throw new UnusablePattern(`it has more than ${LONGEST_PATTERN} characters`);
  try {
    new RegExp(pattern, 'u');
  } catch {
    throw new UnusablePattern('it is no regular expression');
  }
  return new PatternReader(pattern).read();
}

/** The pattern is known to be one of the language, so this only takes it apart. */
class PatternReader {
  private at = 0;

  constructor(private readonly text: string) {}

  read(depth = 0): PatternPart {
    if (depth > DEEPEST_GROUP) throw new UnusablePattern(`its groups are nested more than ${DEEPEST_GROUP} deep`);
    const ways = [this.sequence(depth)];
    while (this.take('|')) ways.push(this.sequence(depth));
    return ways.length === 1 ? ways[0]! : { any: ways };
  }

  private sequence(depth: number): PatternPart {
    const all: PatternPart[] = [];
    while (this.at < this.text.length && !'|)'.includes(this.text[this.at]!)) all.push(this.counted(this.part(depth)));
    return { all };
  }

  private part(depth: number): PatternPart {
    if (this.take('^')) return { at: 'begin' };
    if (this.take('$')) return { at: 'end' };
    if (this.text[this.at] === '(') return this.group(depth);
    const char = this.match(CHAR)![0];
    if (/^\\[bB1-9k]/.test(char)) throw new UnusablePattern(`"${char}" in it could take more than linear time`);
    return { char };
  }

  private group(depth: number): PatternPart {
    const opened = this.match(GROUP)![0];
    if (opened === '(' && this.text[this.at] === '?') throw new UnusablePattern('looking ahead or behind could take more than linear time');
    const inner = this.read(depth + 1);
    this.at++;
    return inner;
  }

  private counted(part: PatternPart): PatternPart {
    const found = this.match(COUNT);
    if (!found) return part;
    const [, kind, least = '', comma, most] = found;
    const [from, to] = kind ? KINDS[kind as '*'] : [Number(least), comma ? (most ? Number(most) : Infinity) : Number(least)];
    return { repeat: part, least: from, most: to };
  }

  private take(char: string): boolean {
    const isThere = this.text[this.at] === char;
    if (isThere) this.at++;
    return isThere;
  }

  private match(what: RegExp): RegExpExecArray | null {
    what.lastIndex = this.at;
    const found = what.exec(this.text);
    if (found) this.at = what.lastIndex;
    return found;
  }
}
