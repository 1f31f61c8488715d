import { proxy_log } from "./abi"
import { RootContext, StreamContext } from "./context"
import { LogLevel } from "./enums"
import { begin, end, isSameText, putByte, putText, roomFor } from "./memory"

/** Makes the object for one request. A plain function: AssemblyScript has no closures, state belongs to the root. */
export type StreamFactory = (root: RootContext) => StreamContext
/** Makes the object for one plugin. */
export type RootFactory = () => RootContext

class StatelessRoot extends RootContext {
  constructor(private streams: StreamFactory) {
    super()
  }
  createStream(): StreamContext {
    return this.streams(this)
  }
}

class Registration {
  constructor(
    public rootId: string,
    public streams: StreamFactory | null,
    public roots: RootFactory | null,
    /** The one before it. */
    public previous: Registration | null,
  ) {}
}

let latest: Registration | null = null

/**
 * Declares the filter of a plugin whose root id is `rootId`; "" serves every id that nothing else serves.
 *
 * For top-level code. A plugin that needs configuration parsed once, a timer or shared state uses {@link registerRoot}.
 */
export function registerFilter(rootId: string, streams: StreamFactory): void {
  latest = new Registration(rootId, streams, null, latest)
}

/** Declares the root of a plugin; its `createStream` makes the streams. */
export function registerRoot(rootId: string, roots: RootFactory): void {
  latest = new Registration(rootId, null, roots, latest)
}

/**
 * A new root for a plugin, or null when nothing is registered for it.
 *
 * A plugin without a root id takes the only registration, whatever its name.
 */
export function createRoot(rootId: string): RootContext | null {
  let found: Registration | null = null
  let each = latest
  if (each !== null && each.previous === null && rootId.length == 0) found = each
  while (each !== null) {
    if (isSameText(changetype<usize>(each.rootId), changetype<usize>(rootId))) return construct(each)
    if (each.rootId.length == 0) found = each
    each = each.previous
  }
  return found === null ? null : construct(found)
}

function construct(registration: Registration): RootContext {
  const roots = registration.roots
  if (roots !== null) return roots()
  return new StatelessRoot(registration.streams!)
}

/** Says in Envoy's log that no filter has this root id, and which ones there are. */
export function refuseRootId(rootId: string): void {
  let room = roomFor(changetype<usize>(rootId)) + 256
  let each = latest
  while (each !== null) {
    room += roomFor(changetype<usize>(each.rootId)) + 8
    each = each.previous
  }
  begin(room)
  const at = putText(changetype<usize>("no filter is registered for root id \""))
  putText(changetype<usize>(rootId))
  putText(changetype<usize>("\"; registered: "))
  if (latest === null) putText(changetype<usize>("none"))
  else putIds(latest!)
  proxy_log(LogLevel.Error, at, end() - at)
}

/** Puts names in the order in which they were registered. */
function putIds(last: Registration): void {
  const previous = last.previous
  if (previous !== null) {
    putIds(previous)
    putText(changetype<usize>(", "))
  }
  putByte(34)
  putText(changetype<usize>(last.rootId))
  putByte(34)
}
