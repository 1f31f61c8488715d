import { keyOf } from "@attache/translate"
import { describe, expect, it } from "vitest"
import { backend, gateway, route, stream } from "../test/resources.ts"
import { type LoadOptions, loadResources, textOfObjects } from "./load-resources.ts"

const strict = { defaultNamespace: "team", isStrict: true }
const load = (text: string, options: LoadOptions = strict) => loadResources(text, "/f.yaml", () => undefined, options)

describe("loadResources", () => {
  it("gives objects with namespace, defaults and line", () => {
    const { isReadable, objects, findings } = load(
      "\nkind: Backend\napiVersion: gateway.envoyproxy.io/v1alpha1\nmetadata:\n  name: b\nspec:\n  endpoints:\n    - ip: {address: 10.0.0.1, port: 80}\n",
    )
    expect({ isReadable, findings }).toEqual({ isReadable: true, findings: [] })
    expect(objects).toMatchObject([{ key: "Backend/team/b", isValid: true, line: 2 }])
    expect(objects[0]?.value.object.metadata.namespace).toBe("team")
  })

  it.each([
    ["what is no YAML", "a: ["],
    ["a document that is no object", `${stream(...gateway())}\n---\n- 1`],
    ["a document without a name", "kind: Backend\napiVersion: gateway.envoyproxy.io/v1alpha1"],
  ])("takes %s for an unreadable file", (_name, text) => {
    const { isReadable, findings } = load(text)
    expect(isReadable).toBe(false)
    expect(findings.some(({ severity, file }) => severity === "error" && file === "/f.yaml")).toBe(true)
  })

  it("takes nothing for a readable file without objects", () => {
    for (const text of ["", "\n", "# only a comment\n", "---\n---\n"])
      expect(load(text)).toEqual({ isReadable: true, objects: [], findings: [] })
  })

  it("judges a configuration of the control plane, tells of it, and takes it for no object", () => {
    const files: string[] = []
    const configuration = (type: string) =>
      `apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: EnvoyGateway\nprovider: {type: ${type}}`
    const read = (type: string) =>
      load(configuration(type), { ...strict, onConfiguration: (file: string) => files.push(file) })
    expect(read("Kubernetes")).toEqual({ isReadable: true, objects: [], findings: [] })
    expect(read("Cloud")).toMatchObject({ isReadable: true, objects: [], findings: [{ field: "provider.type" }] })
    expect(files).toEqual(["/f.yaml", "/f.yaml"])
  })

  it("says that a configuration among resources is not applied, except by who applies that file", () => {
    const text = `${stream(backend("b", 9000))}\n---\napiVersion: gateway.envoyproxy.io/v1alpha1\nkind: EnvoyGateway`
    const { isReadable, objects, findings } = load(text)
    expect([isReadable, objects.length]).toEqual([true, 1])
    expect(findings).toEqual([
      {
        code: "ATT_FILE_CONFIGURATION",
        severity: "warning",
        message: "EnvoyGateway is not applied: it is no resource",
        hint: "give the file with --config, which applies it",
        file: "/f.yaml",
        line: expect.any(Number),
        column: 1,
      },
    ])
    expect(load(text, { ...strict, configurationFile: "/f.yaml" }).findings).toEqual([])
    expect(load(text, { ...strict, configurationFile: "/g.yaml" }).findings).toHaveLength(1)
  })

  it.each(["SecurityPolicy", "BackendTrafficPolicy", "ClientTrafficPolicy"])("says that a %s does nothing", (kind) => {
    const target = { group: "gateway.networking.k8s.io", kind: "Gateway", name: "gw" }
    const policy = { apiVersion: "gateway.envoyproxy.io/v1alpha1", kind, metadata: { name: "p" } }
    const { objects, findings } = load(stream(backend("b", 9000), { ...policy, spec: { targetRefs: [target] } }))
    expect(objects.map(({ isValid }) => isValid)).toEqual([true, true])
    expect(findings).toMatchObject([
      { code: "ATT_FILE_KIND", severity: "warning", object: { kind, namespace: "team", name: "p" }, file: "/f.yaml" },
    ])
    expect(findings[0]?.message).toBe(`${kind} has no effect: nothing is made of it yet`)
  })

  it("tells of a signature policy, which who applies it judges", () => {
    const text = `${stream(backend("b", 9000))}\n---\napiVersion: attache.dev/v1alpha1\nkind: SignaturePolicy\nrules: no list`
    const applied = load(text, { ...strict, configurationFile: "/f.yaml" })
    expect([applied.isReadable, applied.objects.length, applied.findings]).toEqual([true, 1, []])
    const message = "SignaturePolicy is not applied: it is no resource"
    expect(load(text).findings).toMatchObject([{ code: "ATT_FILE_CONFIGURATION", severity: "warning", message }])
    const kinds: unknown[] = []
    load(text, { ...strict, onConfiguration: (_, { value }) => kinds.push(value) })
    expect(kinds).toMatchObject([{ kind: "SignaturePolicy" }])
  })

  it("judges objects one by one, and admits invalid ones where that is wanted", () => {
    const text = stream(backend("b", 9000), { ...route("r", "/", "b"), spec: { parentRefs: 1 } })
    expect(load(text).objects.map(({ isValid }) => isValid)).toEqual([true, false])
    expect(load(text, { ...strict, isStrict: false }).objects.map(({ isValid }) => isValid)).toEqual([true, true])
    expect(load(text).findings).toEqual(load(text, { ...strict, isStrict: false }).findings)
    expect(load(text).findings.every(({ object }) => object?.name === "r")).toBe(true)
  })

  it("asks for what is in force", () => {
    const asked: string[] = []
    loadResources(
      stream(backend("b", 9000)),
      "/f.yaml",
      (key) => {
        asked.push(key)
        return undefined
      },
      strict,
    )
    expect(asked).toEqual(["Backend/default/b"])
  })
})

