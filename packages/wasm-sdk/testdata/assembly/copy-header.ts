import { Action, registerFilter, RootContext, StreamContext } from "@attache/wasm-sdk/assembly"

class CopyHeader extends StreamContext {
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const value = this.requestHeaders.get("x-in")
    if (value === null) throw new Error("x-in is absent")
    this.requestHeaders.set("x-out", value)
    return Action.Continue
  }
}

registerFilter("", (root: RootContext): StreamContext => new CopyHeader(root))
