/** One check in a JSON Schema: a keyword of a schema against a value, or a few characters against a pattern. */
const DEEPEST = 300;

/** The check of a value is given up: it takes too much work, or the schema leads too deep. */
export class CheckGivenUp extends Error {
  override readonly name = 'CheckGivenUp';
}

/** Counts what the check of one value costs, because the schema and the value may both come from people who mean harm. */
export class CheckWork {
  private depth = 0;

  constructor(private left: number) {}

  /** @throws CheckGivenUp */
  spend(checks: number): void {
    this.left -= checks;
    if (this.left < 0) throw new CheckGivenUp('takes too long to check. Give less data, or a simpler schema.');
  }

  /** @throws CheckGivenUp */
  enter(): void {
    this.spend(1);
    if (++this.depth > DEEPEST)
      throw new CheckGivenUp(`leads the check more than ${DEEPEST} schemas deep. Does a default or a $ref of the schema lead back to itself?`);
  }

  leave(): void {
    this.depth--;
  }
}
