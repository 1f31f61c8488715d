// @ts-nocheck: editors know neither the compiler's decorators nor its runtime.
/** Something the host knows by a number. Entries of a table are of classes that begin with these fields. */
export class Numbered {
  /** The host's number for it. */
  id: u32 = 0
  /** @internal Address of the next entry of the same chain; owned by the table. */
  next: usize = 0
}

/**
 * Living contexts or calls by number, as addresses.
 *
 * Entries are chained through themselves, so that a stream costs no allocation but its own object. The table lies outside of
 * managed memory and pins what is in it: looking an entry up costs loads, and no slots of the shadow stack.
 */
// @ts-ignore: decorator
@unmanaged
export class IdTable {
  private buckets: usize = emptyBuckets(16)
  private mask: u32 = 15
  private count: u32 = 0

  /** The entry, or 0. */
  get(id: u32): usize {
    let entry = load<usize>(this.bucketOf(id))
    while (entry != 0 && changetype<Numbered>(entry).id != id) entry = changetype<Numbered>(entry).next
    return entry
  }

  add(entry: usize): void {
    if (this.count > this.mask) this.grow()
    this.link(__pin(entry))
    this.count += 1
  }

  /** Takes an entry out and gives it, or 0. */
  remove(id: u32): usize {
    const bucket = this.bucketOf(id)
    let before: usize = 0
    let entry = load<usize>(bucket)
    while (entry != 0 && changetype<Numbered>(entry).id != id) {
      before = entry
      entry = changetype<Numbered>(entry).next
    }
    if (entry == 0) return 0
    const next = changetype<Numbered>(entry).next
    if (before == 0) store<usize>(bucket, next)
    else changetype<Numbered>(before).next = next
    this.count -= 1
    __unpin(entry)
    return entry
  }

  /** Number of chains; every entry is in one of them, linked by {@link Numbered.next}. */
  get chains(): u32 {
    return this.mask + 1
  }

  /** First entry of a chain, or 0. */
  chain(index: u32): usize {
    return load<usize>(this.bucketOf(index))
  }

  private bucketOf(id: u32): usize {
    return this.buckets + (((id & this.mask) as usize) << alignof<usize>())
  }

  private link(entry: usize): void {
    const bucket = this.bucketOf(changetype<Numbered>(entry).id)
    changetype<Numbered>(entry).next = load<usize>(bucket)
    store<usize>(bucket, entry)
  }

  private grow(): void {
    const old = this.buckets
    const chains = this.chains
    this.buckets = emptyBuckets(chains << 1)
    this.mask = (chains << 1) - 1
    for (let i: u32 = 0; i < chains; i++) {
      let entry = load<usize>(old + ((i as usize) << alignof<usize>()))
      while (entry != 0) {
        const next = changetype<Numbered>(entry).next
        this.link(entry)
        entry = next
      }
    }
    heap.free(old)
  }
}

function emptyBuckets(count: u32): usize {
  const size = (count as usize) << alignof<usize>()
  const at = heap.alloc(size)
  memory.fill(at, 0, size)
  return at
}
