import type { AttachedProcessor, ClusterHost } from "@attache/envoy"
import { describe, expect, it } from "vitest"
import { addressKey, type Knock, type ProcessorSample, processorLacks } from "./dead-processors.ts"

const cluster = "envoyextensionpolicy/ns/p/extproc/0"
const processor = (rest: Partial<AttachedProcessor> = {}): AttachedProcessor => ({
  kind: "ext_proc",
  listener: "l",
  since: 0,
  fingerprint: "1",
  name: `envoy.filters.http.ext_proc/${cluster}`,
  isFailOpen: false,
  cluster,
  stats: "http.h.ext_proc.",
  ...rest,
})

/** `total` streams so far, `errors` of them and of those that never began failed. */
interface State {
  readonly at: number
  readonly total?: number
  readonly errors?: number
  readonly timeouts?: number
  readonly knock?: Knock
  readonly unhealthy?: readonly string[]
}

const address = { path: "/p.sock" }
function sample({ at, total = 0, errors = 0, timeouts = 0, knock = "open", unhealthy = [] }: State): ProcessorSample {
  const stats = new Map([
    ["rq_total", total],
    ["rq_error", errors],
  ])
  const host: ClusterHost = { address, unhealthy, stats }
  return {
    timeMs: at * 1000,
    hosts: new Map([[cluster, [host]]]),
    knocks: new Map([[addressKey(address), knock]]),
    timeouts: new Map([["http.h.ext_proc.", timeouts]]),
  }
}
const reasons = (...states: readonly State[]): readonly string[] =>
  processorLacks([processor()], states.map(sample)).map(({ reason }) => reason)

describe("an external processor", () => {
  it.each<[string, readonly State[], RegExp | undefined]>([
    ["lives when all is well", [{ at: 1 }, { at: 2, total: 9 }], undefined],
    [
      "lives when nobody asked it",
      [
        { at: 1, total: 5, errors: 5 },
        { at: 20, total: 5, errors: 5 },
      ],
      undefined,
    ],
    ["is dead when nobody listens", [{ at: 1, knock: "refused" }], /^nobody listens at \/p\.sock; its requests fail$/],
    ["is dead when nobody answers", [{ at: 1, knock: "silent" }], /^no answer at \/p\.sock/],
    [
      "is dead when its health check fails",
      [{ at: 1, unhealthy: ["its health check fails"] }],
      /^its health check fails/,
    ],
    ["is not knocked at in vain when unhealthy", [{ at: 1, unhealthy: ["x"], knock: "refused" }], /^x/],
    [
      "is dead when every stream fails",
      [{ at: 1 }, { at: 2, total: 3, errors: 3 }],
      /^the last 3 streams failed, within 1 s/,
    ],
    ["lives when some succeed", [{ at: 1 }, { at: 2, total: 3, errors: 2 }], undefined],
    [
      "lives again when the newest succeed",
      [{ at: 1 }, { at: 2, total: 3, errors: 3 }, { at: 3, total: 4, errors: 3 }],
      undefined,
    ],
    [
      "is dead when the newest fail, whatever was before",
      [{ at: 1 }, { at: 2, total: 50 }, { at: 5, total: 53, errors: 3 }],
      /last 3/,
    ],
    [
      "is forgiven after a while",
      [{ at: 1 }, { at: 2, total: 3, errors: 3 }, { at: 13, total: 3, errors: 3 }],
      undefined,
    ],
    [
      "is alive again as soon as somebody listens",
      [
        { at: 1, knock: "refused" },
        { at: 2, errors: 3 },
      ],
      undefined,
    ],
    [
      "hangs when no message is answered",
      [{ at: 1 }, { at: 2, total: 3, timeouts: 3 }],
      /^the last 3 messages were not answered in time/,
    ],
    ["is slow, not dead, when some are answered", [{ at: 1 }, { at: 2, total: 5, timeouts: 3 }], undefined],
    [
      "counts from zero when Envoy does",
      [
        { at: 1, total: 9, errors: 9 },
        { at: 2, total: 2, errors: 2 },
      ],
      /last 2/,
    ],
  ])("%s", (_, states, wanted) => {
    const found = reasons(...states)
    if (wanted === undefined) expect(found).toEqual([])
    else expect(found).toEqual([expect.stringMatching(wanted)])
  })

  it("is named with its object and what it means", () => {
    const [lack] = processorLacks([processor({ isFailOpen: true })], [sample({ at: 1, knock: "refused" })])
    expect(lack).toMatchObject({
      object: { kind: "EnvoyExtensionPolicy", namespace: "ns", name: "p" },
      field: "spec.extProc[0]",
      reason: expect.stringContaining("requests pass without it"),
    })
  })

  it("without endpoints or without a cluster is dead", () => {
    const bare = { ...sample({ at: 1 }), hosts: new Map([[cluster, []]]) }
    expect(processorLacks([processor()], [bare])[0]?.reason).toMatch(/^it has no endpoints/)
    expect(processorLacks([processor()], [{ ...bare, hosts: new Map() }])[0]?.reason).toMatch(
      /^Envoy has no such cluster/,
    )
    const { cluster: _, ...elsewhere } = processor()
    expect(processorLacks([elsewhere], [bare])).toEqual([])
    expect(processorLacks([processor()], [])).toEqual([])
  })

  it("that hangs is told from one that shares its statistics and was not asked", () => {
    const other = processor({ cluster: "envoyextensionpolicy/ns/q/extproc/0", name: "q" })
    const samples = [sample({ at: 1 }), sample({ at: 2, total: 3, timeouts: 3 })].map((each) => ({
      ...each,
      hosts: new Map([
        ...each.hosts,
        [other.cluster ?? "", [{ address: { path: "/q" }, unhealthy: [], stats: new Map() }]],
      ]),
    }))
    expect(processorLacks([processor(), other], samples).map(({ subject }) => subject)).toEqual([
      `external processor ${cluster}`,
    ])
  })
})
