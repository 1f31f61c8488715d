// What --config says: documents that configure the control plane, read with places and taken whole or not at all.
import { readFileSync, statSync } from "node:fs"
import { AttacheError, type Diagnostic, formatDiagnostic, messageOf } from "@attache/base"
import {
  type OwnKind,
  ownKindOf,
  ownVersion,
  readYaml,
  validateConfiguration,
  type YamlDocument,
} from "@attache/kube-api"
import { type Profile, type Settings, settingsFrom } from "@attache/translate"
import { type Options, textOf, usageError } from "../options.ts"
import { profileSettings } from "../profile-settings.ts"
import { readAddressPolicy } from "./address-policy.ts"
import { readPolicyDocument, type SignatureDemand } from "./signature-policy.ts"

/** How a control plane is configured. */
export interface Configuration {
  /** The profile's, over them those of the EnvoyGateway document. */
  readonly settings: Settings
  /** Who must have signed the images of modules. Default: nobody. */
  readonly signatures?: SignatureDemand
  /** Ranges of addresses that modules may come from beside public ones and, with profile host, loopback. Default: none. */
  readonly allowedAddresses?: readonly string[]
}

/** Documents of a configuration file. */
export interface ConfigurationReading extends Omit<Configuration, "settings"> {
  readonly envoyGateway?: Parameters<typeof settingsFrom>[0]
  readonly diagnostics: readonly Diagnostic[]
}

const limits = { bytes: 1024 * 1024, documents: 100, nodes: 100_000 } as const

/**
 * The configuration of a verb; of what is wrong with it, only errors count here.
 *
 * Errors: ATT_USAGE_OPTION when the file cannot be read, else the code of the first error in it.
 */
export function configurationOf(options: Options, profile: Profile): Configuration {
  const base = profileSettings(profile, options)
  const file = textOf(options, "config")
  if (file === undefined) return { settings: base }
  const { envoyGateway, diagnostics, ...policies } = loadConfiguration(file)
  const errors = diagnostics.filter(({ severity }) => severity === "error")
  const [first] = errors
  if (first !== undefined) {
    const text = errors.map(formatDiagnostic).join("\n")
    throw new AttacheError(first.code, `the configuration is wrong:\n${text}`, {
      hint: "attache validate -f RESOURCES --config FILE names every place",
      facts: { file },
    })
  }
  return { settings: envoyGateway === undefined ? base : settingsFrom(envoyGateway, base), ...policies }
}

/**
 * Reads a configuration file: at most one document of each kind.
 *
 * Errors: ATT_USAGE_OPTION when it cannot be read. Codes: ATT_YAML_*, ATT_RESOURCE_*, ATT_SIGNATURE_POLICY, ATT_ADDRESS_POLICY.
 */
export function loadConfiguration(file: string): ConfigurationReading {
  const { documents, diagnostics } = readYaml(textOfConfiguration(file), file, limits)
  const findings: Diagnostic[] = [...diagnostics]
  const only = (kind: OwnKind | undefined): YamlDocument | undefined => {
    const [first, ...more] = documents.filter(({ value }) => ownKindOf(value) === kind)
    findings.push(...more.map((document) => oneTooMany(document, file)))
    return first
  }
  for (const document of documents)
    if (ownKindOf(document.value) === undefined)
      findings.push(...validateConfiguration(document, file).map(withAllKinds))
  const envoyGateway = only(undefined)
  const [signed, addressed] = [only("SignaturePolicy"), only("AddressPolicy")]
  const signatures = signed === undefined ? { diagnostics: [] } : readPolicyDocument(signed, file)
  const addresses = addressed === undefined ? { diagnostics: [] } : readAddressPolicy(addressed, file)
  return {
    ...(envoyGateway === undefined ? {} : { envoyGateway: envoyGateway.value as Parameters<typeof settingsFrom>[0] }),
    ...signatures,
    ...addresses,
    diagnostics: [...findings, ...signatures.diagnostics, ...addresses.diagnostics],
  }
}

/** What is wrong with documents of our kinds, wherever they stand. */
export function ownFindings(document: YamlDocument, file: string): readonly Diagnostic[] {
  const read = ownKindOf(document.value) === "AddressPolicy" ? readAddressPolicy : readPolicyDocument
  return read(document, file).diagnostics
}

function textOfConfiguration(file: string): string {
  try {
    if (statSync(file).size > limits.bytes) throw new Error(`it has more than ${limits.bytes} bytes`)
    return readFileSync(file, "utf8")
  } catch (error) {
    throw usageError(`configuration ${file} cannot be read: ${messageOf(error)}`, "give an EnvoyGateway document")
  }
}

/** The command knows more kinds than Envoy Gateway. */
function withAllKinds(finding: Diagnostic): Diagnostic {
  if (finding.code !== "ATT_RESOURCE_NOT_CONFIGURATION") return finding
  return {
    ...finding,
    hint: `${finding.hint}, or apiVersion: ${ownVersion} and kind: SignaturePolicy or AddressPolicy`,
  }
}

function oneTooMany({ start }: YamlDocument, file: string): Diagnostic {
  const message = "there is more than one configuration of this kind"
  const hint = "leave one document of each kind in the file"
  return { code: "ATT_RESOURCE_NOT_CONFIGURATION", severity: "error", message, hint, file, ...start }
}
