import { Action, registerFilter, RootContext, StreamContext } from "@attache/wasm-sdk/assembly"

class KeepHeader extends StreamContext {
  kept: string[] = []

  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const value = this.requestHeaders.get("x-in")
    if (value !== null) this.kept.push(value)
    return Action.Continue
  }
  onResponseHeaders(count: u32, endOfStream: bool): Action {
    this.requestHeaders.set("x-out", this.kept.join("+"))
    return Action.Continue
  }
}

registerFilter("", (root: RootContext): StreamContext => new KeepHeader(root))
