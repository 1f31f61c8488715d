// Settings of a proxy that pass every check of ours and that Envoy refuses.
import { to } from "../resources.ts"
import type { Defect } from "./defect.ts"
import type { Document } from "./documents.ts"

type Row = readonly [name: string, spec: Document, text: RegExp]

const sinks = [{ type: "File", file: { path: "/dev/null" } }]
const log = (setting: Document) => ({ telemetry: { accessLog: { settings: [{ sinks, ...setting }] } } })
const tracing = (spec: Document) => ({
  telemetry: { tracing: { provider: { type: "OpenTelemetry", backendRefs: [to("one")] }, ...spec } },
})

const rows: readonly Row[] = [
  [
    "an access log of a command that Envoy does not know",
    log({ format: { type: "Text", text: "%NOSUCH%\n" } }),
    /NOSUCH/,
  ],
  [
    "a JSON access log of a command that is left open",
    log({ format: { type: "JSON", json: { a: "%START_TIME(%s" } } }),
    /START_TIME|Incorrect|Unterminated/i,
  ],
  ["a tag of spans of a command that Envoy does not know", tracing({ tags: { a: "%NOSUCH%" } }), /NOSUCH/],
  [
    "a name of spans of a command that is left open",
    tracing({ spanName: { client: "x", server: "%START_TIME(%s" } }),
    /START_TIME|Incorrect|Unterminated/i,
  ],
  [
    "an access log in a folder that is not there",
    {
      telemetry: {
        accessLog: {
          settings: [
            {
              format: { type: "Text", text: "x\n" },
              sinks: [{ type: "File", file: { path: "/nowhere/access.log" } }],
            },
          ],
        },
      },
    },
    /nowhere|open/i,
  ],
]

/** Defects of EnvoyProxies. */
export const refusedProxies: readonly Defect[] = rows.map(
  ([name, envoyProxy, text]): Defect => ({
    name: `EnvoyProxy: ${name}`,
    documents: () => [],
    envoyProxy,
    by: "Envoy",
    object: "EnvoyProxy/own",
    text,
  }),
)
