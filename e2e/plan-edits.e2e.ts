// For each kind of edit: what plan says will change and drain is what then changes in Envoy, and whose connections end.
import { type AgentOptions, get, Agent as HttpAgent } from "node:http"
import { Agent as HttpsAgent } from "node:https"
import { join } from "node:path"
import { createBootstrap, findEnvoy, freePorts, type RunningEnvoy, runEnvoy } from "@attache/envoy"
import { afterAll, beforeAll, expect, it } from "vitest"
import { attacheBeside } from "./attache-command.ts"
import { type Backend, startBackend } from "./backend.ts"
import { createAuthority, type Pair, tlsSecret } from "./certificates.ts"
import { type CommandProcess, createPlace, type Place, startCommand } from "./command-process.ts"
import { untilAnswer } from "./gateway-under-test.ts"
import { backend, extensions, gateway, prefix, route, stream, to } from "./resources.ts"

type Document = Readonly<Record<string, unknown>>

/** What of the world an edit changes. */
interface Edit {
  readonly path?: string
  readonly port?: number
  readonly hosts?: readonly string[]
  readonly script?: string
  readonly certificate?: string
  readonly timeout?: string
  readonly header?: string
  readonly isMore?: boolean
  readonly hasListener?: boolean
  readonly isPatched?: boolean
}

const edits: readonly (readonly [string, Edit])[] = [
  ["another endpoint", { port: 9 }],
  ["another path", { path: "/other" }],
  ["a timeout", { timeout: "3s" }],
  ["a header", { header: "x-new" }],
  ["one more route", { isMore: true }],
  ["another script", { script: "2" }],
  ["another certificate", { certificate: "second" }],
  ["one more host", { hosts: ["a.test", "b.test", "c.test"] }],
  ["one host less", { hosts: ["a.test"] }],
  ["one more listener", { hasListener: true }],
  ["a patch of a listener", { isPatched: true }],
  ["several at once", { path: "/other", port: 9, script: "3", hosts: ["b.test"], isMore: true }],
]

let one: Backend
let pairs: Readonly<Record<string, Pair>>
let ports: { readonly http: number; readonly https: number; readonly more: number }
let place: Place
let server: CommandProcess
let envoy: RunningEnvoy

function world(edit: Edit): string {
  const { path = "/", port = one.port, hosts = ["a.test", "b.test"], script = "1", certificate = "first" } = edit
  const tls = { certificateRefs: [{ name: certificate }] }
  const listeners = [
    { name: "http", port: ports.http, protocol: "HTTP" },
    ...hosts.map((hostname) => ({ name: hostname[0], port: ports.https, protocol: "HTTPS", hostname, tls })),
    ...(edit.hasListener === true ? [{ name: "more", port: ports.more, protocol: "HTTP" }] : []),
  ]
  const [timeouts, filters] = [
    edit.timeout === undefined ? {} : { timeouts: { request: edit.timeout } },
    edit.header === undefined
      ? {}
      : {
          filters: [
            { type: "ResponseHeaderModifier", responseHeaderModifier: { set: [{ name: edit.header, value: "1" }] } },
          ],
        },
  ]
  const inline = `function envoy_on_response(h) h:headers():add("x-v", "${script}") end`
  return stream(
    ...gateway({}).map(
      (each): Document =>
        each.kind === "Gateway" ? { ...each, spec: { ...(each.spec as Document), listeners } } : each,
    ),
    ...Object.entries(pairs).map(([name, pair]) => tlsSecret(name, pair)),
    backend("one", port),
    route("r", [prefix(path, { backendRefs: [to("one")], ...timeouts, ...filters })]),
    ...(edit.isMore === true ? [route("more", [prefix("/more", { backendRefs: [to("one")] })])] : []),
    extensions("script", { kind: "HTTPRoute", name: "r" }, { lua: [{ type: "Inline", inline }] }),
    ...(edit.isPatched === true ? [patched] : []),
  )
}

const patched: Document = {
  apiVersion: "gateway.envoyproxy.io/v1alpha1",
  kind: "EnvoyPatchPolicy",
  metadata: { name: "patch" },
  spec: {
    type: "JSONPatch",
    targetRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name: "gw" },
    jsonPatches: [
      {
        type: "type.googleapis.com/envoy.config.listener.v3.Listener",
        name: "default/gw/http",
        operation: { op: "add", path: "/per_connection_buffer_limit_bytes", value: 65_536 },
      },
    ],
  },
}

beforeAll(async () => {
  one = await startBackend("one")
  const [http, https, more] = (await freePorts(3)) as [number, number, number]
  ports = { http, https, more }
  const authority = await createAuthority()
  const names = ["a.test", "b.test", "c.test"] as const
  pairs = { first: await authority.sign(...names), second: await authority.sign(...names) }
  place = createPlace({ "all.yaml": world({}), "edited.yaml.txt": "" })
  const socketPath = join(place.folder, "xds.sock")
  server = startCommand(place, "serve", "--xds-address", `unix:${socketPath}`)
  await server.said(/^ready xds=/m)
  envoy = await runEnvoy({
    path: (await findEnvoy({ offline: true })).path,
    bootstrap: createBootstrap({ nodeId: "n", nodeCluster: "default/gw", xds: { socketPath } }),
    logLevel: "error",
    // What drains is gone at once, with all that it holds.
    drainTimeS: 0,
  })
  await untilAnswer(ports.http, "/", ({ status }) => status === 200)
  await accepted()
})
afterAll(async () => {
  for (const each of [envoy, server, one]) await each?.[Symbol.asyncDispose]()
  place?.[Symbol.dispose]()
})

