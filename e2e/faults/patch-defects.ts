// Defects of patches.
import type { Defect } from "./defect.ts"
import { badRoute, listener, manager, patch } from "./documents.ts"

/** Defects of EnvoyPatchPolicies. */
export const patchDefects: readonly Defect[] = [
  {
    name: "EnvoyPatchPolicy: a listener filter that Envoy does not have",
    documents: () => patch("listener", listener, { op: "add", path: "/listener_filters", value: [{ name: "nosuch" }] }),
    by: "Envoy",
    object: "EnvoyPatchPolicy/defect",
    field: "spec.jsonPatches[0]",
    text: /registered implementation for 'nosuch'/,
    answer: 200,
  },
  {
    name: "EnvoyPatchPolicy: an access log of a command that Envoy does not know",
    documents: () =>
      patch("listener", listener, {
        op: "add",
        path: "/access_log/0",
        value: {
          name: "log",
          typed_config: {
            "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
            path: "/dev/null",
            log_format: { text_format_source: { inline_string: "%NOSUCH%" } },
          },
        },
      }),
    by: "Envoy",
    object: "EnvoyPatchPolicy/defect",
    field: "spec.jsonPatches[0]",
    text: /NOSUCH/,
    answer: 200,
  },
  {
    name: "EnvoyPatchPolicy: two terminal filters",
    documents: () =>
      patch("listener", listener, {
        op: "add",
        path: `${manager}/http_filters/0`,
        value: {
          name: "second",
          typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
        },
      }),
    by: "Envoy",
    object: "EnvoyPatchPolicy/defect",
    field: "spec.jsonPatches[0]",
    text: /terminal/,
    answer: 200,
  },
  {
    name: "EnvoyPatchPolicy: an expression that is none",
    documents: () =>
      patch("route", listener, {
        op: "add",
        jsonPath: badRoute,
        path: "/route/regex_rewrite",
        value: { pattern: { regex: "a(" }, substitution: "" },
      }),
    by: "Envoy",
    object: "EnvoyPatchPolicy/defect",
    field: "spec.jsonPatches[0]",
    text: /missing \)/,
    answer: 200,
  },
  {
    name: "EnvoyPatchPolicy: a transport that Envoy does not have",
    documents: () =>
      patch("cluster", "httproute/default/bad/rule/0", {
        op: "add",
        path: "/transport_socket",
        value: { name: "nosuch" },
      }),
    by: "Envoy",
    object: "EnvoyPatchPolicy/defect",
    field: "spec.jsonPatches[0]",
    text: /nosuch/,
    answer: 200,
  },
  {
    name: "EnvoyPatchPolicy: a value out of its bounds",
    documents: () =>
      patch("cluster", "httproute/default/bad/rule/0", { op: "add", path: "/connect_timeout", value: "-1s" }),
    by: "translation",
    object: "EnvoyPatchPolicy/defect",
    text: /connect_?timeout/i,
    answer: 200,
  },
  {
    name: "EnvoyPatchPolicy: a value longer than Envoy takes",
    documents: () =>
      patch("route", listener, {
        op: "add",
        jsonPath: badRoute,
        path: "/response_headers_to_add",
        value: [{ header: { key: "x", value: "v".repeat(20_000) } }],
      }),
    by: "translation",
    object: "EnvoyPatchPolicy/defect",
    text: /16384/,
    answer: 200,
  },
  {
    name: "EnvoyPatchPolicy: a field that does not exist",
    documents: () => patch("listener", listener, { op: "add", path: "/nosuch", value: 1 }),
    by: "translation",
    object: "EnvoyPatchPolicy/defect",
    text: /nosuch/,
    answer: 200,
  },
  {
    name: "EnvoyPatchPolicy: a resource that is not there",
    documents: () => patch("listener", "default/gw/nobody", { op: "add", path: "/stat_prefix", value: "x" }),
    by: "translation",
    object: "EnvoyPatchPolicy/defect",
    text: /nobody/,
    answer: 200,
  },
]
