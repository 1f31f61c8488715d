import type { ProcessingRequest } from "@attache/envoy-api/gen/envoy/service/ext_proc/v3/external_processor_pb"
import { describe, expect, it } from "vitest"
import { type Handlers, replaceBody, respond } from "./handlers.ts"
import { createSession, type SessionFailure } from "./session.ts"
import type { ResponseInit } from "./wire.ts"

const none = { attributes: {}, observabilityMode: false }
const bodyModeNumbers = { streamed: 1, buffered: 2, duplex: 4 }

function opening(mode: keyof typeof bodyModeNumbers, extra: object = {}): ProcessingRequest {
  const number = bodyModeNumbers[mode]
  const value = { headers: { headers: [] }, endOfStream: false }
  const protocolConfig = { requestBodyMode: number, responseBodyMode: number }
  return {
    ...none,
    request: { case: "requestHeaders", value },
    protocolConfig,
    ...extra,
  } as unknown as ProcessingRequest
}

function chunk(
  text: string,
  endOfStream = false,
  which: "requestBody" | "responseBody" = "requestBody",
): ProcessingRequest {
  return {
    ...none,
    request: { case: which, value: { body: Buffer.from(text), endOfStream } },
  } as unknown as ProcessingRequest
}

function run(handlers: Handlers<undefined>, requests: readonly ProcessingRequest[]) {
  const sent: ResponseInit[] = []
  const failures: SessionFailure[] = []
  const session = createSession(
    { handlers, createState: () => undefined, handlerTimeoutMs: 1000 },
    { send: (response) => sent.push(response), fail: (failure) => failures.push(failure) },
  )
  for (const request of requests) session.receive(request)
  return { sent, failures, session }
}

/** Text of every streamed chunk and its end mark. */
function streamed(sent: readonly ResponseInit[]): readonly (readonly [string, boolean])[] {
  return sent.flatMap(({ response }) => {
    if (response?.case !== "requestBody") return []
    const mutation = response.value.response?.bodyMutation?.mutation
    if (mutation?.case !== "streamedResponse") return []
    return [[Buffer.from(mutation.value.body ?? []).toString(), mutation.value.endOfStream ?? false] as const]
  })
}

describe("a body", () => {
  it("passes unchanged without a handler, chunk by chunk in full duplex", () => {
    expect(streamed(run({}, [opening("duplex"), chunk("a"), chunk("b", true)]).sent)).toEqual([
      ["a", false],
      ["b", true],
    ])
    expect(run({}, [opening("buffered"), chunk("a", true)]).sent[1]).toEqual({
      response: { case: "requestBody", value: { response: { clearRouteCache: false } } },
    })
  })

  it("is replaced or cleared, with header changes beside it", () => {
    const handlers: Handlers<undefined> = {
      onRequestBody(body, { requestHeaders }) {
        expect(body.mode).toBe("buffered")
        requestHeaders.set("x-size", String(body.bytes.length))
        if (body.text() === "") body.clear()
        else body.replace(body.text().toUpperCase())
      },
    }
    const mutationOf = (text: string) => {
      const { response } = run(handlers, [opening("buffered"), chunk(text, true)]).sent[1] ?? {}
      return response?.case === "requestBody" ? response.value.response : undefined
    }
    expect(mutationOf("abc")).toMatchObject({
      bodyMutation: { mutation: { case: "body", value: Buffer.from("ABC") } },
      headerMutation: { setHeaders: [{ header: { key: "x-size" } }] },
    })
    expect(mutationOf("")).toMatchObject({ bodyMutation: { mutation: { case: "clearBody", value: true } } })
  })

  it("takes its announced length along when it is replaced as a whole", () => {
    const headers = [{ key: "content-length", value: "", rawValue: Buffer.from("1") }]
    const request = { case: "requestHeaders", value: { headers: { headers }, endOfStream: false } }
    const replace: Handlers<undefined> = { onRequestBody: (body) => body.replace("ä!") }
    for (const mode of ["buffered", "streamed"] as const) {
      const { response } = run(replace, [opening(mode, { request }), chunk("a", true)]).sent[1] ?? {}
      const mutation = response?.case === "requestBody" ? response.value.response?.headerMutation : undefined
      const values = (mutation?.setHeaders ?? []).map(({ header }) => Buffer.from(header?.rawValue ?? []).toString())
      expect(values).toEqual(mode === "buffered" ? ["3"] : [])
    }
  })

  it("is held and rewritten with other borders in full duplex", () => {
    let held = ""
    const handlers: Handlers<undefined> = {
      onRequestBody(body, exchange) {
        held += body.text()
        body.hold()
        if (body.endOfStream) exchange.writeRequestBody(held.toUpperCase(), true)
      },
    }
    const { sent } = run(handlers, [opening("duplex"), chunk("a"), chunk("b"), chunk("c", true)])
    expect(streamed(sent)).toEqual([["ABC", true]])
  })

  it("cannot be held where Envoy waits for an answer", () => {
    const { failures } = run({ onRequestBody: (body) => body.hold() }, [opening("streamed"), chunk("a")])
    expect(failures).toMatchObject([{ handler: "onRequestBody", isTimeout: false }])
    expect(String(failures[0]?.reason)).toContain("a chunk of a streamed body cannot be held")
  })
})

