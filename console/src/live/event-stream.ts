/** One event of a stream of server-sent events. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
  /** From where a later request goes on. */
  readonly id: string | null;
  readonly retryMs: number | null;
}

/** Takes a stream apart. Pieces may end anywhere, also within a line. */
export class EventParser {
  private rest = '';
  private lines: string[] = [];

  /** The events that are complete with this piece. */
  take(piece: string): StreamEvent[] {
    const lines = (this.rest + piece).split(/\r\n|\n/);
    this.rest = lines.pop()!;
    return lines.flatMap((line) => this.line(line));
  }

  private line(line: string): StreamEvent[] {
    if (line !== '') {
      if (!line.startsWith(':')) this.lines.push(line); // a comment keeps the connection open
      return [];
    }
    const fields = this.lines.map(fieldIn);
    this.lines = [];
    if (fields.length === 0) return [];
    const last = (name: string) => fields.findLast(([each]) => each === name)?.[1] ?? null;
    const data = fields.filter(([name]) => name === 'data').map(([, value]) => value).join('\n'); // prettier-ignore
    const retry = last('retry');
    return [{ event: last('event') ?? 'message', data, id: last('id'), retryMs: retry === null ? null : Number(retry) }];
  }
}

function fieldIn(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  if (colon < 0) return [line, ''];
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
}
