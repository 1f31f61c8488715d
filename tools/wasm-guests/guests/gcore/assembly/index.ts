// Reads the path, sets one header in each direction: the same in all guests of this folder.
export * from "@gcoredev/proxy-wasm-sdk-as/assembly/proxy"
import {
  Context, FilterHeadersStatusValues, registerRootContext, RootContext, stream_context,
} from "@gcoredev/proxy-wasm-sdk-as/assembly"

class Root extends RootContext {
  createContext(id: u32): Context {
    return new Bench(id, this)
  }
}

class Bench extends Context {
  constructor(id: u32, root: Root) {
    super(id, root)
  }
  onRequestHeaders(count: u32, endOfStream: bool): FilterHeadersStatusValues {
    if (stream_context.headers.request.get(":path") != "") stream_context.headers.request.replace("x-bench-request", "one")
    return FilterHeadersStatusValues.Continue
  }
  onResponseHeaders(count: u32, endOfStream: bool): FilterHeadersStatusValues {
    stream_context.headers.response.replace("x-bench-response", "two")
    return FilterHeadersStatusValues.Continue
  }
}

registerRootContext((id: u32) => {
  return new Root(id)
}, "bench")
