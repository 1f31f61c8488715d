import { AttacheError } from "@attache/base"
import { codes as controlPlane } from "@attache/control-plane"
import { codes as envoy } from "@attache/envoy"
import { codes as envoyApi } from "@attache/envoy-api"
import { codes as kubeApi } from "@attache/kube-api"
import { codes as oci } from "@attache/oci"
import { codes as translate } from "@attache/translate"
import { codes as wasmHost } from "@attache/wasm-host"
import { codes as xdsServer } from "@attache/xds-server"
import { codes as cli } from "../codes.ts"
import type { ExitCode } from "../exit.ts"
import { formatOf, type Options } from "../options.ts"
import { printData } from "../output/format.ts"

const all: Readonly<Record<string, { readonly cause: string; readonly cure: string }>> = {
  ...cli,
  ...controlPlane,
  ...envoy,
  ...envoyApi,
  ...kubeApi,
  ...oci,
  ...translate,
  ...wasmHost,
  ...xdsServer,
}

/** Prints cause and cure of a code, or the list of all codes. */
export async function run(args: readonly string[], options: Options): Promise<ExitCode> {
  const [code] = args
  if (code === undefined) {
    const list = Object.keys(all).sort()
    await printData(formatOf(options), list, () => `${list.join("\n")}\n`)
    return 0
  }
  const known = all[code.toUpperCase()]
  if (known === undefined)
    throw new AttacheError("ATT_USAGE_CODE", `${code} is no code of ours`, { hint: "attache explain lists them all" })
  await printData(
    formatOf(options),
    { code: code.toUpperCase(), ...known },
    () => `${code.toUpperCase()}\n\ncause  ${known.cause}\ncure   ${known.cure}\n`,
  )
  return 0
}
