// From content that Envoy refuses back to earlier content: Envoy then has the earlier content, and nothing is refused any more.
import { freePorts } from "@attache/envoy"
import { expect, it } from "vitest"
import { startBackend } from "./backend.ts"
import { type GatewayUnderTest, startGateway } from "./gateway-under-test.ts"
import { statusOf } from "./instance-status.ts"
import { backend, extensions, gateway, governed, prefix, route, stream, to } from "./resources.ts"

const lua = (value: string): string => `function envoy_on_response(h) h:headers():replace("x-lua", "${value}") end`

/** Content of each part; `broken` is what Envoy refuses. */
const parts = {
  "a header of a route": (value: string) => ({ header: value === "broken" ? "%NOSUCH%" : value }),
  "a script": (value: string) => ({ script: value === "broken" ? `${lua("never")} end` : lua(value) }),
  "the whole listener": (value: string) => ({
    script: lua(value),
    log: value === "broken" ? "%NOSUCH%\n" : `${value}\n`,
  }),
  "all of them": (value: string) =>
    value === "broken"
      ? { header: "%NOSUCH%", script: `${lua("never")} end`, log: "%NOSUCH%\n" }
      : { header: value, script: lua(value), log: `${value}\n` },
}

interface Content {
  readonly header?: string
  readonly script?: string
  readonly log?: string
}

function world(port: number, backendPort: number, { header = "-", script = lua("-"), log = "-\n" }: Content): string {
  const format = { type: "Text", text: log }
  const settings = [{ format, sinks: [{ type: "File", file: { path: "/dev/null" } }] }]
  return stream(
    ...governed(gateway({ http: port }), { luaValidation: "Disabled", telemetry: { accessLog: { settings } } }),
    backend("one", backendPort),
    route("edited", [
      prefix("/", {
        backendRefs: [to("one")],
        filters: [
          { type: "ResponseHeaderModifier", responseHeaderModifier: { set: [{ name: "x-header", value: header }] } },
        ],
      }),
    ]),
    extensions("script", { kind: "HTTPRoute", name: "edited" }, { lua: [{ type: "Inline", inline: script }] }),
  )
}

/** Waits until nothing is refused or withdrawn and Envoy has all, or something is. */
async function untilTroubled(gw: GatewayUnderTest, isTroubled: boolean): Promise<void> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const { refusals, quarantine, proxies } = await statusOf(gw)
    const isInSync = proxies.every(({ envoys }) => envoys.every((envoy) => envoy.isInSync))
    if (isTroubled ? quarantine.length > 0 : refusals.length + quarantine.length === 0 && isInSync) return
    if (Date.now() > deadline)
      throw new Error(`${JSON.stringify({ refusals, quarantine, proxies }, undefined, 1)}\n${gw.output()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

it.each(Object.entries(parts))("%s", async (_, content) => {
  const [port] = (await freePorts(1)) as [number]
  await using one = await startBackend("one")
  const file = (value: string): string => world(port, one.port, content(value))
  const { header: hasHeader, script: hasScript } = content("x") as Content
  await using gw = await startGateway({ "all.yaml": file("first") })
  const shows = (value: string) =>
    gw.until(
      port,
      "/",
      ({ status, headers }) =>
        status === 200 &&
        (hasHeader === undefined || headers["x-header"] === value) &&
        (hasScript === undefined || headers["x-lua"] === value),
    )
  await shows("first")
  for (const back of ["first", "second"]) {
    await gw.write("all.yaml", file("broken"))
    await untilTroubled(gw, true)
    await gw.write("all.yaml", file(back))
    await untilTroubled(gw, false)
    await shows(back)
  }
  expect((await gw.request(port, "/")).status).toBe(200)
})
