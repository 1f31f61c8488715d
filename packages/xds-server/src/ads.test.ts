import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { describe, expect, it } from "vitest"
import { nextResponse, type Outgoing, takeDelta, takeSotw } from "./ads.ts"
import { awaitedAnswer } from "./front.ts"
import { createSnapshot, type Snapshot } from "./snapshot.ts"
import { createStreamState } from "./stream-state.ts"
import { edsCluster } from "./testing/sample-resources.ts"
import type { Variant } from "./type-state.ts"

const short = {
  cds: typeUrls.cluster,
  eds: typeUrls.endpoint,
  lds: typeUrls.listener,
  rds: typeUrls.route,
  sds: typeUrls.secret,
  vhds: typeUrls.virtualHost,
}
type Short = keyof typeof short

/** A snapshot in words: `cds: "a b2"` are the clusters `a` in version 1 and `b` in version 2. */
function snapshot(types: Partial<Record<Short, string>>): Snapshot {
  const resource = (type: string, word: string) => {
    const [name = "", version = "1"] = word.split(/(?<=[a-z])(?=\d)/)
    return type === "cds" ? edsCluster(name, Number(version)) : { name, bytes: Buffer.from(`${name} ${version}`) }
  }
  const entries = Object.entries(types).map(([type, words]) => {
    const all = words.split(" ").filter((word) => word !== "")
    return [short[type as Short], all.map((word) => resource(type, word))] as const
  })
  return createSnapshot(new Map(entries))
}

/** A stream and a client in words. */
function play(variant: Variant, isAggregated = true) {
  const stream = createStreamState(variant, isAggregated)
  const nonces = new Map<string, string>()
  const names = new Map<string, Set<string>>()
  let latest = snapshot({})
  const request = (
    type: Short,
    more: { sub?: string; unsub?: string; nonce?: string; error?: string; has?: Record<string, string> },
  ) => {
    const typeUrl = short[type]
    const list = (words: string | undefined) => (words ?? "").split(" ").filter((word) => word !== "")
    const all = names.get(typeUrl) ?? new Set()
    for (const name of list(more.sub)) all.add(name)
    for (const name of list(more.unsub)) all.delete(name)
    names.set(typeUrl, all)
    const base = { typeUrl, responseNonce: more.nonce ?? "", errorMessage: more.error }
    if (variant === "sotw") {
      const responseNonce = nonces.get(typeUrl) ?? ""
      return takeSotw(stream, { ...base, resourceNames: [...all], versionInfo: "", responseNonce }, latest)
    }
    const initialVersions = new Map(Object.entries(more.has ?? {}))
    return takeDelta(
      stream,
      { ...base, subscribe: list(more.sub), unsubscribe: list(more.unsub), initialVersions },
      latest,
    )
  }
  const words = (r: Outgoing): string => {
    nonces.set(r.typeUrl, r.nonce)
    const type = Object.entries(short).find(([, url]) => url === r.typeUrl)?.[0]
    const gone = [...r.removed.map((name) => `-${name}`), ...r.absent.map((name) => `no ${name}`)]
    return [`${type}:`, ...r.resources.map((x) => x.name), ...gone].join(" ")
  }
  return {
    /** The client has not answered about clusters for long. */
    waits: () => {
      stream.isImpatient = awaitedAnswer(stream, latest) !== undefined
      return stream.isImpatient
    },
    wants: (types: Partial<Record<Short, string>>) => {
      latest = snapshot(types)
    },
    asks: (type: Short, sub = "", unsub = "") => void request(type, { sub, unsub }),
    comesBack: (type: Short, has: Record<string, string>, sub = "") => void request(type, { has, sub }),
    acks: (type: Short) => request(type, { nonce: nonces.get(short[type]) ?? "" }),
    nacks: (type: Short) => request(type, { nonce: nonces.get(short[type]) ?? "", error: "no" }),
    /** Everything that may go out now. */
    sends: (): string[] => {
      const sent: string[] = []
      for (let r = nextResponse(stream, latest); r !== undefined; r = nextResponse(stream, latest)) sent.push(words(r))
      return sent
    },
    version: (type: Short, name: string) => latest.types.get(short[type])?.resources.get(name)?.version ?? "",
  }
}

