/**
 * A regular expression whose search takes time linear in the text, whatever the pattern: it follows all ways at once, where the engine
 * of the language goes back and tries the next. So it has no back references and does not look around.
 */
import { type PatternPart, readPattern, UnusablePattern } from './pattern-syntax.js';
import type { CheckWork } from './work.js';

type Instruction = { readonly is: (char: string) => boolean } | { to: readonly number[] } | { readonly at: 'begin' | 'end' } | { readonly found: true };

/** All places in the program at which a search may stand after some characters. */
interface Standing {
  readonly places: readonly number[];
  readonly found: boolean;
  readonly foundAtEnd: boolean;
  readonly next: Map<string, Standing>;
}

const LONGEST_PROGRAM = 1000;
/** What a character costs, in checks: one that came at this standing before, and one that has to be looked at, for all of it and each place. */
const COST = { known: 0.25, new: 8, place: 0.25 } as const;
/** What is remembered of earlier characters. */
const MOST_REMEMBERED = 10_000;

export class LinearPattern {
  private readonly program: Instruction[] = [];
  /** Where a search can stand: not at a fork. */
  private readonly waiting: readonly number[];
  private first: Standing | undefined;
  private known = new Map<string, Standing>();
  private remembered = 0;
  private emitted = 0;

  /** @throws UnusablePattern */
  constructor(pattern: string) {
    this.emit(readPattern(pattern));
    this.program.push({ found: true });
    this.waiting = this.program.flatMap((instruction, place) => ('to' in instruction ? [] : place));
  }

  /** Whether the pattern is found somewhere in the text. @throws CheckGivenUp */
  test(text: string, work: CheckWork): boolean {
    work.spend(1);
    let standing = (this.first ??= this.standing([0], true, work));
    for (const char of text) {
      if (standing.found) return true;
      work.spend(COST.known);
      standing = standing.next.get(char) ?? this.step(standing, char, work);
    }
    return standing.found || standing.foundAtEnd;
  }

  private step(from: Standing, char: string, work: CheckWork): Standing {
    const places = [0];
    for (const place of from.places) if (isMet(this.program[place]!, char)) places.push(place + 1);
    const standing = this.standing(places, false, work);
    if (++this.remembered > MOST_REMEMBERED) this.forget();
    else from.next.set(char, standing);
    return standing;
  }

  private forget(): void {
    for (const { next } of this.known.values()) next.clear();
    this.known = new Map();
    this.first = undefined;
    this.remembered = 0;
  }

  private standing(begun: readonly number[], atBegin: boolean, work: CheckWork): Standing {
    work.spend(COST.new + this.program.length * COST.place);
    const places = this.reached(begun, atBegin, false);
    const key = `${atBegin} ${places.join()}`;
    const known = this.known.get(key);
    if (known) return known;
    const isFound = (all: readonly number[]) => all.some((place) => 'found' in this.program[place]!);
    const made = { places, found: isFound(places), foundAtEnd: isFound(this.reached(places, atBegin, true)), next: new Map<string, Standing>() };
    this.known.set(key, made);
    return made;
  }

  /** The places that are reached without a character, in order. */
  private reached(begun: readonly number[], atBegin: boolean, atEnd: boolean): number[] {
    const [isReached, open] = [new Uint8Array(this.program.length), [...begun]];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (isReached[place]) continue;
      isReached[place] = 1;
      for (const next of this.onward(place, atBegin, atEnd)) open.push(next);
    }
    return this.waiting.filter((place) => isReached[place]);
  }

  private onward(place: number, atBegin: boolean, atEnd: boolean): readonly number[] {
    const instruction = this.program[place]!;
    if ('to' in instruction) return instruction.to;
    return 'at' in instruction && (instruction.at === 'begin' ? atBegin : atEnd) ? [place + 1] : [];
  }

  /* ------------------------------------------------------------------ the program ---- */

  private emit(part: PatternPart): void {
    this.emitted++; // an empty part adds nothing to the program, and may be counted a billion times
    if (Math.max(this.emitted / 4, this.program.length) > LONGEST_PROGRAM) throw new UnusablePattern('it is too long, or counts too far');
    if ('char' in part) this.program.push({ is: charTest(part.char) });
    else if ('at' in part) this.program.push(part);
    else if ('all' in part) part.all.forEach((each) => this.emit(each));
    else if ('any' in part) this.emitAny(part.any);
    else this.emitRepeat(part);
  }

  private emitAny(ways: readonly PatternPart[]): void {
    const fork = this.hold();
    const [begins, ends] = [[] as number[], [] as { to: readonly number[] }[]];
    for (const way of ways) {
      begins.push(this.program.length);
      this.emit(way);
      ends.push(this.hold());
    }
    fork.to = begins;
    for (const end of ends) end.to = [this.program.length];
  }

  private emitRepeat({ repeat, least, most }: Extract<PatternPart, { repeat: PatternPart }>): void {
    for (let i = 0; i < least; i++) this.emit(repeat);
    if (most === Infinity) return this.emitLoop(repeat);
    const forks: { to: readonly number[] }[] = [];
    for (let i = least; i < most; i++) {
      forks.push(this.hold());
      forks.at(-1)!.to = [this.program.length];
      this.emit(repeat);
    }
    for (const fork of forks) fork.to = [...fork.to, this.program.length];
  }

  private emitLoop(repeat: PatternPart): void {
    const begin = this.program.length;
    const fork = this.hold();
    this.emit(repeat);
    this.hold().to = [begin];
    fork.to = [begin + 1, this.program.length];
  }

  /** Keeps a place in the program, whose way on is known later. */
  private hold(): { to: readonly number[] } {
    const fork = { to: [] as readonly number[] };
    this.program.push(fork);
    return fork;
  }
}

function isMet(instruction: Instruction, char: string): boolean {
  return 'is' in instruction && instruction.is(char);
}

function charTest(char: string): (given: string) => boolean {
  if (!/^[[\\.]/.test(char)) return (given) => given === char;
  let single: RegExp | undefined;
  return (given) => (single ??= new RegExp(`^(?:${char})$`, 'u')).test(given);
}
