/** First in, first out. Each call costs the same however long the list is; `Array.shift()` would move all its items. */
export class Fifo<T> {
  private items: (T | undefined)[] = [];
  private first = 0;

  get length(): number {
    return this.items.length - this.first;
  }

  get next(): T | undefined {
    return this.items[this.first];
  }

  push(item: T): void {
    this.items.push(item);
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.items[this.first];
    this.items[this.first++] = undefined;
    if (this.first > LARGEST_GAP && this.first > this.items.length / 2) this.closeGap();
    return item;
  }

  private closeGap(): void {
    this.items = this.items.slice(this.first);
    this.first = 0;
  }
}

const LARGEST_GAP = 1024;
