import { describe, expect, it } from "vitest"
import { validateConfiguration } from "./validate-configuration.ts"
import { readYaml } from "./yaml/documents.ts"

const head = "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: EnvoyGateway\n"

function judge(text: string) {
  const [document] = readYaml(text, "config.yaml").documents
  if (document === undefined) throw new Error("nothing was read")
  return validateConfiguration(document, "config.yaml")
}

describe("validateConfiguration", () => {
  it("says nothing about what is right", () => {
    const text = `${head}gateway: {controllerName: example.com/a}\nprovider: {type: Kubernetes}\nlogging: {level: {default: info}}\n`
    expect(judge(text)).toEqual([])
    expect(judge(head)).toEqual([])
  })

  it("warns of unknown fields at their places, with the nearest name", () => {
    expect(judge(`${head}gateway:\n  controllername: example.com/a\nextensionApi: {}\n`)).toEqual([
      {
        code: "ATT_RESOURCE_UNKNOWN_FIELD",
        severity: "warning",
        message: 'unknown field "gateway.controllername"',
        file: "config.yaml",
        line: 4,
        column: 3,
        field: "gateway.controllername",
        hint: "did you mean gateway.controllerName?",
      },
      expect.objectContaining({ field: "extensionApi", hint: "did you mean extensionApis?", line: 5 }),
    ])
  })

  it("refuses values of the wrong type", () => {
    expect(judge(`${head}gateway: {controllerName: 5}\n`)).toMatchObject([
      { code: "ATT_RESOURCE_SCHEMA", severity: "error", field: "gateway.controllerName", line: 3, column: 11 },
    ])
  })

  it("refuses a version that is not served", () => {
    expect(judge(head.replace("v1alpha1", "v2"))).toMatchObject([
      { code: "ATT_RESOURCE_VERSION_NOT_SERVED", severity: "error", hint: "use gateway.envoyproxy.io/v1alpha1" },
    ])
  })

  it.each(["apiVersion: v1\nkind: Service\nmetadata: {name: a}\n", "- a\n", "text\n"])("refuses %j", (text) => {
    expect(judge(text)).toMatchObject([{ code: "ATT_RESOURCE_NOT_CONFIGURATION", severity: "error", line: 1 }])
  })
})
