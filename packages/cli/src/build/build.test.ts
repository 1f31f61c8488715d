// Building with programs that only play compilers: what is asked of them, and what becomes of their answers.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { isAttacheError } from "@attache/base"
import { buildGuest as moduleOf } from "@attache/wasm-host/guest"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { buildGuest } from "./build.ts"
import { findProject } from "./project.ts"
import { planText } from "./text-format.ts"
import type { Environment } from "./toolchain.ts"

const guests = join(import.meta.dirname, "../../test/guests")
let root: string
let env: Environment
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "attache-build-"))
  mkdirSync(join(root, "bin"))
  env = { PATH: join(root, "bin"), HOME: root }
})
afterEach(() => rmSync(root, { recursive: true }))

/** A program on the PATH that runs a shell script, with `$out` as the argument behind `-o`. */
function program(name: string, script: string): void {
  const path = join(root, "bin", name)
  const head = '#!/bin/sh\nPATH=/usr/bin:/bin\nprev=\nfor a in "$@"; do [ "$prev" = -o ] && out="$a"; prev="$a"; done\n'
  writeFileSync(path, `${head}${script}\n`)
  chmodSync(path, 0o755)
}

/** A file with a module that Envoy loads, or one it does not. */
function moduleFile(isLoadable: boolean): string {
  const path = join(root, "prepared.wasm")
  writeFileSync(path, moduleOf(isLoadable ? {} : { marker: null }))
  return path
}

const out = () => join(root, "out", "x.wasm")
const project = (language: string) => findProject(join(guests, language), undefined, out())
async function failureOf(language: string, timeoutMs = 20_000) {
  const error: unknown = await buildGuest(project(language), env, timeoutMs).catch((thrown: unknown) => thrown)
  if (!isAttacheError(error)) throw new Error(`not refused: ${String(error)}`)
  return { code: error.code, message: error.message, hint: error.hint }
}

describe("a build", () => {
  it("puts the module in its place and says what Envoy will see", async () => {
    program("wat2wasm", `cp ${moduleFile(true)} "$out"; echo "a word" >&2`)
    const { inspection, output } = await buildGuest(project("text"), env, 20_000)
    expect([inspection?.abiVersion, output]).toEqual(["0.2.1", "a word\n"])
    expect(readFileSync(out())).toEqual(readFileSync(join(root, "prepared.wasm")))
    expect(readdirSync(join(root, "out"))).toEqual(["x.wasm"])
  })

  it("leaves the last good module when the compiler refuses, and shows its words", async () => {
    mkdirSync(join(root, "out"))
    writeFileSync(out(), "last good")
    program("wat2wasm", "echo 'guest.wat:3:5: error: unexpected token' >&2; exit 1")
    expect(await failureOf("text")).toMatchObject({
      code: "ATT_BUILD_FAILED",
      message: "guest.wat:3:5: error: unexpected token",
      hint: expect.stringMatching(/^run it by hand: .*wat2wasm --debug-names /),
    })
    expect(readFileSync(out(), "utf8")).toBe("last good")
    expect(readdirSync(join(root, "out"))).toEqual(["x.wasm"])
  })

  it("leaves it too when Envoy would not load the new one", async () => {
    mkdirSync(join(root, "out"))
    writeFileSync(out(), "last good")
    program("wat2wasm", `cp ${moduleFile(false)} "$out"`)
    expect(await failureOf("text")).toMatchObject({
      code: "ATT_BUILD_UNLOADABLE",
      message: "Envoy will not load it: Missing or unknown Proxy-Wasm ABI version",
    })
    expect(readFileSync(out(), "utf8")).toBe("last good")
  })

  it("ends a compiler that does not end, with what it started", async () => {
    program("wat2wasm", `sleep 600 & echo $! > ${join(root, "pid")}; wait`)
    expect(await failureOf("text", 300)).toMatchObject({ code: "ATT_BUILD_TIMEOUT" })
    const pid = existsSync(join(root, "pid")) ? Number(readFileSync(join(root, "pid"), "utf8")) : 0
    if (pid > 0) await expect.poll(() => existsSync(`/proc/${pid}/exe`)).toBe(false)
  })
})

