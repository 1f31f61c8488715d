import { AttacheError } from "@attache/base"
import { type ExitCode, exitCodes } from "../exit.ts"
import { formatOf, type Options, usageError } from "../options.ts"
import { printData } from "../output/format.ts"
import { textOfModuleFile } from "../output/module-text.ts"
import { inspectFile } from "../packages/inspect.ts"

/** Shows what a Wasm module's file says about how it will fare in Envoy; exit 3 when Envoy would refuse it. */
export async function run([path]: readonly string[], options: Options): Promise<ExitCode> {
  if (path === undefined) throw usageError("no module given", "name a file: attache wasm inspect FILE")
  const inspected = await inspectFile(path)
  if (!inspected.facts.isWasm && formatOf(options) === "text") {
    throw new AttacheError("ATT_WASM_NOT_WASM", `${path} is no WebAssembly module of version 1`, {
      hint: inspected.facts.findings[0]?.hint ?? "give the module itself",
    })
  }
  await printData(formatOf(options), inspected, () => textOfModuleFile(inspected))
  return inspected.facts.load.isLikely ? exitCodes.done : exitCodes.findings
}
