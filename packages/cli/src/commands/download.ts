import { join } from "node:path"
import { extensionFolder } from "@attache/oci"
import type { ExitCode } from "../exit.ts"
import { isOn, type Options, textOf, usageError } from "../options.ts"
import { newestVersion, readBuiltOnEnvoyName } from "../packages/built-on-envoy-name.ts"
import { pullExtension } from "../packages/pull.ts"
import { pullOptionsOf } from "../packages/pull-options.ts"
import { type RegistryAccess, registryAccessOf, withReference } from "../packages/registry-access.ts"
import { reportPulled } from "./pull.ts"

/** Fetches an extension into the folders of Built On Envoy's client; exit codes as those of `pull`. */
export async function run(args: readonly string[], options: Options): Promise<ExitCode> {
  const access = accessOf(options)
  const reference = await referenceOf(args[0] ?? "", options, access)
  const optionsFor = await pullOptionsOf(options)
  const base = textOf(options, "path") ?? "."
  const pulled = await withReference(reference, access, (opened, signal) =>
    pullExtension(opened, {
      ...optionsFor(opened, signal),
      folderFor: (extension) => join(base, extensionFolder(extension)),
    }),
  )
  return reportPulled(pulled, options, ({ path }) => `Extension downloaded to: ${path}`)
}

function accessOf(options: Options): RegistryAccess {
  const { env } = process
  const access = registryAccessOf(options)
  const user = textOf(options, "username") ?? env.BOE_REGISTRY_USERNAME ?? ""
  const password = textOf(options, "password") ?? env.BOE_REGISTRY_PASSWORD ?? ""
  const isInsecure = isOn(options, "insecure") || /^(1|true)$/i.test(env.BOE_REGISTRY_INSECURE ?? "")
  return {
    ...access,
    isPlainHttp: access.isPlainHttp || isInsecure,
    ...(user === "" ? {} : { login: { user, password } }),
  }
}

async function referenceOf(text: string, options: Options, access: RegistryAccess): Promise<string> {
  const name = readBuiltOnEnvoyName(text)
  if (name === undefined) return text
  const namespace = (textOf(options, "registry") ?? process.env.BOE_REGISTRY ?? "").replace(/\/+$/, "")
  // Without a namespace a name with a slash can only be a reference.
  if (namespace === "" && text.includes("/")) return text
  if (namespace === "")
    throw usageError(
      `no registry is named for ${text}`,
      "name it with --registry or BOE_REGISTRY, or write a reference",
    )
  const repository = `${namespace}/${name.repository}`
  if (name.tag !== undefined) return `${repository}:${name.tag}`
  const tags = await withReference(repository, access, ({ target }, signal) => target.tags({ signal }))
  return `${repository}:${newestVersion(tags, isOn(options, "dev"), repository)}`
}
