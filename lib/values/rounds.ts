/** Runs one round of work at a time. Calls during a round lead to one more round, and not to one each. */
export class Rounds {
  private isRunning = false;
  private isAskedAgain = false;

  constructor(private readonly round: () => Promise<void>) {}

  async run(): Promise<void> {
    this.isAskedAgain = true;
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      while (this.isAskedAgain) await this.next();
    } finally {
      this.isRunning = false;
    }
  }

  private next(): Promise<void> {
    this.isAskedAgain = false;
    return this.round();
  }
}
