import { Action, registerFilter, StreamContext } from "@attache/wasm-sdk/assembly"

/** Takes card numbers out of JSON bodies, in both directions. */
class BodyRewrite extends StreamContext {
  private rewritesRequest: bool = false
  private rewritesResponse: bool = false

  onRequestHeaders(count: u32, endOfStream: bool): Action {
    this.rewritesRequest = isJson(this.requestHeaders.get("content-type"))
    if (this.rewritesRequest) this.requestHeaders.remove("content-length")
    return Action.Continue
  }

  // Pausing until the end lets Envoy collect the body; the last call sees all of it.
  onRequestBody(size: u32, endOfStream: bool): Action {
    if (!this.rewritesRequest) return Action.Continue
    if (!endOfStream) return Action.Pause
    this.requestBody.replace(masked(this.requestBody.text()))
    return Action.Continue
  }

  onResponseHeaders(count: u32, endOfStream: bool): Action {
    this.rewritesResponse = isJson(this.responseHeaders.get("content-type"))
    if (this.rewritesResponse) this.responseHeaders.remove("content-length")
    return Action.Continue
  }

  onResponseBody(size: u32, endOfStream: bool): Action {
    if (!this.rewritesResponse) return Action.Continue
    if (!endOfStream) return Action.Pause
    this.responseBody.replace(masked(this.responseBody.text()))
    return Action.Continue
  }
}

function isJson(type: string | null): bool {
  return type !== null && type.startsWith("application/json")
}

/** The text with each run of 13 or more digits made unreadable but for the last four. */
function masked(text: string): string {
  let out = ""
  let start = 0
  for (let at = 0; at < text.length; ) {
    let end = at
    while (end < text.length && text.charCodeAt(end) >= 0x30 && text.charCodeAt(end) <= 0x39) end++
    if (end - at >= 13) {
      out += text.substring(start, at) + "*".repeat(end - at - 4)
      start = end - 4
    }
    at = end + 1
  }
  return out + text.substring(start)
}

registerFilter("body-rewrite", (root) => new BodyRewrite(root))
