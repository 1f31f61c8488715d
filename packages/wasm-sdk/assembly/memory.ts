// @ts-nocheck: editors know neither the compiler's decorators nor its runtime.
// Text and bytes on their way to and from the host.
//
// Everything handed to the host lies in memory the garbage collector does not manage: an address inside a managed
// object is only safe until the next allocation. The host hands over one block per call and it is read before the next
// call, so one block that is used again and again serves for all of them.
//
// Texts are passed on as addresses, `changetype<usize>(text)`: each managed operand of a call costs a slot of the compiler's
// shadow stack, and these were most of a header's time. Objects do not move, and nothing here allocates managed memory
// before a text has been read, so that it need not be kept alive by a frame of ours; its owner's does.

import { Status } from "./enums"

/** Blocks larger than this are given back once something smaller is wanted. */
const keptBytes: usize = 65536
const smallestBytes: usize = 1024

let outBase: usize = 0
let outCapacity: usize = 0
let outEnd: usize = 0
let inBase: usize = 0
let inCapacity: usize = 0

/** Where the host writes small results: eight words of four bytes. */
export const words: usize = memory.data(32, 8)

let last: u32 = 0

/** Status of the latest host call, for telling "absent" from "not available in this phase". */
export function lastStatus(): Status {
  return last as Status
}

/** Notes the answer of a host call; true when it is `Ok`. */
export function ok(status: u32): bool {
  last = status
  return status == 0
}

function fits(capacity: usize, size: usize): bool {
  return size <= capacity && (capacity <= keptBytes || size > keptBytes)
}

function fresh(base: usize, capacity: usize): usize {
  if (base != 0) heap.free(base)
  return heap.alloc(capacity)
}

function capacityFor(size: usize): usize {
  return size < smallestBytes ? smallestBytes : size
}

/** The block the host fills next. Its content is valid until the next host call. */
export function receive(size: usize): usize {
  if (!fits(inCapacity, size)) {
    const capacity = capacityFor(size)
    inBase = fresh(inBase, capacity)
    inCapacity = capacity
  }
  return inBase
}

/** Starts a message to the host with room for `room` bytes; what was put before is gone. */
export function begin(room: usize): void {
  if (!fits(outCapacity, room)) {
    const capacity = capacityFor(room)
    outBase = fresh(outBase, capacity)
    outCapacity = capacity
  }
  outEnd = outBase
}

/** Size of a string in bytes, from the header that the compiler puts before every object. */
// @ts-ignore: decorator
@inline function sizeOf(text: usize): usize {
  return load<u32>(text - 4)
}

/** Bytes that the string at an address may need as UTF-8. */
export function roomFor(text: usize): usize {
  return sizeOf(text) * 3 / 2
}

/** Whether the strings at two addresses are equal; smaller than the compiler's own comparison. */
export function isSameText(one: usize, other: usize): bool {
  const size = sizeOf(one)
  if (size != sizeOf(other)) return false
  for (let i: usize = 0; i < size; i += 2) if (load<u16>(one + i) != load<u16>(other + i)) return false
  return true
}

/** Address behind what was put last. */
export function end(): usize {
  return outEnd
}

/** Puts the string at an address as UTF-8 (lone surrogates become U+FFFD) and gives its address; its size is `end()` minus that. */
export function putText(text: usize): usize {
  const at = outEnd
  let from = text
  const stop = from + sizeOf(text)
  let to = at
  // Four characters at a time while all of them are ASCII, as names and most values are.
  while (from + 8 <= stop) {
    const four = load<u64>(from)
    if ((four & 0xff80ff80ff80ff80) != 0) break
    const pairs = four | (four >> 8)
    store<u32>(to, ((pairs & 0xffff) | ((pairs >> 16) & 0xffff0000)) as u32)
    from += 8
    to += 4
  }
  while (from < stop) {
    let code = load<u16>(from) as u32
    from += 2
    if (code < 0x80) {
      store<u8>(to, code)
      to += 1
      continue
    }
    if ((code & 0xf800) == 0xd800) {
      const low = from < stop ? (load<u16>(from) as u32) : 0
      if (code < 0xdc00 && (low & 0xfc00) == 0xdc00) {
        code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff)
        from += 2
      } else code = 0xfffd
    }
    if (code < 0x800) store<u8>(to, 0xc0 | (code >> 6))
    else {
      if (code < 0x10000) store<u8>(to, 0xe0 | (code >> 12))
      else {
        store<u8>(to, 0xf0 | (code >> 18))
        to += 1
        store<u8>(to, 0x80 | ((code >> 12) & 0x3f))
      }
      to += 1
      store<u8>(to, 0x80 | ((code >> 6) & 0x3f))
    }
    store<u8>(to, 0x80 | (code & 0x3f), 1)
    to += 2
  }
  outEnd = to
  return at
}

