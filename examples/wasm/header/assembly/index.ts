import { Action, registerFilter, StreamContext } from "@attache/wasm-sdk/assembly"

/** Tells the upstream what the client's request went through, and hides the upstream's software from the client. */
class Headers extends StreamContext {
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    this.requestHeaders.set("x-gateway", "attache")
    this.requestHeaders.remove("x-debug")
    return Action.Continue
  }

  onResponseHeaders(count: u32, endOfStream: bool): Action {
    this.responseHeaders.remove("x-powered-by")
    this.responseHeaders.add("x-frame-options", "DENY")
    return Action.Continue
  }
}

registerFilter("header", (root) => new Headers(root))
