import { createHash } from "node:crypto"
import type { DescriptorProto, FileDescriptorSet } from "@bufbuild/protobuf/wkt"

/**
 * Text of `provenance.json`: where a descriptor set is from and what it holds.
 *
 * @param modules Go modules to name with their versions; that of the first is Envoy's
 */
export function provenanceOf(
  bytes: Uint8Array,
  set: FileDescriptorSet,
  goMod: string,
  modules: readonly string[],
): string {
  const versions = modules.map((module) => {
    const version = goMod
      .split("\n")
      .map((line) =>
        line
          .trim()
          .replace(/ \/\/ indirect$/, "")
          .split(" "),
      )
      .find(([name]) => name === module)?.[1]
    if (version === undefined) throw new Error(`go.mod does not require ${module}`)
    return [module, version]
  })
  const messages = set.file
    .flatMap((file) => file.messageType)
    .reduce((sum, message) => sum + countMessages(message), 0)
  const enums = set.file.reduce(
    (sum, file) => sum + file.enumType.length + file.messageType.reduce((n, message) => n + countEnums(message), 0),
    0,
  )
  const record = {
    envoy: (versions[0]?.[1] ?? "").slice(1),
    modules: Object.fromEntries(versions),
    licence: "Apache-2.0",
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    files: set.file.length,
    messages,
    enums,
  }
  return `${JSON.stringify(record, null, 2)}\n`
}

const countMessages = (message: DescriptorProto): number =>
  message.options?.mapEntry === true
    ? 0
    : 1 + message.nestedType.reduce((sum, nested) => sum + countMessages(nested), 0)

const countEnums = (message: DescriptorProto): number =>
  message.enumType.length + message.nestedType.reduce((sum, nested) => sum + countEnums(nested), 0)
