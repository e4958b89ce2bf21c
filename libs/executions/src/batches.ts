/** Items in their order, with up to `maxSize` together at a time; one that is larger alone. */
export function* batches<Item>(
  items: Iterable<Item>,
  maxSize: number,
  sizeOf: (item: Item) => number = () => 1,
): Generator<Item[]> {
  let batch: Item[] = [];
  let size = 0;
  for (const item of items) {
    const itemSize = sizeOf(item);
    if (batch.length > 0 && size + itemSize > maxSize) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(item);
    size += itemSize;
  }
  if (batch.length > 0) yield batch;
}