describe("a toolchain that is not there", () => {
  const answers = (name: string, script: string) => () => program(name, script)
  it.each<[string, string, readonly (() => void)[], string, string]>([
    ["go", "nothing", [], "go is not installed", "Go 1.24"],
    ["go", "an old Go", [answers("go", "echo go1.22.3")], "go1.22.3 cannot make", "Go 1.24"],
    ["rust", "nothing", [], "cargo is not installed", "rustup"],
    ["rust", "no rustc", [answers("cargo", "")], "rustc is not installed", "rustup"],
    [
      "rust",
      "no standard library",
      [answers("cargo", ""), answers("rustc", "echo /nowhere"), answers("rustup", "")],
      "no standard library for wasm32-wasip1 or wasm32-unknown-unknown",
      "rustup target add wasm32-wasip1",
    ],
    ["c", "nothing", [], "clang is not installed", "WASI SDK"],
    ["c", "a clang of another kind", [answers("clang", "echo x86-64")], "does not know the target wasm32", "WASI SDK"],
    [
      "c",
      "no linker",
      [answers("clang", 'case "$*" in *print-targets*) echo wasm32;; *) echo wasm-ld;; esac')],
      "wasm-ld is not installed",
      "install lld",
    ],
  ])("is explained for %s: %s", async (language, _what, set, message, cure) => {
    for (const each of set) each()
    const failure = await failureOf(language)
    expect(failure.code).toBe("ATT_BUILD_TOOLCHAIN")
    expect(failure.message).toContain(message)
    expect(failure.hint).toContain(cure)
  })

  it("is explained for the text format, where not even AssemblyScript's compiler is", () => {
    const planned = () => planText({ ...project("text"), folder: root }, env, out(), root)
    expect(planned).toThrow(
      expect.objectContaining({
        code: "ATT_BUILD_TOOLCHAIN",
        message: "neither wat2wasm nor wasm-tools is installed",
        hint: expect.stringContaining("install wabt"),
      }),
    )
    const binaryen = join(root, "node_modules", "binaryen")
    mkdirSync(binaryen, { recursive: true })
    writeFileSync(join(binaryen, "package.json"), '{"name": "binaryen"}')
    expect(planned().step.args[0]).toBe(join(binaryen, "bin", "wasm-as"))
  })

  it("is explained for AssemblyScript", async () => {
    const folder = join(root, "guest")
    mkdirSync(join(folder, "assembly"), { recursive: true })
    writeFileSync(join(folder, "assembly", "index.ts"), 'import { log } from "@attache/wasm-sdk/assembly"')
    const work = buildGuest(findProject(folder), env, 20_000)
    await expect(work).rejects.toMatchObject({
      code: "ATT_BUILD_TOOLCHAIN",
      hint: "npm install --save-dev assemblyscript @attache/wasm-sdk",
    })
  })

  it("is found for a crate behind a link", async () => {
    symlinkSync(join(guests, "rust"), join(root, "link"))
    const manifest_path = realpathSync(join(guests, "rust", "Cargo.toml"))
    const packages = [{ manifest_path, targets: [{ name: "a-guest", crate_types: ["cdylib"] }] }]
    const built = join(root, "target", "wasm32-wasip1", "release")
    mkdirSync(built, { recursive: true })
    const metadata = JSON.stringify({ target_directory: join(root, "target"), packages })
    program("rustc", `mkdir -p ${root}/lib; echo ${root}/lib`)
    program("cargo", `[ $1 = metadata ] && echo '${metadata}' || cp ${moduleFile(true)} ${built}/a_guest.wasm`)
    const { inspection } = await buildGuest(findProject(join(root, "link"), undefined, out()), env, 20_000)
    expect(inspection?.abiVersion).toBe("0.2.1")
  })

  it("is not to blame when the crate makes no module", async () => {
    const metadata = JSON.stringify({ target_directory: "/t", packages: [] })
    program("cargo", `echo '${metadata}'`)
    program("rustc", `mkdir -p ${root}/lib; echo ${root}/lib`)
    expect(await failureOf("rust")).toMatchObject({ code: "ATT_BUILD_FAILED", hint: expect.stringContaining("cdylib") })
  })
})
