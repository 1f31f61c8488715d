import { createServer, type Server } from "node:net"
import { join } from "node:path"
import { freePorts } from "@attache/envoy"
import { expect, it } from "vitest"
import { temporaryDirectory } from "../../test/temporary-directory.ts"
import { knockAt } from "./knock.ts"

it("tells who accepts connections from who does not", async () => {
  await using folder = await temporaryDirectory()
  const path = join(folder.path, "s.sock")
  const [port = 0] = await freePorts(1)
  expect(await knockAt({ path })).toBe("refused")
  expect(await knockAt({ address: "127.0.0.1", port })).toBe("refused")
  const servers: Server[] = []
  for (const where of [{ path }, { host: "127.0.0.1", port }]) {
    const server = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => server.listen(where, resolve))
    servers.push(server)
  }
  expect(await knockAt({ path })).toBe("open")
  expect(await knockAt({ address: "127.0.0.1", port })).toBe("open")
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
})
