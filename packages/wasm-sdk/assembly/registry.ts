import { RootContext, StreamContext } from "./context"

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
  constructor(public rootId: string, public streams: StreamFactory | null, public roots: RootFactory | null) {}
}

const registrations: Registration[] = []

/**
 * Declares the filter of a plugin whose root id is `rootId`; "" serves every id that nothing else serves.
 *
 * For top-level code. A plugin that needs configuration parsed once, a timer or shared state uses {@link registerRoot}.
 */
export function registerFilter(rootId: string, streams: StreamFactory): void {
  registrations.push(new Registration(rootId, streams, null))
}

/** Declares the root of a plugin; its `createStream` makes the streams. */
export function registerRoot(rootId: string, roots: RootFactory): void {
  registrations.push(new Registration(rootId, null, roots))
}

/**
 * A new root for a plugin, or null when nothing is registered for it.
 *
 * A plugin without a root id takes the only registration, whatever its name.
 */
export function createRoot(rootId: string): RootContext | null {
  let found: Registration | null = rootId == "" && registrations.length == 1 ? registrations[0] : null
  for (let i = 0; i < registrations.length; i++) {
    const candidate = registrations[i]
    if (candidate.rootId == rootId) return construct(candidate)
    if (candidate.rootId == "") found = candidate
  }
  return found === null ? null : construct(found)
}

function construct(registration: Registration): RootContext {
  const roots = registration.roots
  if (roots !== null) return roots()
  return new StatelessRoot(registration.streams!)
}

/** Names that are registered, for the message about one that is not. */
export function registeredIds(): string {
  let names = ""
  for (let i = 0; i < registrations.length; i++) names += (i == 0 ? '"' : ', "') + registrations[i].rootId + '"'
  return names == "" ? "none" : names
}
