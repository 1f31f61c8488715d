import { describe, expect, it } from "vitest"
import { object, service } from "../attach/test-world.ts"
import { createTranslator, type Translator, xdsDocument } from "../translator.ts"
import { defaultSettings, type Settings } from "../world/settings.ts"
import type { AnyObject } from "../world/world.ts"

const controllerName = "gateway.envoyproxy.io/gatewayclass-controller"
const types = {
  listener: "type.googleapis.com/envoy.config.listener.v3.Listener",
  routes: "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
  cluster: "type.googleapis.com/envoy.config.cluster.v3.Cluster",
  endpoints: "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
  secret: "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
} as const

function route(name: string, host: string): AnyObject {
  return object("HTTPRoute", `default/${name}`, {
    apiVersion: "gateway.networking.k8s.io/v1",
    spec: {
      parentRefs: [{ name: "eg" }],
      hostnames: [host],
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: "/" } }],
          backendRefs: [{ kind: "Service", group: "", name: "backend", port: 8080, weight: 1 }],
        },
      ],
    },
  })
}

interface Written {
  readonly type: string
  readonly name: string
  readonly operation: Readonly<Record<string, unknown>>
}

function policy(
  name: string,
  jsonPatches: readonly Written[],
  spec: Readonly<Record<string, unknown>> = {},
): AnyObject {
  return object("EnvoyPatchPolicy", `default/${name}`, {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    metadata: { generation: 2 },
    spec: {
      type: "JSONPatch",
      targetRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name: "eg" },
      jsonPatches,
      ...spec,
    },
  })
}

function translator(objects: readonly AnyObject[], settings: Partial<Settings> = {}): Translator {
  const made = createTranslator({
    settings: { ...defaultSettings, controllerName, isPatchPolicyEnabled: true, ...settings },
    onFailure: (query, key, error) => {
      throw new Error(`${query} ${key}: ${String(error)}`)
    },
  })
  const base = [
    object("GatewayClass", "/eg", { apiVersion: "gateway.networking.k8s.io/v1", spec: { controllerName } }),
    object("Namespace", "/default"),
    object("Gateway", "default/eg", {
      apiVersion: "gateway.networking.k8s.io/v1",
      spec: {
        gatewayClassName: "eg",
        listeners: [{ name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "Same" } } }],
      },
    }),
    ...service("default/backend"),
    route("www", "www.example.com"),
    route("other", "other.example.com"),
  ]
  for (const each of [...base, ...objects]) made.upsert(each)
  return made
}

type Document = { readonly [key: string]: Document } & readonly Document[]

function xds(made: Translator): Document {
  return xdsDocument(made)["default/eg"] as unknown as Document
}

function conditions(made: Translator, name: string): readonly unknown[] | undefined {
  const status = made.status(`EnvoyPatchPolicy/default/${name}`)?.status as
    | { readonly ancestors: readonly { readonly conditions: readonly Record<string, unknown>[] }[] }
    | undefined
  return status?.ancestors[0]?.conditions.map(({ type, status: state, reason, message }) => [
    type,
    state,
    reason,
    message,
  ])
}

const accepted = ["Accepted", "True", "Accepted", "Policy has been accepted."]
const programmed = ["Programmed", "True", "Programmed", "Patches have been successfully applied."]

const allHosts: Written = {
  type: types.routes,
  name: "default/eg/http",
  operation: {
    op: "add",
    jsonPath: "..virtual_hosts[?match(@.name, '.*www_example_com')]",
    path: "include_attempt_count_in_response",
    value: true,
  },
}

