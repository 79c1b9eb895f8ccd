/**
 * Walks a tree in the order of a recursive walk, but without its stack: the sum of a thousand texts is a thousand levels deep,
 * and what ESLint leaves of its stack is not enough for that.
 *
 * @param enter is called with each item; those that it passes to `later` come next, in the order in which they were passed
 */
export function walk<Item>(starts: readonly Item[], enter: (item: Item, later: (item: Item) => void) => void): void {
  const waiting = starts.toReversed();
  const found: Item[] = [];
  const later = (item: Item): unknown => found.push(item);
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    enter(item, later);
    while (found.length > 0) waiting.push(found.pop()!);
  }
}
