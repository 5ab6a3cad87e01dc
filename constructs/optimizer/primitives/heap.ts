/** A binary heap of items by key, smallest first; ties by item. An item may be in it several times. */

/** Items are numbers from 0 on. */
export class Heap {
  /** Key of the item that `first` or `pop` returned last. */
  key = 0;
  private keys: Float64Array;
  private items: Int32Array;
  private size = 0;

  constructor(usual: number) {
    this.keys = new Float64Array(Math.max(16, usual));
    this.items = new Int32Array(this.keys.length);
  }

  clear(): void {
    this.size = 0;
  }

  push(item: number, key: number): void {
    if (this.size === this.keys.length) this.grow();
    const { keys, items } = this;
    let at = this.size++;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(key, item, keys[above], items[above])) break;
      keys[at] = keys[above];
      items[at] = items[above];
      at = above;
    }
    keys[at] = key;
    items[at] = item;
  }

  /** The item of the smallest key, which stays; -1 when there is none. */
  first(): number {
    if (this.size === 0) return -1;
    this.key = this.keys[0];
    return this.items[0];
  }

  /** The item of the smallest key, taken out; -1 when there is none. */
  pop(): number {
    if (this.size === 0) return -1;
    const { keys, items } = this;
    const top = items[0];
    this.key = keys[0];
    const size = --this.size;
    const [key, item] = [keys[size], items[size]];
    let at = 0;
    for (let below = 1; below < size; below = 2 * at + 1) {
      if (
        below + 1 < size &&
        isBefore(keys[below + 1], items[below + 1], keys[below], items[below])
      )
        below++;
      if (!isBefore(keys[below], items[below], key, item)) break;
      keys[at] = keys[below];
      items[at] = items[below];
      at = below;
    }
    keys[at] = key;
    items[at] = item;
    return top;
  }

  private grow(): void {
    const keys = new Float64Array(2 * this.keys.length);
    const items = new Int32Array(keys.length);
    keys.set(this.keys);
    items.set(this.items);
    this.keys = keys;
    this.items = items;
  }
}

function isBefore(key: number, item: number, other: number, otherItem: number): boolean {
  return key < other || (key === other && item < otherItem);
}
