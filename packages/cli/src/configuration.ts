// What --config says: documents that configure the control plane, read with places and taken whole or not at all.
import { readFileSync, statSync } from "node:fs"
import { AttacheError, type Diagnostic, formatDiagnostic, messageOf } from "@attache/base"
import {
  isSignaturePolicy,
  readYaml,
  signaturePolicyVersion,
  validateConfiguration,
  type YamlDocument,
} from "@attache/kube-api"
import { type Profile, type Settings, settingsFrom } from "@attache/translate"
import { type Options, textOf, usageError } from "./options.ts"
import { readPolicyDocument, type SignatureDemand } from "./packages/signature-policy.ts"
import { profileSettings } from "./profile-settings.ts"

/** How a control plane is configured. */
export interface Configuration {
  /** The profile's, over them those of the EnvoyGateway document. */
  readonly settings: Settings
  /** Who must have signed the images of modules. Default: nobody. */
  readonly signatures?: SignatureDemand
}

/** Documents of a configuration file. */
export interface ConfigurationReading {
  readonly envoyGateway?: Parameters<typeof settingsFrom>[0]
  readonly signatures?: SignatureDemand
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
  const { envoyGateway, signatures, diagnostics } = loadConfiguration(file)
  const errors = diagnostics.filter(({ severity }) => severity === "error")
  const [first] = errors
  if (first !== undefined) {
    const text = errors.map(formatDiagnostic).join("\n")
    throw new AttacheError(first.code, `the configuration is wrong:\n${text}`, {
      hint: "attache validate -f RESOURCES --config FILE names every place",
      facts: { file },
    })
  }
  return {
    settings: envoyGateway === undefined ? base : settingsFrom(envoyGateway, base),
    ...(signatures === undefined ? {} : { signatures }),
  }
}

/**
 * Reads a configuration file: at most one EnvoyGateway and one SignaturePolicy.
 *
 * Errors: ATT_USAGE_OPTION when it cannot be read. Codes: ATT_YAML_*, ATT_RESOURCE_*, ATT_SIGNATURE_POLICY.
 */
export function loadConfiguration(file: string): ConfigurationReading {
  const { documents, diagnostics } = readYaml(textOfConfiguration(file), file, limits)
  const findings: Diagnostic[] = [...diagnostics]
  const policies = documents.filter(({ value }) => isSignaturePolicy(value))
  const others = documents.filter(({ value }) => !isSignaturePolicy(value))
  for (const document of others) findings.push(...validateConfiguration(document, file).map(withBothKinds))
  for (const document of [...policies.slice(1), ...others.slice(1)]) findings.push(oneTooMany(document, file))
  const [policy] = policies
  const reading = policy === undefined ? { diagnostics: [] } : readPolicyDocument(policy, file)
  return {
    ...(others[0] === undefined ? {} : { envoyGateway: others[0].value as Parameters<typeof settingsFrom>[0] }),
    ...(reading.signatures === undefined ? {} : { signatures: reading.signatures }),
    diagnostics: [...findings, ...reading.diagnostics],
  }
}

function textOfConfiguration(file: string): string {
  try {
    if (statSync(file).size > limits.bytes) throw new Error(`it has more than ${limits.bytes} bytes`)
    return readFileSync(file, "utf8")
  } catch (error) {
    throw usageError(`configuration ${file} cannot be read: ${messageOf(error)}`, "give an EnvoyGateway document")
  }
}

/** The command knows a kind more than Envoy Gateway. */
function withBothKinds(finding: Diagnostic): Diagnostic {
  if (finding.code !== "ATT_RESOURCE_NOT_CONFIGURATION") return finding
  return { ...finding, hint: `${finding.hint}, or apiVersion: ${signaturePolicyVersion} and kind: SignaturePolicy` }
}

function oneTooMany({ start }: YamlDocument, file: string): Diagnostic {
  const message = "there is more than one configuration of this kind"
  const hint = "leave one EnvoyGateway and one SignaturePolicy in the file"
  return { code: "ATT_RESOURCE_NOT_CONFIGURATION", severity: "error", message, hint, file, ...start }
}