describe("an exchange", () => {
  it("shows attributes and metadata and sends its own once", () => {
    const seen: unknown[] = []
    const handlers: Handlers<undefined> = {
      onRequestHeaders(_headers, exchange) {
        seen.push(exchange.attributes["request.path"], exchange.metadata.sent)
        exchange.setMetadata("out", { score: 1 })
        exchange.overrideMode({ responseHeaders: "skip", requestBody: "buffered" })
        exchange.clearRouteCache()
      },
      onRequestBody: (body) => void seen.push(body.mode),
    }
    const extra = {
      attributes: { "envoy.filters.http.ext_proc": { "request.path": "/p" } },
      metadataContext: { filterMetadata: { sent: { a: 1 } } },
    }
    const { sent } = run(handlers, [opening("streamed", extra), chunk("a")])
    expect(seen).toEqual(["/p", { a: 1 }, "buffered"])
    expect(sent[0]).toMatchObject({
      response: { value: { response: { clearRouteCache: true } } },
      dynamicMetadata: { out: { score: 1 } },
      modeOverride: { responseHeaderMode: 2, requestBodyMode: 2, responseBodyMode: 1 },
    })
    expect(sent[1]).not.toHaveProperty("dynamicMetadata")
    expect(sent[1]).not.toHaveProperty("modeOverride")
  })

  it("answers nothing when it only observes", () => {
    const seen: string[] = []
    const handlers: Handlers<undefined> = { onRequestHeaders: () => void seen.push("headers") }
    expect(run(handlers, [opening("streamed", { observabilityMode: true }), chunk("a")]).sent).toEqual([])
    expect(seen).toEqual(["headers"])
  })

  it("refuses changes of headers that have not arrived", () => {
    const { failures } = run({ onRequestHeaders: (_h, { responseHeaders }) => responseHeaders.set("a", "b") }, [
      opening("streamed"),
    ])
    expect(String(failures[0]?.reason)).toContain("response headers have not arrived yet")
  })

  it("asks for more time", () => {
    const { sent } = run({ onRequestHeaders: (_h, exchange) => exchange.extendTimeout(1500) }, [opening("streamed")])
    expect(sent[0]).toEqual({ overrideMessageTimeout: { seconds: 1n, nanos: 500_000_000 } })
  })

  it("continues with another body, or answers itself", () => {
    expect(run({ onRequestHeaders: () => replaceBody("new") }, [opening("streamed")]).sent[0]?.response).toMatchObject({
      case: "requestHeaders",
      value: { response: { status: 1, bodyMutation: { mutation: { case: "body" } } } },
    })
    const denied = run({ onRequestBody: () => respond(413, { grpcStatus: 8 }) }, [
      opening("buffered"),
      chunk("x", true),
    ]).sent[1]
    expect(denied?.response).toMatchObject({
      case: "immediateResponse",
      value: { status: { code: 413 }, grpcStatus: { status: 8 } },
    })
  })

  it("ends once, and drops answers that come too late", async () => {
    let ends = 0
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const handlers: Handlers<undefined> = {
      onRequestHeaders: () => promise,
      onEnd: () => void ends++,
    }
    const { sent, session } = run(handlers, [opening("streamed")])
    session.end()
    session.end()
    resolve(undefined)
    await new Promise((settled) => setImmediate(settled))
    expect({ ends, sent }).toEqual({ ends: 1, sent: [] })
  })
})
