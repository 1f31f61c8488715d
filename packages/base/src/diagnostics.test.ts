import { describe, expect, it } from "vitest"
import { type Diagnostic, formatDiagnostic } from "./diagnostics.ts"

const bare: Diagnostic = { code: "ATT_A_B", severity: "warning", message: "odd" }
const route = { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", namespace: "shop", name: "web" }

describe("formatDiagnostic", () => {
  it.each<[string, Diagnostic, string]>([
    ["a bare finding", bare, "warning: odd [ATT_A_B]"],
    [
      "everything there is",
      { ...bare, file: "a.yaml", line: 3, column: 5, object: route, field: "spec.rules[0]", hint: "remove it" },
      "a.yaml:3:5: warning: HTTPRoute shop/web: spec.rules[0]: odd (remove it) [ATT_A_B]",
    ],
    ["a file without a line", { ...bare, file: "a.yaml" }, "a.yaml: warning: odd [ATT_A_B]"],
    ["a line without a column", { ...bare, file: "a.yaml", line: 2 }, "a.yaml:2:1: warning: odd [ATT_A_B]"],
    [
      "a cluster scoped object",
      { ...bare, object: { ...route, kind: "GatewayClass", namespace: "" }, field: "" },
      "warning: GatewayClass web: odd [ATT_A_B]",
    ],
    ["texts with line ends", { ...bare, message: "one\ntwo\u001b[2J" }, "warning: one\\ntwo\\u001b[2J [ATT_A_B]"],
  ])("gives one line for %s", (_name, diagnostic, want) => {
    expect(formatDiagnostic(diagnostic)).toBe(want)
  })
})