describe("an EnvoyPatchPolicy", () => {
  it("changes what it selects by JSONPath", () => {
    const made = translator([policy("attempts", [allHosts])])
    const hosts = xds(made).routes?.[0]?.virtualHosts as unknown as readonly Record<string, unknown>[]
    expect(hosts.map(({ name, includeAttemptCountInResponse }) => [name, includeAttemptCountInResponse])).toEqual([
      ["default/eg/http/other_example_com", undefined],
      ["default/eg/http/www_example_com", true],
    ])
    expect(conditions(made, "attempts")).toEqual([accepted, programmed])
    expect(made.status("EnvoyPatchPolicy/default/attempts")).toMatchObject({
      status: {
        ancestors: [
          {
            ancestorRef: { group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "default", name: "eg" },
            controllerName,
            conditions: [{ observedGeneration: 2 }, { observedGeneration: 2 }],
          },
        ],
      },
    })
  })

  it("reaches into filters by the names of the .proto files", () => {
    const mappers = [
      {
        filter: {
          status_code_filter: { comparison: { op: "EQ", value: { defaultValue: 404, runtime_key: "key_b" } } },
        },
        status_code: "406",
        body: { inline_string: "could not find what you are looking for" },
      },
    ]
    const path = "/default_filter_chain/filters/0/typed_config/local_reply_config"
    const operation = { op: "add", path, value: { mappers } }
    const made = translator([policy("reply", [{ type: types.listener, name: "default/eg/http", operation }])])
    const manager = xds(made).listeners?.[0]?.defaultFilterChain?.filters?.[0]?.typedConfig
    expect(manager?.localReplyConfig).toMatchObject({ mappers: [{ statusCode: 406 }] })
    expect(conditions(made, "reply")).toEqual([accepted, programmed])
  })

  it("adds whole resources, and takes the place of one with the same name", () => {
    const cluster = { name: "mine", connect_timeout: "3s", type: "STATIC" }
    const made = translator([
      policy("clusters", [
        { type: types.cluster, name: "ignored", operation: { op: "add", path: "", value: cluster } },
        { type: types.cluster, name: "mine", operation: { op: "replace", path: "/connect_timeout", value: "4s" } },
        {
          type: types.cluster,
          name: "ignored",
          operation: { op: "add", path: "", value: { name: "httproute/default/www/rule/0", type: "STATIC" } },
        },
      ]),
    ])
    const clusters = xds(made).clusters as unknown as readonly Record<string, unknown>[]
    expect(clusters.map(({ name, type }) => [name, type])).toEqual([
      ["httproute/default/other/rule/0", "EDS"],
      ["httproute/default/www/rule/0", "STATIC"],
      ["mine", "STATIC"],
    ])
    expect(clusters[2]).toMatchObject({ connectTimeout: "4s" })
    expect(conditions(made, "clusters")).toEqual([accepted, programmed])
  })

  it("goes by priority, then by age, and each patch sees those before it", () => {
    const timeout = (op: string, value: string): Written => ({
      type: types.cluster,
      name: "httproute/default/www/rule/0",
      operation: { op, path: "/connect_timeout", value },
    })
    const made = translator([
      policy("a-later", [timeout("replace", "7s")], { priority: 1 }),
      policy("z-first", [timeout("test", "10s"), timeout("replace", "6s")], { priority: -1 }),
      policy("m-between", [timeout("test", "6s")]),
    ])
    expect(xds(made).clusters?.find((c) => String(c.name).includes("www"))?.connectTimeout).toBe("7s")
    for (const name of ["a-later", "z-first", "m-between"])
      expect(conditions(made, name)).toEqual([accepted, programmed])
  })

  it.each<readonly [string, Written, string]>([
    ["no place", { ...allHosts, operation: { op: "remove" } }, "A patch operation must specify a path or jsonPath."],
    ["no value", { ...allHosts, operation: { op: "add", path: "/x" } }, "The add operation requires a value."],
    [
      "null for a value",
      { ...allHosts, operation: { op: "replace", path: "/x", value: null } },
      "The replace operation requires a value.",
    ],
    [
      "a from too many",
      { ...allHosts, operation: { op: "test", path: "/x", value: 1, from: "/y" } },
      "The test operation doesn't support a from attribute.",
    ],
    [
      "a value too many",
      { ...allHosts, operation: { op: "remove", path: "/x", value: 1 } },
      "Value and from can't be specified with the remove operation.",
    ],
    [
      "no from",
      { ...allHosts, operation: { op: "move", path: "/x" } },
      "The move operation requires a valid from attribute.",
    ],
    [
      "a value to copy",
      { ...allHosts, operation: { op: "copy", path: "/x", from: "/y", value: 1 } },
      "The copy operation doesn't support a value attribute.",
    ],
    [
      "an unknown operation",
      { ...allHosts, operation: { op: "merge", path: "/x", value: 1 } },
      "Unsupported JSONPatch operation.",
    ],
    [
      "an unknown type",
      { ...allHosts, type: "type.googleapis.com/x.Y" },
      "Unsupported patch type type.googleapis.com/x.Y.",
    ],
    [
      "a path to nowhere",
      { ...allHosts, operation: { op: "remove", path: "/validate_clusters" } },
      "Unable to apply patch: op=remove path=/validate_clusters err: error in remove for path: '/validate_clusters': unable to remove nonexistent key: validate_clusters: missing value.",
    ],
    [
      "a JSONPath that is none",
      { ...allHosts, operation: { op: "remove", jsonPath: ".$" } },
      "Unable to convert jsonPath: '.$' into jsonPointers, err: Error during parsing jpath: an expression fragment can not start with a '$' at 2 in .$.",
    ],
    [
      "the top alone",
      { ...allHosts, operation: { op: "remove", jsonPath: "$" } },
      "Unable to convert jsonPath: '$' into jsonPointers, err: Using only Root ('$') in json path expression is not allowed!.",
    ],
    [
      "the current element",
      { ...allHosts, operation: { op: "remove", jsonPath: "@.name" } },
      "Unable to convert jsonPath: '@.name' into jsonPointers, err: Error during converting path to pointer: There is no conversion implemented for At.",
    ],
    [
      "a JSONPath that finds nothing",
      { ...allHosts, operation: { op: "remove", jsonPath: "..nothing" } },
      "No jsonPointers were found while evaluating the jsonPath: '..nothing'. Ensure the elements you are trying to select with the jsonPath exist in the document. If you need to add a non-existing property, use the 'path' attribute.",
    ],
    [
      "an unknown field",
      { ...allHosts, operation: { op: "replace", path: "", value: { name: "default/eg/http", foo: 1 } } },
      `Unable to unmarshal xds resource {"name":"default/eg/http","foo":1}, err:foo: unknown field "foo" in envoy.config.route.v3.RouteConfiguration.`,
    ],
    [
      "two spellings",
      {
        ...allHosts,
        operation: { op: "replace", path: "", value: { name: "r", validate_clusters: true, validateClusters: true } },
      },
      `Unable to unmarshal xds resource {"name":"r","validate_clusters":true,"validateClusters":true}, err:duplicate field "validate_clusters".`,
    ],
    [
      "what Envoy refuses",
      { ...allHosts, operation: { op: "replace", path: "/virtual_hosts/0/domains", value: [] } },
      "Validation failed for xds resource type.googleapis.com/envoy.config.route.v3.RouteConfiguration, err:invalid VirtualHost.virtual_hosts[0].domains: value must contain at least 1 item(s).",
    ],
    [
      "an added resource that is none",
      { ...allHosts, operation: { op: "add", path: "", value: "x" } },
      `Unable to unmarshal xds resource "x", err:cannot decode message envoy.config.route.v3.RouteConfiguration from JSON: "x".`,
    ],
    [
      "the shared trust store",
      { type: types.secret, name: "", operation: { op: "add", path: "", value: { name: "system_ca_certificates" } } },
      'Secret name "system_ca_certificates" is reserved for the system trust store and cannot be used by other resources.',
    ],
    [
      "a wrong secret, whose content does not show",
      {
        type: types.secret,
        name: "",
        operation: {
          op: "add",
          path: "",
          value: { name: "s", generic_secret: { secret: { inline_bytes: "s3cr3t!" } } },
        },
      },
      "Unable to unmarshal xds resource type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret, err:generic_secret.secret: not a value of this field.",
    ],
  ])("says what is wrong with %s, and changes nothing", (_, patch, message) => {
    const made = translator([policy("bad", [patch])])
    expect(conditions(made, "bad")).toEqual([accepted, ["Programmed", "False", "Invalid", message]])
    expect(xds(made)).toEqual(xds(translator([])))
  })

  it("keeps the patches that work, also beside missing resources, which hide other errors", () => {
    const wrong = { ...allHosts, operation: { op: "remove", path: "/x" } }
    const made = translator([
      policy("mixed", [
        { ...allHosts, name: "nobody" },
        wrong,
        { ...allHosts, type: types.endpoints, name: "nothing" },
        allHosts,
      ]),
      policy("wrong", [wrong, { ...wrong, operation: { op: "add", path: "/x" } }]),
    ])
    expect(xds(made)).toEqual(xds(translator([policy("attempts", [allHosts])])))
    expect(conditions(made, "mixed")?.[1]).toEqual([
      "Programmed",
      "False",
      "ResourceNotFound",
      `Unable to find xds resources: ${types.routes}/nobody,${types.endpoints}/nothing`,
    ])
    expect(conditions(made, "wrong")?.[1]).toEqual([
      "Programmed",
      "False",
      "Invalid",
      "Unable to apply patch: op=remove path=/x err: error in remove for path: '/x': unable to remove nonexistent key: x: missing value\nthe add operation requires a value.",
    ])
  })

  it("follows a resource under its new name", () => {
    const rename = {
      type: types.cluster,
      name: "httproute/default/www/rule/0",
      operation: { op: "replace", path: "/name", value: "new" },
    }
    const made = translator([
      policy("rename", [
        rename,
        { ...rename, name: "new", operation: { op: "replace", path: "/connect_timeout", value: "1s" } },
        rename,
      ]),
    ])
    const clusters = xds(made).clusters as unknown as readonly Record<string, unknown>[]
    expect(clusters.map(({ name, connectTimeout }) => [name, connectTimeout])).toEqual([
      ["httproute/default/other/rule/0", "10s"],
      ["new", "1s"],
    ])
    expect(conditions(made, "rename")?.[1]).toEqual([
      "Programmed",
      "False",
      "ResourceNotFound",
      `Unable to find xds resources: ${types.cluster}/httproute/default/www/rule/0`,
    ])
  })

  it("does nothing while the feature is off, and is nobody's without its Gateway", () => {
    const off = translator([policy("attempts", [allHosts])], { isPatchPolicyEnabled: false })
    expect(conditions(off, "attempts")).toEqual([
      ["Accepted", "False", "Disabled", "EnvoyPatchPolicy is disabled in the EnvoyGateway configuration"],
    ])
    expect(xds(off)).toEqual(xds(translator([])))
    const lost = translator([
      policy("attempts", [allHosts], {
        targetRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name: "gone" },
      }),
    ])
    expect(conditions(lost, "attempts")).toBeUndefined()
  })

  it("touches only what it names, and goes as it came", () => {
    const made = translator([])
    const before = made.snapshot("default/eg")
    made.upsert(policy("attempts", [allHosts]))
    const after = made.snapshot("default/eg")
    expect(after?.tables.clusters).toBe(before?.tables.clusters)
    expect(after?.tables.listeners).toBe(before?.tables.listeners)
    expect(after?.tables.routes).not.toBe(before?.tables.routes)
    const [resource] = after?.tables.routes.groups[0]?.resources ?? []
    expect(resource?.origins).toEqual([{ object: "EnvoyPatchPolicy/default/attempts", field: "spec.jsonPatches[0]" }])

    // A patch of a cluster is not applied again when another cluster comes.
    made.upsert(
      policy("timeout", [
        {
          type: types.cluster,
          name: "httproute/default/www/rule/0",
          operation: { op: "replace", path: "/connect_timeout", value: "1s" },
        },
      ]),
    )
    const patched = (name: string) =>
      made
        .snapshot("default/eg")
        ?.tables.clusters.groups.flatMap(({ resources }) => resources)
        .find((r) => r.name === name)
    const www = patched("httproute/default/www/rule/0")
    made.upsert(route("third", "third.example.com"))
    expect(patched("httproute/default/third/rule/0")).toBeDefined()
    expect(patched("httproute/default/www/rule/0")).toBe(www)

    made.remove("EnvoyPatchPolicy/default/attempts")
    made.remove("EnvoyPatchPolicy/default/timeout")
    made.remove("HTTPRoute/default/third")
    expect(xds(made)).toEqual(xds(translator([])))
  })
})
