/** Something the host knows by a number. */
export class Numbered {
  /** The host's number for it. */
  id: u32 = 0
  /** Next entry of the same bucket; owned by the table. */
  next: Numbered | null = null
}

/**
 * Living contexts or calls by number.
 *
 * Entries are chained through themselves, so that a stream costs no allocation but its own object.
 */
export class IdTable {
  private buckets: StaticArray<Numbered | null> = new StaticArray<Numbered | null>(16)
  private count: i32 = 0

  get(id: u32): Numbered | null {
    let entry = this.buckets[this.bucketOf(id)]
    while (entry !== null && entry.id != id) entry = entry.next
    return entry
  }

  add(entry: Numbered): void {
    if (this.count == this.buckets.length) this.grow()
    this.link(entry)
    this.count += 1
  }

  /** Number of chains; every entry is in one of them, linked by {@link Numbered.next}. */
  get chains(): i32 {
    return this.buckets.length
  }

  /** First entry of a chain. */
  chain(index: i32): Numbered | null {
    return this.buckets[index]
  }

  /** Takes an entry out and gives it. */
  remove(id: u32): Numbered | null {
    const bucket = this.bucketOf(id)
    let before: Numbered | null = null
    let entry = this.buckets[bucket]
    while (entry !== null && entry.id != id) {
      before = entry
      entry = entry.next
    }
    if (entry === null) return null
    if (before === null) this.buckets[bucket] = entry.next
    else before.next = entry.next
    entry.next = null
    this.count -= 1
    return entry
  }

  private bucketOf(id: u32): i32 {
    return (id & ((this.buckets.length as u32) - 1)) as i32
  }

  private link(entry: Numbered): void {
    const bucket = this.bucketOf(entry.id)
    entry.next = this.buckets[bucket]
    this.buckets[bucket] = entry
  }

  private grow(): void {
    const old = this.buckets
    this.buckets = new StaticArray<Numbered | null>(old.length << 1)
    for (let i = 0; i < old.length; i++) {
      let entry = old[i]
      while (entry !== null) {
        const next = entry.next
        this.link(entry)
        entry = next
      }
    }
  }
}
