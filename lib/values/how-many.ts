/** A number with its noun: `1 process`, `2 processes`. The usual plural has an s. */
export function howMany(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
