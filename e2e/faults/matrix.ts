// The fault matrix: an object of each kind with a defect, who notices it, and what is said of it.

import { backend, route, to } from "../resources.ts"
import type { Defect } from "./defect.ts"
import {
  bad,
  configMap,
  envoyGateway,
  extensionFilter,
  filtered,
  gatewayApi,
  policy,
  reference,
  tlsToBad,
} from "./documents.ts"
import { patchDefects } from "./patch-defects.ts"

const module = (port: number, name: string) => ({
  name: "w",
  code: { type: "HTTP", http: { url: `http://127.0.0.1:${port}/${name}.wasm` } },
})

/** Every defect, by the kind of its object. */
export const defects: readonly Defect[] = [
  {
    name: "HTTPRoute: a request header of a command that Envoy does not know",
    documents: () => [
      filtered({
        type: "RequestHeaderModifier",
        requestHeaderModifier: { set: [{ name: "x", value: "%NOSUCH(x)%" }] },
      }),
    ],
    by: "Envoy",
    object: "HTTPRoute/bad",
    field: "spec.rules[0].matches[0]",
    text: /Not supported field in StreamInfo: NOSUCH/,
    answer: 500,
  },
  {
    name: "HTTPRoute: a response header that does not end its command",
    documents: () => [
      filtered({
        type: "ResponseHeaderModifier",
        responseHeaderModifier: { add: [{ name: "x", value: "%START_TIME(" }] },
      }),
    ],
    by: "Envoy",
    object: "HTTPRoute/bad",
    field: "spec.rules[0].matches[0]",
    text: /START_TIME/,
    answer: 500,
  },
  {
    name: "HTTPRoute: a backend that is not there",
    documents: () => [bad({ backendRefs: [to("nobody")] })],
    by: "translation",
    object: "HTTPRoute/bad",
    text: /Backend default\/nobody not found/i,
    answer: 500,
  },
  {
    name: "HTTPRoute: a backend of another namespace that nobody granted",
    documents: ({ backend: port }) => [
      bad({ backendRefs: [to("far", { namespace: "other" })] }),
      { ...backend("far", port), metadata: { name: "far", namespace: "other" } },
    ],
    by: "translation",
    object: "HTTPRoute/bad",
    text: /not permitted/,
    answer: 500,
  },
  {
    name: "HTTPRoute: a path type that does not exist",
    documents: () => [route("bad", [{ matches: [{ path: { type: "Prefix", value: "/bad" } }] }])],
    by: "schema",
    object: "HTTPRoute/bad",
    field: "spec.rules[0].matches[0].path.type",
    text: /Unsupported value: "Prefix"/,
  },
  {
    name: "HTTPRoute: an expression that is none",
    documents: () => [route("bad", [{ matches: [{ path: { type: "RegularExpression", value: "/bad[" } }] }])],
    by: "translation",
    object: "HTTPRoute/bad",
    text: /[Rr]egex/,
  },
  {
    name: "HTTPRoute: a filter that is not there",
    documents: () => [filtered({ type: "ExtensionRef", extensionRef: reference("HTTPRouteFilter", "nobody") })],
    by: "translation",
    object: "HTTPRoute/bad",
    text: /HTTPRouteFilter/,
    answer: 500,
  },
  {
    name: "HTTPRoute: a parent that is not there",
    documents: () => [bad({}, { parentRefs: [{ name: "gw", sectionName: "nobody" }] })],
    by: "translation",
    object: "HTTPRoute/bad",
    text: /listener/i,
    answer: 404,
  },
  {
    name: "HTTPRouteFilter: an expression that is none",
    documents: () =>
      extensionFilter({
        urlRewrite: { path: { type: "ReplaceRegexMatch", replaceRegexMatch: { pattern: "a(", substitution: "" } } },
      }),
    by: "translation",
    object: "HTTPRoute/bad",
    text: /[Rr]egex|pattern|a\(/,
    answer: 500,
  },
  {
    name: "HTTPRouteFilter: a body whose ConfigMap is not there",
    documents: () =>
      extensionFilter({
        directResponse: { body: { type: "ValueRef", valueRef: { group: "", kind: "ConfigMap", name: "nobody" } } },
      }),
    by: "translation",
    object: "HTTPRoute/bad",
    text: /nobody/,
    answer: 500,
  },
  {
    name: "EnvoyExtensionPolicy: a script that Envoy's Lua does not take",
    documents: () => policy({ lua: [{ type: "Inline", inline: "function envoy_on_request(h" }] }),
    by: "Envoy",
    object: "EnvoyExtensionPolicy/defect",
    field: "spec.lua[0]",
    text: /script load error/,
    answer: 403,
  },
  {
    name: "EnvoyExtensionPolicy: a script whose ConfigMap is not there",
    documents: () =>
      policy({ lua: [{ type: "ValueRef", valueRef: { group: "", kind: "ConfigMap", name: "nobody" } }] }),
    by: "translation",
    object: "EnvoyExtensionPolicy/defect",
    text: /nobody/,
    answer: 500,
  },
  {
    name: "EnvoyExtensionPolicy: a Wasm module that nobody serves",
    documents: ({ nobody }) =>
      policy({ wasm: [{ name: "w", code: { type: "HTTP", http: { url: `http://127.0.0.1:${nobody}/w.wasm` } } }] }),
    by: "translation",
    object: "EnvoyExtensionPolicy/defect",
    text: /w\.wasm|ECONNREFUSED|module/,
    answer: 500,
  },
  {
    name: "EnvoyExtensionPolicy: a Wasm module that is a text",
    documents: ({ backend: port }) => policy({ wasm: [module(port, "text")] }),
    by: "translation",
    object: "EnvoyExtensionPolicy/defect",
    text: /text\.wasm is invalid/,
    answer: 500,
  },
  ...["rubbish", "empty"].map(
    (name): Defect => ({
      name: `EnvoyExtensionPolicy: a Wasm module that is ${name}`,
      documents: ({ backend: port }) => policy({ wasm: [module(port, name)] }),
      by: "Envoy",
      object: "EnvoyExtensionPolicy/defect",
      field: "spec.wasm[0]",
      text: /Unable to create Wasm plugin/,
      answer: 403,
    }),
  ),
  {
    name: "EnvoyExtensionPolicy: a dynamic module that nobody registered",
    documents: () => policy({ dynamicModule: [{ name: "nobody", filterName: "f" }] }),
    by: "translation",
    object: "EnvoyExtensionPolicy/defect",
    text: /nobody/,
    answer: 500,
  },
  {
    name: "EnvoyExtensionPolicy: a dynamic module whose file is not there",
    documents: () => policy({ dynamicModule: [{ name: "missing", filterName: "f" }] }),
    by: "Envoy",
    object: "EnvoyExtensionPolicy/defect",
    field: "spec.dynamicModule[0]",
    text: /Failed to load dynamic module/,
    answer: 403,
  },
  {
    name: "EnvoyExtensionPolicy: a processor that is not there",
    documents: () => policy({ extProc: [{ backendRefs: [to("nobody")] }] }),
    by: "translation",
    object: "EnvoyExtensionPolicy/defect",
    text: /nobody/,
    answer: 500,
  },
  {
    name: "EnvoyExtensionPolicy: a field that does not exist",
    documents: () => policy({ lua: [{ type: "Inline", script: "x" }] }),
    by: "schema",
    object: "EnvoyExtensionPolicy/defect",
    text: /inline|script/i,
  },
  ...patchDefects,
  {
    name: "BackendTLSPolicy: an authority that is not there",
    documents: ({ backend: port }) => [
      ...tlsToBad({ caCertificateRefs: [{ group: "", kind: "ConfigMap", name: "nobody" }] }),
      backend("defect", port),
    ],
    by: "translation",
    object: "BackendTLSPolicy/defect",
    text: /nobody/,
    answer: 500,
  },
  {
    name: "BackendTLSPolicy: an authority that is none",
    documents: ({ backend: port }) => [
      ...tlsToBad({ caCertificateRefs: [{ group: "", kind: "ConfigMap", name: "defect" }] }),
      configMap({ "ca.crt": "nothing" }),
      backend("defect", port),
    ],
    by: "Envoy",
    object: "BackendTLSPolicy/defect",
    text: /trusted CA/i,
    answer: 503,
  },
  {
    name: "Backend: an endpoint without an address",
    documents: () => [
      bad({ backendRefs: [to("defect")] }),
      { apiVersion: envoyGateway, kind: "Backend", metadata: { name: "defect" }, spec: { endpoints: [{}] } },
    ],
    by: "schema",
    object: "Backend/defect",
    text: /one of fqdn, ip or unix must be specified/,
  },
  {
    name: "Gateway: a certificate that is not there",
    documents: () => [
      {
        apiVersion: `${gatewayApi}/v1`,
        kind: "ListenerSet",
        metadata: { name: "defect" },
        spec: {
          parentRef: { name: "gw" },
          listeners: [{ name: "s", port: 18443, protocol: "HTTPS", tls: { certificateRefs: [{ name: "nobody" }] } }],
        },
      },
    ],
    by: "translation",
    object: "ListenerSet/defect",
    text: /nobody/,
  },
  {
    name: "ListenerSet: a certificate that is none",
    documents: () => [
      {
        apiVersion: `${gatewayApi}/v1`,
        kind: "ListenerSet",
        metadata: { name: "defect" },
        spec: {
          parentRef: { name: "gw" },
          listeners: [{ name: "s", port: 18443, protocol: "HTTPS", tls: { certificateRefs: [{ name: "defect" }] } }],
        },
      },
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "defect" },
        type: "kubernetes.io/tls",
        data: { "tls.crt": "bm90aGluZw==", "tls.key": "bm90aGluZw==" },
      },
    ],
    by: "translation",
    object: "ListenerSet/defect",
    text: /certificate|PEM|tls/i,
  },
  {
    name: "a file that is no YAML",
    documents: () => [],
    by: "schema",
    object: "",
    text: /defect\.yaml/,
  },
]
