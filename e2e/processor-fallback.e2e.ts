// A processor whose health Envoy asks for over gRPC, and the one that stands in for it.
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { silentLogger } from "@attache/base"
import { freePorts } from "@attache/envoy"
import { createExtProcServer, type ExtProcServer } from "@attache/ext-proc"
import { expect, it } from "vitest"
import { startBackend } from "./backend.ts"
import { startGateway } from "./gateway-under-test.ts"
import { backend, extensions, gateway, prefix, route, socketBackend, stream, to } from "./resources.ts"

it("goes to the fallback while the first processor is gone, and back when it is there again", async () => {
  const [port] = (await freePorts(1)) as [number]
  const folder = await mkdtemp(join(tmpdir(), "attache-fallback-"))
  const servers: ExtProcServer[] = []
  const serve = async (name: string): Promise<ExtProcServer> => {
    const server = createExtProcServer({
      logger: silentLogger,
      onRequestHeaders: (headers) => headers.set("x-by", name),
    })
    await server.listen({ unixPath: join(folder, `${name}.sock`) })
    servers.push(server)
    return server
  }
  const spare = socketBackend("spare", join(folder, "spare.sock"))
  const active = { type: "GRPC", grpc: {}, interval: "50ms", timeout: "5s", unhealthyThreshold: 1, healthyThreshold: 1 }
  try {
    const first = await serve("first")
    await serve("spare")
    await using one = await startBackend("one")
    await using gw = await startGateway({
      "all.yaml": stream(
        ...gateway({ http: port }),
        backend("one", one.port),
        socketBackend("first", join(folder, "first.sock")),
        { ...spare, spec: { ...(spare.spec as object), fallback: true } },
        route("all", [prefix("/", { backendRefs: [to("one")] })]),
        extensions(
          "all",
          { kind: "HTTPRoute", name: "all" },
          {
            extProc: [
              {
                backendRefs: [to("first"), to("spare")],
                processingMode: { request: {} },
                messageTimeout: "10s",
                backendSettings: { healthCheck: { active } },
              },
            ],
          },
        ),
      ),
    })
    const by = (name: string) => gw.until(port, "/x", ({ body }) => body.includes(`"x-by":"${name}"`))
    await by("first")
    await first.close(0)
    await by("spare")
    await serve("first")
    expect((await by("first")).status).toBe(200)
  } finally {
    await Promise.all(servers.map((server) => server.close(0)))
    await rm(folder, { recursive: true, force: true })
  }
})
