import { Secret } from "@attache/base"
import { describe, expect, it } from "vitest"
import { snapshotJson } from "./json.ts"
import { createEmitter } from "./queries.ts"
import { createTestPlan, httpListener, proxyOptions } from "./test-plan.ts"

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe("secrets in JSON", () => {
  const plan = createTestPlan()
  const certificate = {
    name: "infra/cert",
    content: { type: "inline" as const, chain: bytes("chain"), key: new Secret(bytes("canary")) },
  }
  plan.setProxy({
    options: proxyOptions(),
    listeners: { http: [httpListener("web", { tls: { certificates: [certificate] } })], l4: [] },
  })
  const snapshot = createEmitter(plan.graph, plan.source).snapshot("infra/edge")!

  it("show the sha256 of a private key", () => {
    const { secrets } = snapshotJson(snapshot)
    expect(secrets).toEqual([
      {
        name: "infra/cert",
        tlsCertificate: {
          certificateChain: { inlineBytes: "Y2hhaW4=" },
          privateKey: { inlineString: "sha256:e100fbce008c04ec40637af0af91fb2f05aeedc23f856a2d3c0b1580625d755e" },
        },
      },
    ])
    expect(JSON.stringify(snapshotJson(snapshot))).not.toContain("Y2FuYXJ5")
  })

  it("show the key itself only when asked", () => {
    expect(JSON.stringify(snapshotJson(snapshot, { showSecrets: true }))).toContain(
      '"privateKey":{"inlineBytes":"Y2FuYXJ5"}',
    )
  })
})
