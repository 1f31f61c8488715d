import type { Diagnostic } from "@attache/base"
import { type Extension, parsePlatform } from "@attache/oci"
import { isOn, type Options, textOf } from "../options.ts"
import { openLock } from "./lock-file.ts"
import type { PullExtensionOptions } from "./pull.ts"
import type { OpenedReference } from "./registry-access.ts"
import { demandOf, repositoryOf, verifyReference } from "./verify.ts"

/** The options that `pull` and `download` share. Errors: ATT_USAGE_OPTION, ATT_LOCK_FILE, ATT_OCI_PLATFORM, those of keys. */
export async function pullOptionsOf(
  options: Options,
): Promise<(opened: OpenedReference, signal: AbortSignal) => Omit<PullExtensionOptions, "folderFor">> {
  const platform = textOf(options, "platform") ?? ""
  const wanted = platform === "" ? undefined : parsePlatform(platform)
  const lockFile = openLock(options)
  const demand = await demandOf(options)
  return ({ target, reference }, signal) => {
    const judge = async ({ root, manifest }: Extension): Promise<readonly Diagnostic[]> => {
      if (demand === undefined) return []
      if (!("policy" in demand)) return demand
      return (await verifyReference(target, repositoryOf(reference), [root, manifest], demand, signal)).findings
    }
    return {
      update: isOn(options, "update"),
      force: isOn(options, "force"),
      judge,
      signal,
      ...(wanted === undefined ? {} : { platform: wanted }),
      ...(lockFile === undefined ? {} : { lockFile }),
    }
  }
}
