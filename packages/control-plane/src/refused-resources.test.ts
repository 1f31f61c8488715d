import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { describe, expect, it } from "vitest"
import { refusedResources } from "./refused-resources.ts"

const words = (typeUrl: string, message: string, ...changed: readonly string[]) => [
  ...refusedResources({ typeUrl, changed, message }),
]

describe("refusedResources", () => {
  it("takes a refusal of clusters and listeners for those that Envoy names", () => {
    const cluster = "Error adding/updating cluster(s) b: no such type, d: bad name"
    expect(words(typeUrls.cluster, cluster, "a", "b", "c", "d")).toEqual([
      ["b", "no such type"],
      ["d", "bad name"],
    ])
    const listener = "Error adding/updating listener(s) b: cannot bind '127.0.0.1:80'\n"
    expect(words(typeUrls.listener, listener, "a", "b")).toEqual([["b", "cannot bind '127.0.0.1:80'"]])
  })

  it("leaves out none where Envoy's words are cut", () => {
    const cut = "Error adding/updating cluster(s) b: no such type, c: bad...(truncated)"
    expect(words(typeUrls.cluster, cut, "a", "b", "c").map(([name]) => name)).toEqual(["b", "c", "a"])
  })

  it("takes all where none is named", () => {
    expect(words(typeUrls.cluster, "no", "a", "b")).toEqual([
      ["a", "no"],
      ["b", "no"],
    ])
    expect(words(typeUrls.route, "Error(s) a: b", "a", "b")).toHaveLength(2)
  })
})
