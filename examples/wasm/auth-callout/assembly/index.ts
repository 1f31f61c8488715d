import {
  Action, Header, HttpCall, log, registerRoot, RootContext, StreamContext,
} from "@attache/wasm-sdk/assembly"
import { parseJson } from "@attache/wasm-sdk/assembly/json"

/** Asks a service whether a request may pass. Configuration: `{"cluster": "NAME"}`. */
class Authentication extends RootContext {
  cluster: string = ""

  onConfigure(configuration: string): bool {
    this.cluster = parseJson(configuration).value.get("cluster").text()
    if (this.cluster == "") log.error('the configuration must be {"cluster": "NAME"}')
    return this.cluster != ""
  }

  createStream(): StreamContext {
    return new Authenticated(this)
  }
}

class Authenticated extends StreamContext {
  constructor(private plugin: Authentication) {
    super(plugin)
  }

  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const token = this.requestHeaders.get("authorization")
    if (token === null) return this.respond(401, "no token\n", [new Header("www-authenticate", "Bearer")])
    const request = [
      new Header(":method", "GET"),
      new Header(":path", "/check"),
      new Header(":authority", "auth.internal"),
      new Header("authorization", token),
    ]
    const sent = new Check(this).send(this.plugin.cluster, request, 500)
    return sent ? Action.Pause : this.respond(500, "no such cluster\n")
  }
}

/** The question about one request; its answer lets the request go on or ends it. */
class Check extends HttpCall {
  constructor(private stream: Authenticated) {
    super(stream)
  }

  onResponse(): void {
    const user = this.headers.get("x-user")
    if (this.status == 200 && user !== null) {
      this.stream.requestHeaders.set("x-user", user)
      this.stream.requestHeaders.remove("authorization")
      this.stream.resumeRequest()
    } else if (this.status == 401 || this.status == 403) {
      this.stream.respond(this.status, "denied\n")
    } else {
      log.warn("the authentication service answered " + this.status.toString())
      this.stream.respond(503, "try again\n", [new Header("retry-after", "1")])
    }
  }

  onFailure(reason: string): void {
    this.stream.respond(503, "try again\n", [new Header("retry-after", "1")])
  }
}

registerRoot("auth", () => new Authentication())
