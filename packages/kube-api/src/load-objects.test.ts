import { describe, expect, it } from "vitest"
import { applyDefaults } from "./apply-defaults.ts"
import { loadObjects } from "./load-objects.ts"

const route = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n"
const load = (text: string) => loadObjects(text, { file: "a.yaml", defaultNamespace: "shop" })

describe("loadObjects", () => {
  it("gives objects with defaults, namespace and place, and as they were written", () => {
    const [loaded] = load(`# routes\n---\n${route}metadata: {name: web}\nspec:\n  rules: [{}]\n`).objects
    expect(loaded).toMatchObject({
      object: {
        kind: "HTTPRoute",
        metadata: { name: "web", namespace: "shop" },
        spec: { rules: [{ matches: [{ path: { type: "PathPrefix", value: "/" } }] }] },
      },
      raw: { metadata: { name: "web" }, spec: { rules: [{}] } },
      origin: { file: "a.yaml", line: 3, column: 1 },
    })
    expect(loaded?.positionOf(["spec", "rules", 0])).toEqual({ line: 7, column: 11 })
  })

  it.each<[string, string, string]>([
    ["its own", `${route}metadata: {name: a, namespace: own}`, "own"],
    ["none given", `${route}metadata: {name: a}`, "shop"],
    ["an empty one", `${route}metadata: {name: a, namespace: ""}`, "shop"],
    ["null", `${route}metadata: {name: a, namespace: null}`, "shop"],
    [
      "a cluster scoped kind",
      "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: a, namespace: x}",
      "",
    ],
    ["an unknown kind", "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}", "shop"],
  ])("takes the namespace of %s", (_name, text, want) => {
    expect(load(text).objects[0]?.object.metadata.namespace).toBe(want)
  })

  it("calls the namespace `default` when nobody says otherwise", () => {
    const { objects } = loadObjects(`${route}metadata: {name: a}`, { file: "a.yaml" })
    expect(objects[0]?.object.metadata.namespace).toBe("default")
  })

  it.each([
    ["gateway.networking.k8s.io/v1beta1", "gateway.networking.k8s.io/v1"],
    ["gateway.networking.k8s.io/v9", "gateway.networking.k8s.io/v1"],
  ])("carries %s in the stored version", (written, stored) => {
    const [loaded] = load(`apiVersion: ${written}\nkind: HTTPRoute\nmetadata: {name: a}`).objects
    expect([loaded?.object.apiVersion, loaded?.raw.apiVersion]).toEqual([stored, written])
  })

  it("unpacks lists of any kind, with the places of their items", () => {
    const item = (name: string) => `    metadata: {name: ${name}}\n`
    const text = `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
${item("a")}  - kind: ConfigMapList
    apiVersion: v1
    items:
      - metadata: {name: b}
      - apiVersion: v1
        kind: Secret
        metadata: {name: c}
`
    const { objects, diagnostics } = load(text)
    expect(diagnostics).toEqual([])
    expect(objects.map(({ object, origin }) => [object.kind, object.metadata.name, origin.line])).toEqual([
      ["ConfigMap", "a", 4],
      ["ConfigMap", "b", 10],
      ["Secret", "c", 11],
    ])
    expect(objects[1]?.positionOf(["metadata", "name"])).toEqual({ line: 10, column: 20 })
  })

  it("reads JSON", () => {
    const { objects } = load(
      '{\n\t"apiVersion": "v1",\n\t"kind": "ConfigMap",\n\t"metadata": {"name": "a"},\n\t"data": {"x": "y"}\n}',
    )
    expect(objects[0]?.object).toMatchObject({ data: { x: "y" }, metadata: { namespace: "shop" } })
    expect(objects[0]?.positionOf(["data", "x"])).toEqual({ line: 5, column: 11 })
  })

  it("keeps a Secret's stringData as data, over what data says", () => {
    const text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: eA==, b: eQ==}\nstringData: {b: é, c: z}"
    const object = load(text).objects[0]?.object as { data: unknown; stringData?: unknown } | undefined
    expect(object?.data).toEqual({ a: "eA==", b: Buffer.from("é").toString("base64"), c: "eg==" })
    expect(object?.stringData).toBeUndefined()
  })

  it.each(["stringData: text", "stringData: {a: 1}"])("leaves a Secret's wrong %s for validation", (line) => {
    const object = load(`apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n${line}`).objects[0]?.object
    expect(object).toHaveProperty("stringData")
  })

  it.each<[string, string]>([
    ["a text", "just a text"],
    ["a list", "- a\n- b"],
    ["an object without kind", "apiVersion: v1\nmetadata: {name: a}"],
    ["a version that is a number", "apiVersion: 1\nkind: Service\nmetadata: {name: a}"],
    ["an object without a name", `${route}metadata: {}`],
    ["an object without metadata", route],
    ["metadata that is a list", `${route}metadata: [name]`],
    ["a name that is a number", `${route}metadata: {name: 5}`],
    ["an item that is nothing", "apiVersion: v1\nkind: List\nitems: [null]"],
  ])("refuses %s", (_name, text) => {
    const { objects, diagnostics } = load(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ok}\n---\n${text}`)
    expect(objects.map(({ object }) => object.metadata.name)).toEqual(["ok"])
    expect(diagnostics).toMatchObject([{ code: "ATT_YAML_NOT_AN_OBJECT", severity: "error", file: "a.yaml" }])
    expect(diagnostics[0]?.line).toBeGreaterThan(4)
  })

  it.each<[string, string | undefined]>([
    [
      "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoutes",
      "did you mean kind HTTPRoute of gateway.networking.k8s.io/v1?",
    ],
    [
      "apiVersion: networking.k8s.io/v1\nkind: HTTPRoute",
      "did you mean kind HTTPRoute of gateway.networking.k8s.io/v1?",
    ],
    ["apiVersion: v2\nkind: Servise", "did you mean kind Service of v1?"],
    ["apiVersion: example.com/v1\nkind: Thing", undefined],
  ])("warns of the unknown kind in %j and keeps the object", (text, hint) => {
    const { objects, diagnostics } = load(`${text}\nmetadata: {name: a}`)
    expect(objects).toHaveLength(1)
    expect(diagnostics).toMatchObject([
      { code: "ATT_RESOURCE_UNKNOWN_KIND", severity: "warning", object: { name: "a" } },
    ])
    expect(diagnostics[0]?.hint).toBe(hint)
  })

  it("tells documents of configuration from objects", () => {
    const { objects, configurations, diagnostics } = load(
      "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: EnvoyGateway\n",
    )
    expect([objects, diagnostics]).toEqual([[], []])
    expect(configurations).toMatchObject([{ value: { kind: "EnvoyGateway" } }])
  })

  it("reports what the text has wrong and keeps the rest", () => {
    const { objects, diagnostics } = load(`[\n---\n${route}metadata: {name: a}\n`)
    expect(objects).toHaveLength(1)
    expect(diagnostics).toMatchObject([{ code: "ATT_YAML_SYNTAX", file: "a.yaml" }])
  })
})

describe("applyDefaults", () => {
  it("leaves unknown kinds as they are", () => {
    const object = { apiVersion: "example.com/v1", kind: "Thing", metadata: { name: "a", namespace: "b" } }
    expect(applyDefaults(object)).toBe(object)
  })

  it("adds no status, but completes one that is there", () => {
    const gateway = {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: { name: "a", namespace: "b" },
    }
    expect(applyDefaults(gateway)).not.toHaveProperty("status")
    expect(applyDefaults({ ...gateway, status: {} }).status).toHaveProperty("conditions")
  })
})