/** Puts bytes and gives their address. */
export function putBytes(bytes: Uint8Array): usize {
  const at = outEnd
  memory.copy(at, bytes.dataStart, bytes.length)
  outEnd += bytes.length
  return at
}

export function putByte(value: u8): void {
  store<u8>(outEnd, value)
  outEnd += 1
}

/** Puts a decimal number without allocating, for use while aborting. */
export function putNumber(value: u32): void {
  if (value >= 10) putNumber(value / 10)
  putByte((48 + (value % 10)) as u8)
}

/** Leaves `size` bytes free and gives their address. */
export function putSpace(size: usize): usize {
  const at = outEnd
  outEnd += size
  return at
}

/** Address and size the host wrote to the first two words. */
export function resultAt(): usize {
  return load<u32>(words)
}
export function resultSize(): usize {
  return load<u32>(words, 4)
}

export function resultText(): string {
  return decodeText(resultAt(), resultSize())
}

export function resultBytes(): Uint8Array {
  return copyBytes(resultAt(), resultSize())
}

export function copyBytes(at: usize, size: usize): Uint8Array {
  const bytes = new Uint8Array(size as i32)
  memory.copy(bytes.dataStart, at, size)
  return bytes
}

/**
 * Text of UTF-8 bytes, each ill-formed part read as U+FFFD.
 *
 * The compiler's own decoder accepts overlong forms, with which `%C0%AF`-like input would compare equal to `/`.
 */
export function decodeText(at: usize, size: usize): string {
  if (size == 0) return ""
  const text = __new(size << 1, idof<string>())
  let to = text
  const stop = at + size
  while (at + 4 <= stop) {
    const four = load<u32>(at) as u64
    if ((four & 0x80808080) != 0) break
    const pairs = (four | (four << 16)) & 0x0000ffff0000ffff
    store<u64>(to, (pairs | (pairs << 8)) & 0x00ff00ff00ff00ff)
    at += 4
    to += 8
  }
  while (at < stop) {
    const first = load<u8>(at) as u32
    at += 1
    if (first < 0x80) {
      store<u16>(to, first as u16)
      to += 2
      continue
    }
    let wanted = 0
    let least: u32 = 0x80
    let most: u32 = 0xbf
    let code: u32 = 0xfffd
    if (first >= 0xc2 && first <= 0xdf) {
      wanted = 1
      code = first & 0x1f
    } else if (first >= 0xe0 && first <= 0xef) {
      wanted = 2
      code = first & 0x0f
      if (first == 0xe0) least = 0xa0
      if (first == 0xed) most = 0x9f
    } else if (first >= 0xf0 && first <= 0xf4) {
      wanted = 3
      code = first & 0x07
      if (first == 0xf0) least = 0x90
      if (first == 0xf4) most = 0x8f
    }
    while (wanted > 0) {
      const next = at < stop ? (load<u8>(at) as u32) : 0
      if (next < least || next > most) {
        code = 0xfffd
        break
      }
      code = (code << 6) | (next & 0x3f)
      least = 0x80
      most = 0xbf
      at += 1
      wanted -= 1
    }
    if (code < 0x10000) {
      store<u16>(to, code as u16)
      to += 2
    } else {
      code -= 0x10000
      store<u16>(to, (0xd800 | (code >> 10)) as u16)
      store<u16>(to, (0xdc00 | (code & 0x3ff)) as u16, 2)
      to += 4
    }
  }
  const used = to - text
  return changetype<string>(used == size << 1 ? text : __renew(text, used))
}
