import { access, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { afterEach, describe, expect, it, vi } from "vitest"
import { temporaryDirectory } from "../test/temporary-directory.ts"
import { createRunDirectory, readAdminAddress } from "./run-directory.ts"

afterEach(() => vi.unstubAllEnvs())

describe("createRunDirectory", () => {
  it("is private and adds an admin interface", async () => {
    const directory = await createRunDirectory({ node: { id: "n" } }, "unix")
    const socketPath = join(directory.path, "admin.sock")
    expect(directory.adminAddress).toEqual({ socketPath })
    expect((await stat(directory.path)).mode & 0o777).toBe(0o700)
    const written: unknown = JSON.parse(await readFile(directory.bootstrapPath, "utf8"))
    expect(written).toEqual({ node: { id: "n" }, admin: { address: { pipe: { path: socketPath, mode: 0o600 } } } })
    await directory.remove()
    await directory.remove()
    await expect(access(directory.path)).rejects.toThrow("ENOENT")
  })

  it("keeps an admin address that is given, and other fields of admin", async () => {
    const admin = { address: { socket_address: { address: "127.0.0.1", port_value: 19000 } } }
    const given = await createRunDirectory({ admin }, "unix")
    expect(given.adminAddress).toBeUndefined()
    expect(JSON.parse(await readFile(given.bootstrapPath, "utf8"))).toEqual({ admin })
    await given.remove()
    const added = await createRunDirectory({ admin: { profile_path: "/p" } }, "tcp")
    expect(JSON.parse(await readFile(added.bootstrapPath, "utf8"))).toMatchObject({
      admin: { profile_path: "/p", address: { socket_address: { address: "127.0.0.1", port_value: 0 } } },
    })
    await added.remove()
  })

  it("refuses a path too long for a socket, leaving nothing", async () => {
    await using temporary = await temporaryDirectory()
    vi.stubEnv("TMPDIR", join(temporary.path, "x".repeat(120)))
    await expect(createRunDirectory({}, "unix")).rejects.toMatchObject({ code: "ATT_ENVOY_CACHE_READ_ONLY" })
    await mkdir(join(temporary.path, "x".repeat(120)))
    await expect(createRunDirectory({}, "unix")).rejects.toMatchObject({ code: "ATT_ENVOY_SOCKET_PATH_TOO_LONG" })
    expect(await readdir(join(temporary.path, "x".repeat(120)))).toEqual([])
  })
})

describe("readAdminAddress", () => {
  it.each([
    ["127.0.0.1:19000", { host: "127.0.0.1", port: 19000 }],
    ["[::1]:19000", { host: "::1", port: 19000 }],
    ["/run/a.sock", { socketPath: "/run/a.sock" }],
    ["", undefined],
    ["127.0.0.1:", undefined],
  ])("%j", async (text, want) => {
    await using temporary = await temporaryDirectory()
    const path = join(temporary.path, "address")
    await writeFile(path, text)
    expect(await readAdminAddress(path)).toEqual(want)
  })

  it("knows nothing before Envoy wrote it", async () =>
    expect(await readAdminAddress("/nonexistent/address")).toBeUndefined())
})
