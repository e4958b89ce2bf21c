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

  /** undefined when nobody waits. */
  next(): Item | undefined {
    const [first] = this.lines;
    if (!first) return undefined;
    const [whose, line] = first;
    const item = line.shift();
    this.lines.delete(whose);
    if (line.length > 0) this.lines.set(whose, line);
    this.count -= 1;
    return item;
  }
}