/** A client that has clusters, endpoints, a listener and a route configuration. */
function warm(variant: Variant) {
  const p = play(variant)
  p.wants({ cds: "a", eds: "a", lds: "l", rds: "r" })
  p.asks("cds")
  p.asks("lds")
  expect(p.sends()).toEqual(["cds: a"])
  p.asks("eds", "a")
  p.acks("cds")
  expect(p.sends()).toEqual(["eds: a"])
  p.acks("eds")
  expect(p.sends()).toEqual(["lds: l"])
  p.asks("rds", "r")
  expect(p.sends()).toEqual(["rds: r"])
  p.acks("lds")
  p.acks("rds")
  expect(p.sends()).toEqual([])
  return p
}

describe.each(["sotw", "delta"] as const)("order between types (%s)", (variant) => {
  const both = (sotw: string, delta: string): string => (variant === "sotw" ? sotw : delta)

  it("sends a changed route alone", () => {
    const p = warm(variant)
    p.wants({ cds: "a", eds: "a", lds: "l", rds: "r2" })
    expect(p.sends()).toEqual(["rds: r"])
    p.wants({ cds: "a", eds: "a", lds: "l", rds: "r3" })
    expect(p.sends()).toEqual([])
    p.acks("rds")
    expect(p.sends()).toEqual(["rds: r"])
  })

  it("holds routes until a new cluster and its endpoints are answered for, and its removal until the routes are", () => {
    const p = warm(variant)
    p.wants({ cds: "b", eds: "b", lds: "l", rds: "r2" })
    expect(p.sends()).toEqual([both("cds: b a", "cds: b")])
    p.asks("eds", "b")
    expect(p.sends()).toEqual(["eds: b"])
    p.acks("cds")
    expect(p.sends()).toEqual([])
    p.acks("eds")
    expect(p.sends()).toEqual(["rds: r"])
    p.acks("rds")
    expect(p.sends()).toEqual([both("cds: b", "cds: -a")])
    p.acks("cds")
    expect(p.sends()).toEqual(variant === "sotw" ? [] : ["eds: -a"])
  })

  it("keeps a cluster as long as a refused route may use it", () => {
    const p = warm(variant)
    p.wants({ cds: "", eds: "", lds: "l", rds: "r2" })
    expect(p.sends()).toEqual(["rds: r"])
    p.nacks("rds")
    expect(p.sends()).toEqual([])
    p.wants({ cds: "", eds: "", lds: "l", rds: "r3" })
    expect(p.sends()).toEqual(["rds: r"])
    p.acks("rds")
    expect(p.sends()).toEqual([both("cds:", "cds: -a")])
  })

  it("repeats the endpoints of a changed cluster", () => {
    const p = warm(variant)
    p.wants({ cds: "a2", eds: "a", lds: "l", rds: "r" })
    expect(p.sends()).toEqual(["cds: a", "eds: a"])
  })

  it("sends the endpoints of a cluster that still warms, though nobody wants it any more", () => {
    const p = warm(variant)
    p.wants({ cds: "a b", eds: "a b", lds: "l", rds: "r" })
    expect(p.sends()).toEqual([both("cds: a b", "cds: b")])
    p.wants({ cds: "a c", eds: "a c", lds: "l", rds: "r" })
    expect(p.sends()).toEqual([])
    p.asks("eds", "b")
    // Envoy answers for clusters only now.
    expect(p.sends()).toEqual(["eds: b"])
    p.acks("eds")
    p.acks("cds")
    expect(p.sends()).toEqual([both("cds: a c b", "cds: c")])
  })

  it("lets routes go on when a client does not answer for clusters", () => {
    const p = warm(variant)
    expect(p.waits()).toBe(false)
    p.wants({ cds: "a b", eds: "a", lds: "l", rds: "r2" })
    expect(p.sends()).toEqual([both("cds: a b", "cds: b")])
    expect(p.waits()).toBe(true)
    expect(p.sends()).toEqual(["rds: r"])
    expect(p.waits()).toBe(false)
  })

  it("lets routes go on when a cluster is refused", () => {
    const p = warm(variant)
    p.wants({ cds: "a b", eds: "a b", lds: "l", rds: "r2" })
    expect(p.sends()).toEqual([both("cds: a b", "cds: b")])
    p.nacks("cds")
    expect(p.sends()).toEqual(["rds: r"])
  })

  it("does not let a stream of new clusters hold back the routes", () => {
    const p = warm(variant)
    const all = "bcdefgh"
    for (let n = 1; n < all.length; n++) {
      const some = ["a", ...all.slice(0, n)].join(" ")
      p.wants({ cds: some, eds: "a", lds: "l", rds: `r${n + 1}` })
      // A snapshot with one cluster more is there before every answer.
      if (n > 1) p.acks("cds")
      const sent = p.sends()
      expect(sent[0]).toMatch(/^cds: /)
      if (n > 2) p.acks("rds")
      if (n > 1) expect([...sent, ...p.sends()].some((s) => s === "rds: r")).toBe(true)
    }
  })
})

