// Objects that pass every check of ours and that Envoy refuses.
import { backend, extensions, prefix, route, to } from "../resources.ts"
import type { Defect } from "./defect.ts"
import { bad, configMap, extensionFilter, filtered, gatewayApi, policy, tlsToBad } from "./documents.ts"

type Lua = readonly [name: string, script: string, text: RegExp]

const header = (value: string) =>
  filtered({ type: "RequestHeaderModifier", requestHeaderModifier: { set: [{ name: "x", value }] } })

type Header = readonly [name: string, value: string, text: RegExp]

const headers: readonly Header[] = [
  ["a command without its argument", "%REQ%", /REQ/],
  ["a length that is no number", "%REQ(x):many%", /REQ|many|Incorrect/i],
  ["a command that is left open", "%START_TIME(%s", /START_TIME|Unterminated|Incorrect/i],
  ["an expression of CEL that is none", "%CEL(1 +)%", /CEL|expression/i],
  ["a namespace that is not closed", "%DYNAMIC_METADATA(a:b%", /DYNAMIC_METADATA|Incorrect/i],
  ["a percent sign alone", "100%", /Incorrect|%/],
]

// Our own check of scripts is off in this world; that one of these functions is there is looked at all the same.
const entry = "function envoy_on_request(handle) end\n"

const scripts: readonly Lua[] = [
  ["an error when it is loaded", 'error("not today")', /not today/],
  ["a call of nothing when it is loaded", "local x = nil\nx.y()", /attempt to index/],
  ["a text without its end", 'local x = "abc', /unfinished string/],
  ["a number that is none", "local x = 0xZZ", /malformed number/],
  ["an endless recursion", "local function f() return 1 + f() end\nf()", /stack overflow/],
  ["a jump to nowhere", "goto nowhere", /undefined label/],
  ["a module that is not there", 'require("nobody")', /module 'nobody' not found/],
]

const certificate = (data: string) => Buffer.from(data).toString("base64")
const block = (kind: string, body: string) => `-----BEGIN ${kind}-----\n${body}\n-----END ${kind}-----\n`

/** Defects of routes, extensions and TLS. */
export const refusedObjects: readonly Defect[] = [
  ...headers.map(
    ([name, value, text]): Defect => ({
      name: `HTTPRoute: a request header of ${name}`,
      documents: () => [header(value)],
      by: "Envoy",
      object: "HTTPRoute/bad",
      field: "spec.rules[0].matches[0]",
      text,
      answer: 500,
    }),
  ),
  {
    name: "HTTPRouteFilter: a body of a command that Envoy does not know",
    documents: () =>
      extensionFilter({ directResponse: { statusCode: 200, body: { type: "Inline", inline: "%NOSUCH%" } } }),
    by: "Envoy",
    object: "HTTPRoute/bad",
    field: "spec.rules[0].matches[0]",
    text: /NOSUCH/,
    answer: 500,
  },
  {
    name: "HTTPRouteFilter: a content type of a command that Envoy does not know",
    documents: () =>
      extensionFilter({ directResponse: { contentType: "%NOSUCH%", body: { type: "Inline", inline: "ok" } } }),
    by: "Envoy",
    object: "HTTPRoute/bad",
    field: "spec.rules[0].matches[0]",
    text: /NOSUCH/,
    answer: 500,
  },
  ...scripts.map(
    ([name, inline, text]): Defect => ({
      name: `EnvoyExtensionPolicy: a script with ${name}`,
      documents: () => policy({ lua: [{ type: "Inline", inline: entry + inline }] }),
      by: "Envoy",
      object: "EnvoyExtensionPolicy/defect",
      field: "spec.lua[0]",
      text,
      answer: 403,
    }),
  ),
  {
    name: "EnvoyExtensionPolicy: two scripts, both of which Envoy's Lua does not take",
    documents: () =>
      policy({ lua: ["function (", "end end"].map((inline) => ({ type: "Inline", inline: entry + inline })) }),
    by: "Envoy",
    object: "EnvoyExtensionPolicy/defect",
    field: "spec.lua[0]",
    text: /script load error/,
    also: [{ object: "EnvoyExtensionPolicy/defect", field: "spec.lua[1]", text: /script load error/ }],
    answer: 403,
  },
  {
    name: "two defects at once: a route of its own for each",
    documents: () => [
      header("%NOSUCH%"),
      route("worse", [
        prefix("/worse", {
          backendRefs: [to("one")],
          filters: [
            { type: "ResponseHeaderModifier", responseHeaderModifier: { set: [{ name: "x", value: "%NEVER%" }] } },
          ],
        }),
      ]),
    ],
    by: "Envoy",
    object: "HTTPRoute/bad",
    field: "spec.rules[0].matches[0]",
    text: /NOSUCH/,
    also: [{ object: "HTTPRoute/worse", field: "spec.rules[0].matches[0]", text: /NEVER/ }],
    answer: 500,
  },
  {
    name: "two defects at once: a route and its extension",
    documents: () => [
      header("%NOSUCH%"),
      route("worse", [prefix("/worse", { backendRefs: [to("one")] })]),
      extensions("defect", { kind: "HTTPRoute", name: "worse" }, { lua: [{ type: "Inline", inline: `${entry}end` }] }),
    ],
    by: "Envoy",
    object: "HTTPRoute/bad",
    field: "spec.rules[0].matches[0]",
    text: /NOSUCH/,
    also: [{ object: "EnvoyExtensionPolicy/defect", field: "spec.lua[0]", text: /script load error/ }],
    answer: 500,
  },
  {
    name: "BackendTLSPolicy: an authority that is a certificate in name only",
    documents: ({ backend: port }) => [
      ...tlsToBad({ caCertificateRefs: [{ group: "", kind: "ConfigMap", name: "defect" }] }),
      configMap({ "ca.crt": block("CERTIFICATE", certificate("nothing")) }),
      backend("defect", port),
    ],
    by: "Envoy",
    object: "BackendTLSPolicy/defect",
    text: /trusted CA/i,
    answer: 503,
  },
  {
    name: "ListenerSet: a key that is none",
    documents: ({ nobody }) => [
      bad({}),
      {
        apiVersion: `${gatewayApi}/v1`,
        kind: "ListenerSet",
        metadata: { name: "defect" },
        spec: {
          parentRef: { name: "gw" },
          listeners: [{ name: "s", port: nobody, protocol: "HTTPS", tls: { certificateRefs: [{ name: "defect" }] } }],
        },
      },
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "defect" },
        type: "kubernetes.io/tls",
        data: {
          "tls.crt": certificate(block("CERTIFICATE", certificate("nothing"))),
          "tls.key": certificate(block("PRIVATE KEY", certificate("nothing"))),
        },
      },
    ],
    by: "translation",
    object: "ListenerSet/defect",
    text: /certificate|key|tls/i,
    answer: 200,
  },
]
