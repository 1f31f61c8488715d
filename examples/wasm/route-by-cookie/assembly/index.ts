import { Action, callForeignFunction, registerFilter, StreamContext } from "@attache/wasm-sdk/assembly"

/** Sends those who carry the cookie `beta=1` to the routes below `/beta`. */
class RouteByCookie extends StreamContext {
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const cookie = this.requestHeaders.get("cookie")
    const path = this.requestHeaders.get(":path")
    if (cookie === null || path === null || !cookie.split("; ").includes("beta=1")) return Action.Continue
    this.requestHeaders.set(":path", "/beta" + path)
    // Envoy has chosen a route already. For modules of ABI 0.2.1 it chooses again after a change of headers; for newer ones,
    // and after a change of anything else that routes look at, only when it is told to.
    callForeignFunction("clear_route_cache", new Uint8Array(0))
    return Action.Continue
  }
}

registerFilter("route-by-cookie", (root) => new RouteByCookie(root))
