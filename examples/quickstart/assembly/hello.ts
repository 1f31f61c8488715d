// A Wasm filter in AssemblyScript.
import { Action, registerFilter, RootContext, StreamContext } from "@attache/wasm-sdk/assembly"

class Hello extends StreamContext {
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    this.requestHeaders.set("x-wasm-request", "hello from Wasm")
    return Action.Continue
  }

  onResponseHeaders(count: u32, endOfStream: bool): Action {
    this.responseHeaders.set("x-wasm-response", "goodbye from Wasm")
    return Action.Continue
  }
}

registerFilter("hello", (root: RootContext): StreamContext => new Hello(root))
