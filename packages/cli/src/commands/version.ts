import { readFileSync } from "node:fs"
import type { ExitCode } from "../exit.ts"
import { formatOf, type Options } from "../options.ts"
import { printData } from "../output/format.ts"

/** Levels of the APIs this version speaks. */
export const apiLevels = { envoy: "1.40", gatewayApi: "1.6.1", envoyGateway: "1.9.1" } as const

/** Prints our version, Envoy's, and the levels of the APIs. */
export async function run(_args: readonly string[], options: Options): Promise<ExitCode> {
  const { envoyLock, listInstalledEnvoys } = await import("@attache/envoy")
  const installed = await listInstalledEnvoys()
  const data = {
    attache: ownVersion(),
    node: process.versions.node,
    envoy: { default: envoyLock.default, installed: [...new Set(installed.map(({ version }) => version))] },
    apis: apiLevels,
  }
  await printData(formatOf(options), data, () =>
    [
      `attache      ${data.attache}`,
      `node         ${data.node}`,
      `envoy        ${data.envoy.default}${data.envoy.installed.length === 0 ? " (not installed)" : ` (installed: ${data.envoy.installed.join(", ")})`}`,
      `envoy api    ${apiLevels.envoy}`,
      `gateway api  ${apiLevels.gatewayApi}`,
      `envoy gateway api  ${apiLevels.envoyGateway}`,
      "",
    ].join("\n"),
  )
  return 0
}

function ownVersion(): string {
  const manifest = new URL("../package.json", import.meta.url)
  const fallback = new URL("../../package.json", import.meta.url)
  for (const url of [manifest, fallback]) {
    try {
      const { name, version } = JSON.parse(readFileSync(url, "utf8")) as { name?: string; version?: string }
      if (name === "@attache/cli" && version !== undefined) return version
    } catch {
      // Bundled and plain layouts differ by one folder; the other one is tried.
    }
  }
  return "unknown"
}
