export interface Item {
  readonly name: string;
  price: number;
  tags?: Set<string>;
}

type Summary<T extends Item> = { total: number; most: T | null; count: number };

abstract class Store<T> {
  #entries = new Map<string, T>();
  static instances = 0;
  static {
    Store.instances += 0;
  }
  protected constructor(protected readonly capacity: number) {
    Store.instances++;
  }
  protected put(key: string, value: T): boolean {
    if (this.#entries.size >= this.capacity && !this.#entries.has(key)) return false;
    this.#entries.set(key, value);
    return true;
  }
  *values(): IterableIterator<T> {
    yield* this.#entries.values();
  }
  get size() {
    return this.#entries.size;
  }
  abstract summary(): unknown;
}

export class Inventory<T extends Item> extends Store<T> {
  constructor(capacity = 100, public label?: string) {
    super(capacity);
  }
  add(item: T): this {
    if (!this.put(item.name, item)) throw new RangeError(`no room for ${item.name}`);
    return this;
  }
  items(): T[] {
    return [...this.values()].sort((a, b) => a.price - b.price || a.name.localeCompare(b.name));
  }
  summary(): Summary<T> {
    let total = 0;
    let most: T | null = null;
    for (const item of this.values()) {
      total += item.price;
      if (item.price > (most?.price ?? -Infinity)) most = item;
    }
    return { total, most, count: this.size };
  }
}

export function unusedAndDropped(): never {
  throw new Error("tree shaking takes this away");
}
