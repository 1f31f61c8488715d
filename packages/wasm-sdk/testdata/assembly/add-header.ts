import { Action, registerFilter, RootContext, StreamContext } from "@attache/wasm-sdk/assembly"

class AddHeader extends StreamContext {
  onResponseHeaders(count: u32, endOfStream: bool): Action {
    this.responseHeaders.set("x-wasm", "hello")
    return Action.Continue
  }
}

registerFilter("", (root: RootContext): StreamContext => new AddHeader(root))
