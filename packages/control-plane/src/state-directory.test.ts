import { chmod, mkdir, stat, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { temporaryDirectory } from "../test/temporary-directory.ts"
import { stateDirectory } from "./state-directory.ts"

const own = `attache-${process.getuid?.() ?? "user"}`

describe("stateDirectory", () => {
  it("takes the first folder that is named, and makes it private", async () => {
    await using folder = await temporaryDirectory()
    const at = (...names: string[]) => join(folder.path, ...names)
    const env = { ATTACHE_STATE_DIR: at("own"), XDG_STATE_HOME: at("xdg"), HOME: at("home"), TMPDIR: at("tmp") }
    expect(stateDirectory(env)).toBe(at("own"))
    expect((await stat(at("own"))).mode & 0o777).toBe(0o700)
    const { ATTACHE_STATE_DIR: _, ...xdg } = env
    expect(stateDirectory(xdg)).toBe(at("xdg", "attache"))
    expect(stateDirectory({ HOME: at("home") })).toBe(at("home", ".local", "state", "attache"))
    expect(stateDirectory({ HOME: at("home") }), "a second time too").toBe(at("home", ".local", "state", "attache"))
  })

  it("goes to the temporary directory where the home cannot be written", async () => {
    await using folder = await temporaryDirectory()
    await writeFile(join(folder.path, "home"), "")
    expect(stateDirectory({ HOME: join(folder.path, "home"), TMPDIR: folder.path })).toBe(join(folder.path, own))
  })

  it("takes no link that somebody put into a shared temporary directory", async () => {
    await using folder = await temporaryDirectory()
    await writeFile(join(folder.path, "home"), "")
    await mkdir(join(folder.path, "elsewhere"))
    await symlink("elsewhere", join(folder.path, own))
    expect(() => stateDirectory({ HOME: join(folder.path, "home"), TMPDIR: folder.path })).toThrow(
      expect.objectContaining({ code: "ATT_STATE_DIRECTORY" }),
    )
  })

  it("says so where nothing can be written", async () => {
    await using folder = await temporaryDirectory()
    const file = join(folder.path, "file")
    await writeFile(file, "")
    await chmod(file, 0o600)
    for (const env of [{ ATTACHE_STATE_DIR: join(file, "x") }, { HOME: file, TMPDIR: file }]) {
      expect(() => stateDirectory(env)).toThrow(expect.objectContaining({ code: "ATT_STATE_DIRECTORY" }))
    }
  })
})
