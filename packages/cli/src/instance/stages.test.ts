import type { Fact, ProxyReport, StatusReport } from "@attache/control-plane"
import { describe, expect, it } from "vitest"
import { findingOf, missingFor, type Stage, stages } from "./stages.ts"

const yes: Fact = { state: "yes", lacks: [] }
const object = { apiVersion: "v1", kind: "Kind", namespace: "ns", name: "n" }
const no = (reason: string): Fact => ({ state: "no", lacks: [{ subject: "it", reason, object, field: "spec" }] })
const unknown: Fact = { state: "unknown", lacks: [], reason: "it is far away" }

function report(facts: Partial<ProxyReport>, rest: Partial<StatusReport> = {}): StatusReport {
  const proxy: ProxyReport = { key: "k", resources: {}, envoys: [], accepted: yes, warmed: yes, working: yes, ...facts }
  return {
    isReady: true,
    xds: [],
    proxies: [proxy],
    refusals: [],
    quarantine: [],
    objects: [],
    findings: [],
    staleFiles: [],
    pendingModules: 0,
    ...rest,
  }
}
const reached = (status: StatusReport): readonly Stage[] => stages.filter((s) => missingFor(s, status).length === 0)

describe("a stage", () => {
  it("holds what the ones before it hold", () => {
    expect(reached(report({}))).toEqual(["accepted", "warmed", "serving"])
    expect(reached(report({ working: no("x") }))).toEqual(["accepted", "warmed"])
    expect(reached(report({ warmed: no("x") }))).toEqual(["accepted"])
    expect(reached(report({ accepted: no("x") }))).toEqual([])
    expect(reached(report({ warmed: unknown, working: unknown }))).toEqual(["accepted"])
  })

  it("is not reached before there is a proxy", () => {
    expect(reached(report({}, { isReady: false }))).toEqual([])
    expect(reached(report({}, { proxies: [] }))).toEqual([])
  })

  it("tells what is missing, and whether it is of use to wait", () => {
    const [lack] = missingFor("serving", report({ working: { ...no("broken"), more: 2 } }))
    expect(lack).toMatchObject({
      isUnknowable: false,
      message: "proxy k is not working: Kind ns/n spec: it: broken",
    })
    expect(lack && findingOf("ATT_X", lack)).toMatchObject({ code: "ATT_X", severity: "error", object, field: "spec" })
    expect(missingFor("serving", report({ working: { ...no("broken"), more: 2 } }))[1]?.message).toContain("2 more")
    expect(missingFor("warmed", report({ warmed: unknown }))).toEqual([
      { isUnknowable: true, message: "proxy k: warmed is unknown, for it is far away" },
    ])
  })
})
