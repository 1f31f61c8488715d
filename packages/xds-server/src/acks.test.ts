import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { describe, expect, it } from "vitest"
import { acksOf } from "./acks.ts"
import { nextResponse, takeDelta } from "./ads.ts"
import { createSnapshot, emptySnapshot } from "./snapshot.ts"
import { createStreamState } from "./stream-state.ts"

const url = typeUrls.secret
const bytes = (text: string): Uint8Array => Buffer.from(text)
const both = createSnapshot({
  [url]: [
    { name: "a", bytes: bytes("a") },
    { name: "b", bytes: bytes("b") },
  ],
})

function conversation() {
  const stream = createStreamState("delta", true)
  const ask = (names: readonly string[], responseNonce = "", errorMessage?: string) =>
    takeDelta(
      stream,
      { typeUrl: url, subscribe: names, unsubscribe: [], initialVersions: new Map(), responseNonce, errorMessage },
      both,
    )
  return { stream, ask }
}

describe("acksOf", () => {
  it("tells what is on its way from what is merely not accepted", () => {
    const { stream, ask } = conversation()
    const look = (snapshot = both) => {
      const acks = acksOf(stream, snapshot).get(url)
      return [acks?.inFlight !== undefined, [...(acks?.resources.values() ?? [])].map(({ state }) => state)]
    }
    ask(["a"])
    expect(look()).toEqual([false, ["pending"]])
    const sent = nextResponse(stream, both)
    expect(acksOf(stream, both).get(url)?.inFlight).toBe(sent?.version)
    expect(look()).toEqual([true, ["sent"]])
    ask([], sent?.nonce)
    expect(look()).toEqual([false, ["acked"]])
    // The removal of a secret is never told, so nothing is on its way although the client asks on.
    expect(nextResponse(stream, emptySnapshot)).toBeUndefined()
    expect(look(emptySnapshot)).toEqual([false, ["absent"]])
  })

  it("has nothing on its way after a refusal", () => {
    const { stream, ask } = conversation()
    ask(["a", "b"])
    const sent = nextResponse(stream, both)
    ask([], sent?.nonce, "no")
    const acks = acksOf(stream, both).get(url)
    expect(acks?.inFlight).toBeUndefined()
    expect([...(acks?.resources.values() ?? [])].map(({ state, message }) => [state, message])).toEqual([
      ["nacked", "no"],
      ["pending", undefined],
    ])
  })
})