describe("reading again", () => {
  const again = (before: string, after: string) => {
    const known = new Map(load(before).objects.map(({ key, value }) => [key, value]))
    return { known, ...loadResources(after, "/f.yaml", (key) => known.get(key), strict) }
  }

  it("gives the same value for an object that is the same in the same place", () => {
    const text = (path: string) => stream(backend("b", 9000), route("r", path, "b"), route("s", "/s", "b"))
    const { known, objects } = again(text("/a"), text("/b"))
    expect(objects.map(({ key, value }) => value === known.get(key))).toEqual([true, false, true])
  })

  it("gives a new place to an object that moved", () => {
    const { known, objects } = again(stream(backend("b", 9000)), `\n\n${stream(backend("b", 9000))}`)
    expect(objects).toMatchObject([{ isValid: true, line: 3, value: { origin: { line: 3 } } }])
    expect(objects[0]?.value.object).toEqual(known.get("Backend/default/b")?.object)
  })

  it("judges again what had findings, and what is the same only with its defaults", () => {
    const odd = { ...backend("b", 9000), nonsense: 1 }
    expect(again(stream(odd), stream(odd)).findings).toHaveLength(1)
    const invalid = { ...route("r", "/", "b"), spec: { parentRefs: 1 } }
    expect(again(stream(invalid), stream(invalid)).objects).toMatchObject([{ isValid: false }])
    const old = { ...route("r", "/", "b"), apiVersion: "gateway.networking.k8s.io/v1beta1" }
    expect(again(stream(route("r", "/", "b")), stream(old)).objects).toMatchObject([
      { isValid: true, value: { raw: { apiVersion: old.apiVersion } } },
    ])
  })
})

describe("textOfObjects", () => {
  const values = (text: string) => load(text).objects.map(({ value }) => value)

  it("is read back as the same objects", () => {
    const odd = { ...route("r", "/a", "b"), metadata: { name: "r", annotations: { odd: "\u2028\u0085'\"\n: #" } } }
    const before = values(stream(...gateway(), backend("b", 9000), odd))
    const again = load(textOfObjects(before))
    expect(again).toMatchObject({ isReadable: true, findings: [] })
    expect(again.objects.map(({ value }) => value.object)).toEqual(before.map(({ object }) => object))
    expect(load(textOfObjects([]))).toEqual({ isReadable: true, objects: [], findings: [] })
  })

  it("leaves out everything of a Secret but its name and type", () => {
    const text = stream({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s", annotations: { a: "canary" }, labels: { l: "canary" } },
      type: "kubernetes.io/tls",
      data: { "tls.key": "Y2FuYXJ5" },
      stringData: { other: "canary" },
      canary: true,
    })
    const kept = textOfObjects(values(text))
    expect(kept).not.toMatch(/canary|Y2FuYXJ5/)
    expect(
      load(kept).objects.map(({ value }) => [keyOf(value.object), (value.object as { type?: string }).type]),
    ).toEqual([["Secret/team/s", "kubernetes.io/tls"]])
  })
})