describe("a refused response of several resources", () => {
  /** `r` and `s` refused together. */
  const refused = () => {
    const p = play("delta", false)
    p.wants({ rds: "r s" })
    p.asks("rds", "r s")
    expect(p.sends()).toEqual(["rds: r s"])
    p.nacks("rds")
    expect(p.sends()).toEqual([])
    return p
  }

  it("offers the others once more when the culprit has changed and is accepted", () => {
    const p = refused()
    p.wants({ rds: "r2 s" })
    expect(p.sends()).toEqual(["rds: r"])
    p.acks("rds")
    expect(p.sends()).toEqual(["rds: s"])
    p.acks("rds")
    expect(p.sends()).toEqual([])
  })

  it("offers them only once when they are refused again", () => {
    const p = refused()
    p.wants({ rds: "r2 s" })
    p.sends()
    p.acks("rds")
    p.sends()
    p.nacks("rds")
    expect(p.sends()).toEqual([])
    p.wants({ rds: "r3 s" })
    expect(p.sends()).toEqual(["rds: r"])
    p.acks("rds")
    expect(p.sends()).toEqual([])
  })

  it("offers them when the culprit is gone", () => {
    const p = refused()
    p.asks("rds", "", "r")
    expect(p.sends()).toEqual(["rds: s"])
  })
})

describe("secrets", () => {
  it("are sent one by one, so that what is refused keeps no other from the client", () => {
    const p = play("delta")
    p.wants({ sds: "x y z" })
    p.asks("sds", "x y z")
    expect(p.sends()).toEqual(["sds: x"])
    p.acks("sds")
    expect(p.sends()).toEqual(["sds: y"])
    p.nacks("sds")
    expect(p.sends()).toEqual(["sds: z"])
    p.acks("sds")
    expect(p.sends()).toEqual([])
  })
})

describe("a delta client that comes back", () => {
  it("gets what differs, what it lacks, and the removal of what is gone", () => {
    const p = play("delta")
    p.wants({ cds: "a b2 c" })
    p.comesBack("cds", { a: p.version("cds", "a"), b: "old", gone: "old" })
    p.asks("lds")
    expect(p.sends()).toEqual(["cds: c b"])
    p.acks("cds")
    expect(p.sends()).toEqual(["lds:"])
    p.acks("lds")
    expect(p.sends()).toEqual(["cds: -gone"])
  })
})

describe("names", () => {
  it("that do not exist are removed when asked for, except secrets", () => {
    const p = play("delta")
    p.asks("rds", "x")
    p.asks("sds", "y")
    expect(p.sends()).toEqual(["rds: -x"])
    p.acks("rds")
    p.wants({ rds: "x", sds: "y" })
    expect(p.sends()).toEqual(["sds: y", "rds: x"])
    p.acks("sds")
    p.wants({ rds: "x" })
    expect(p.sends()).toEqual([])
  })

  it("that name no virtual host are answered by one without content, and again when asked again", () => {
    const p = play("delta")
    p.wants({ vhds: "a" })
    p.asks("vhds")
    expect(p.sends()).toEqual(["vhds:"])
    p.acks("vhds")
    p.asks("vhds", "a b")
    expect(p.sends()).toEqual(["vhds: a no b"])
    p.acks("vhds")
    p.asks("vhds", "b")
    expect(p.sends()).toEqual(["vhds: no b"])
    p.acks("vhds")
    p.wants({ vhds: "b" })
    expect(p.sends()).toEqual(["vhds: b -a"])
  })

  it("of secrets are all there in every state-of-the-world response, and existing ones do not wait for others", () => {
    const p = play("sotw")
    p.wants({ sds: "x y" })
    p.asks("sds", "x y z")
    expect(p.sends()).toEqual(["sds: x y"])
    p.acks("sds")
    p.wants({ sds: "x2 y" })
    expect(p.sends()).toEqual(["sds: x y"])
  })

  it("asked for again are answered again", () => {
    const p = play("delta", false)
    p.wants({ rds: "x" })
    p.asks("rds", "x")
    expect(p.sends()).toEqual(["rds: x"])
    p.acks("rds")
    p.asks("rds", "x")
    expect(p.sends()).toEqual(["rds: x"])
  })
})
