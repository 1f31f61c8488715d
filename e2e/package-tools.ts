// The command as users call it on packages, and small modules and keys for it.
import { spawn, spawnSync } from "node:child_process"
import { createPublicKey, generateKeyPairSync } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { onTestFinished } from "vitest"

const root = join(import.meta.dirname, "..")
const command = join(root, "packages", "cli", "bin", "attache.mjs")

/** The command prefers its bundle to its sources: an old one would be tested in their place. */
export function buildCommand(): void {
  const script = join(root, "scripts", "build.ts")
  const { status, stderr } = spawnSync(process.execPath, [script, "--if-stale"], { encoding: "utf8" })
  if (status !== 0) throw new Error(`the command cannot be built:\n${stderr}`)
}

/** What a command came to. */
export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder to call the command in, with a home and a cache of its own; removed when the test has ended. */
export interface Desk {
  readonly folder: string
  readonly attache: (...args: readonly string[]) => Promise<Ended>
  /** The command, interrupted as by Ctrl-C as soon as `isTime` says so. */
  readonly interrupt: (isTime: () => boolean, ...args: readonly string[]) => Promise<Ended>
  /** The command with `--output json`; the document of its output. */
  readonly json: (...args: readonly string[]) => Promise<{ readonly status: number | null; readonly data: unknown }>
  /** Writes a file into the folder and gives its path. */
  readonly write: (name: string, content: string | Uint8Array) => string
}

/** A new desk. @param env beside what this process has */
export function createDesk(env: Readonly<Record<string, string>> = {}): Desk {
  const folder = mkdtempSync(join(tmpdir(), "attache-packages-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const all = {
    ...process.env,
    NO_COLOR: "1",
    DOCKER_CONFIG: join(folder, ".docker"),
    ATTACHE_CACHE_DIR: join(folder, ".cache"),
    ...env,
  }
  const start = (args: readonly string[], isTime: () => boolean = () => false): Promise<Ended> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [command, ...args], { cwd: folder, env: all })
      const poll = setInterval(() => {
        if (!isTime()) return
        clearInterval(poll)
        child.kill("SIGINT")
      }, 5)
      const said = { stdout: "", stderr: "" }
      child.stdout.setEncoding("utf8").on("data", (text: string) => (said.stdout += text))
      child.stderr.setEncoding("utf8").on("data", (text: string) => (said.stderr += text))
      child.on("error", reject)
      child.on("close", (status) => {
        clearInterval(poll)
        resolve({ status, ...said })
      })
    })
  const attache = (...args: readonly string[]): Promise<Ended> => start(args)
  return {
    folder,
    attache,
    interrupt: (isTime, ...args) => start(args, isTime),
    json: async (...args) => {
      const { status, stdout, stderr } = await attache(...args, "--output", "json")
      if (stdout === "") throw new Error(`no document: ${stderr}`)
      return { status, data: JSON.parse(stdout) }
    },
    write: (name, content) => {
      writeFileSync(join(folder, name), content)
      return join(folder, name)
    },
  }
}

/** The first eight bytes of a module: a whole one that has nothing in it, and no ABI. */
export const emptyModule: Uint8Array = Buffer.from([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0])

/**
 * A module that Envoy loads: it exports an ABI and an allocator.
 *
 * @param filler what makes it another module, and larger
 */
export function wasmModule(filler: Uint8Array | string = ""): Uint8Array {
  const section = (id: number, content: readonly number[]): readonly number[] => [id, content.length, ...content]
  const named = (name: string, index: number): readonly number[] => [name.length, ...Buffer.from(name), 0, index]
  const exports = [2, ...named("proxy_abi_version_0_2_1", 0), ...named("malloc", 1)]
  const custom = Buffer.concat([Buffer.from([1, 0x78]), Buffer.from(filler)])
  return Buffer.concat([
    emptyModule,
    Buffer.from(section(1, [2, 0x60, 0, 0, 0x60, 1, 0x7f, 1, 0x7f])),
    Buffer.from(section(3, [2, 0, 1])),
    Buffer.from(section(7, exports)),
    Buffer.from(section(10, [2, 2, 0, 0x0b, 4, 0, 0x41, 0, 0x0b])),
    Buffer.from([0, ...unsignedLeb(custom.length)]),
    custom,
  ])
}

function unsignedLeb(value: number): readonly number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsignedLeb(value >>> 7)]
}

/** A key pair of PEM files on a desk. */
export function keyPair({ write }: Desk, name: string): { readonly key: string; readonly pub: string } {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" })
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "pem" })
  return {
    key: write(`${name}.key`, privateKey.export({ type: "pkcs8", format: "pem" })),
    pub: write(`${name}.pub`, publicKey),
  }
}