async function accepted(): Promise<void> {
  const { code, stderr } = await attacheBeside(place.state, "wait", "--until", "accepted", "--timeout", "20")
  expect(code, stderr).toBe(0)
  const filter = "^listener_manager\\.total_listeners_warming$"
  while ([...(await envoy.admin.stats({ filter })).values()].some((count) => count > 0))
    await new Promise((resolve) => setTimeout(resolve, 10))
}

interface PlannedProxy {
  readonly resources: readonly { readonly kind: string; readonly name: string }[]
  readonly drains: readonly { readonly listener: string; readonly chains?: { readonly drained: number } }[]
}

async function plan(text: string): Promise<PlannedProxy | undefined> {
  place.write("edited.yaml.txt", text)
  const { code, stdout, stderr } = await attacheBeside(
    place.state,
    ...["plan", "--profile", "host", "--output", "json", "-f", join(place.folder, "edited.yaml.txt")],
  )
  expect(code, stderr).toBe(0)
  return (JSON.parse(stdout) as { data: { proxies: PlannedProxy[] } }).data.proxies[0]
}

/** What Envoy holds, as text by kind and name. */
async function held(): Promise<ReadonlyMap<string, string>> {
  const { configs } = JSON.parse(await envoy.admin.connection.text("/config_dump?include_eds")) as {
    configs: readonly Readonly<Record<string, readonly Document[] | undefined>>[]
  }
  const all = configs.flatMap((config) => [
    ...(config.dynamic_listeners ?? []).flatMap((each) => {
      const { listener } = (each.active_state ?? {}) as { listener?: Document }
      return listener === undefined ? [] : [["listeners", listener] as const]
    }),
    ...(config.dynamic_route_configs ?? []).map((each) => ["routes", each.route_config as Document] as const),
    ...(config.dynamic_active_clusters ?? []).map((each) => ["clusters", each.cluster as Document] as const),
    ...(config.dynamic_endpoint_configs ?? []).map((each) => ["endpoints", each.endpoint_config as Document] as const),
    ...(config.dynamic_active_secrets ?? []).map((each) => ["secrets", each.secret as Document] as const),
  ])
  return new Map(all.map(([kind, each]) => [`${kind} ${each.name ?? each.cluster_name}`, JSON.stringify(each)]))
}

/** A kept-alive connection; `isKept` makes a request over it and tells whether more may follow. */
function connection(listener: string, port: number, servername?: string) {
  const options: AgentOptions & { servername?: string } = { keepAlive: true, maxSockets: 1 }
  const agent =
    servername === undefined
      ? new HttpAgent(options)
      : new HttpsAgent({ ...options, servername, rejectUnauthorized: false })
  const protocol = servername === undefined ? "http:" : "https:"
  const send = (): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const headers = { host: servername ?? "plain.test" }
      const call = get({ agent, protocol, host: "127.0.0.1", port, path: "/asked", headers }, (response) => {
        response.resume()
        response.on("end", () => resolve(call.reusedSocket && response.headers.connection !== "close"))
      })
      call.on("error", reject)
    })
  return {
    listener,
    open: async () => void (await send()),
    isKept: () => send().catch(() => false),
    close: () => agent.destroy(),
  }
}

const hostsOf = ({ hosts = ["a.test", "b.test"] }: Edit): readonly string[] => hosts
const both: readonly (readonly [string, Edit, Edit])[] = edits.flatMap(([name, edit]) => [
  [name, {}, edit] as const,
  [`${name}, taken back`, edit, {}] as const,
])

it.each(both)("%s", async (_, before, after) => {
  const tlsListener = `default/gw/${hostsOf(before)[0]?.[0]}`
  const connections = [
    connection("default/gw/http", ports.http),
    ...hostsOf(before).map((host) => connection(tlsListener, ports.https, host)),
    ...(before.hasListener === true ? [connection("default/gw/more", ports.more)] : []),
  ]
  try {
    for (const each of connections) await each.open()
    const planned = await plan(world(after))
    const old = await held()
    place.write("all.yaml", world(after))
    await accepted()
    const changed = async (): Promise<readonly string[]> => {
      const now = await held()
      return [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key)).sort()
    }
    const resources = planned?.resources.map(({ kind, name }) => `${kind} ${name}`).sort()
    await expect.poll(changed, { timeout: 10_000 }).toEqual(resources)
    const ended: string[] = []
    for (const each of connections) if (!(await each.isKept())) ended.push(each.listener)
    const expected = planned?.drains.flatMap(({ listener, chains }) => {
      const own = connections.filter((each) => each.listener === listener)
      return own.slice(0, chains?.drained ?? own.length).map(() => listener)
    })
    expect(ended.sort()).toEqual(expected?.sort())
    expect(await plan(world(after))).toBeUndefined()
  } finally {
    for (const each of connections) each.close()
  }
})
