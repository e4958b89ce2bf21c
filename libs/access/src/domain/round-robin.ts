/** A line for each key: first come, first served within a line, and the lines take turns. */
export class RoundRobin<Item> {
  /** The line whose turn is next comes first. */
  private readonly lines = new Map<string, Item[]>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(whose: string, item: Item): void {
    const line = this.lines.get(whose);
    if (line) line.push(item);
    else this.lines.set(whose, [item]);
    this.count += 1;
  }

  /**
   * @param mayGo whether a line may have its turn now; one that may not keeps its place
   * @returns undefined when nobody waits who may go
   */
  next(mayGo: (whose: string) => boolean = () => true): Item | undefined {
    for (const [whose, line] of this.lines) if (mayGo(whose)) return this.takeFrom(whose, line);
    return undefined;
  }

  private takeFrom(whose: string, line: Item[]): Item | undefined {
    const item = line.shift();
    this.lines.delete(whose);
    if (line.length > 0) this.lines.set(whose, line);
    this.count -= 1;
    return item;
  }
}
