// Who must have signed what, in YAML: read with places, so that a mistake in it opens no door unnoticed.
import { readFileSync, statSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { type Diagnostic, isAttacheError, messageOf } from "@attache/base"
import { ownKindOf, type PathStep, readYaml, type YamlDocument } from "@attache/kube-api"
import {
  type CertificateIdentity,
  readPublicKey,
  readTrustRoot,
  type SignaturePolicy,
  type SignatureRule,
  type SignatureTrust,
  type TrustedKey,
} from "@attache/oci"
import { type FieldReader, fieldReader, kindIn, listOf, membersOf, textIn } from "./fields.ts"

/** Who must have signed, and what signatures are held against. */
export interface SignatureDemand {
  readonly policy: SignaturePolicy
  readonly trust: SignatureTrust
}

/** A policy with the keys and authorities it names, or why it cannot be read; never a part of one. */
export interface PolicyReading {
  readonly signatures?: SignatureDemand
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads a file that a policy names. Throws what keeps it from doing so. */
export type ReadPolicyFile = (path: string) => Uint8Array

const limits = { bytes: 1024 * 1024, rules: 1_000, entries: 100 } as const

/**
 * Reads a policy file, and the files of keys and trust root that it names, relative to it. Code: ATT_SIGNATURE_POLICY.
 *
 * Alone in its file a policy needs no kind; a whole configuration may be named too.
 */
export function loadSignaturePolicy(path: string): PolicyReading {
  try {
    return readSignaturePolicy(readSmall(path).toString("utf8"), path)
  } catch (error) {
    const message = `the policy cannot be read: ${messageOf(error)}`
    return { diagnostics: [{ code: "ATT_SIGNATURE_POLICY", severity: "error", file: path, message }] }
  }
}

/** Reads a policy from its text. Codes: ATT_SIGNATURE_POLICY, ATT_YAML_*. */
export function readSignaturePolicy(text: string, file: string, readFile = besides(file)): PolicyReading {
  const { documents, diagnostics } = readYaml(text, file, { bytes: limits.bytes, documents: 100, nodes: 100_000 })
  if (diagnostics.some(({ severity }) => severity === "error")) return { diagnostics }
  const policies =
    documents.length === 1 ? documents : documents.filter(({ value }) => ownKindOf(value) === "SignaturePolicy")
  const [document, second] = policies
  const notes = [...diagnostics]
  if (document === undefined || second !== undefined) {
    const { refuse } = readerOf(document, file, readFile, notes)
    refuse([], `the file has ${policies.length} policies`, "write one policy in it")
    return { diagnostics: notes }
  }
  const reading = readPolicyDocument(document, file, readFile)
  return { ...reading, diagnostics: [...notes, ...reading.diagnostics] }
}

/** Reads a policy from a document, with or without its kind. Code: ATT_SIGNATURE_POLICY. */
export function readPolicyDocument(document: YamlDocument, file: string, readFile = besides(file)): PolicyReading {
  const diagnostics: Diagnostic[] = []
  const signatures = policyFrom(document.value, readerOf(document, file, readFile, diagnostics))
  return diagnostics.length > 0 ? { diagnostics } : { signatures, diagnostics }
}

function besides(file: string): ReadPolicyFile {
  return (path) => readSmall(resolve(dirname(file), path))
}

function readSmall(path: string): Buffer {
  const { size } = statSync(path)
  if (size > limits.bytes) throw new Error(`it has more than ${limits.bytes} bytes`)
  return readFileSync(path)
}

interface Reader extends FieldReader {
  readonly readFile: ReadPolicyFile
}

function readerOf(
  document: YamlDocument | undefined,
  file: string,
  readFile: ReadPolicyFile,
  diagnostics: Diagnostic[],
): Reader {
  return { ...fieldReader(document, file, "ATT_SIGNATURE_POLICY", diagnostics), readFile }
}

function policyFrom(value: unknown, reader: Reader): SignatureDemand {
  const members = membersOf(value, [], ["rules", "otherwise", "trustRoot", "apiVersion", "kind"], reader)
  if ((members.apiVersion ?? members.kind) !== undefined) kindIn(members, "SignaturePolicy", reader)
  const keys = new Map<string, TrustedKey>()
  const rules = listOf(members.rules, ["rules"], limits.rules, reader).map((rule, at) =>
    ruleFrom(rule, at, keys, reader),
  )
  if (members.rules === undefined) reader.refuse([], "there are no rules", "list them under rules")
  const { otherwise = "refuse" } = members
  if (otherwise !== "accept" && otherwise !== "refuse")
    reader.refuse(["otherwise"], "is neither accept nor refuse", "say what becomes of repositories that no rule names")
  const root = members.trustRoot === undefined ? undefined : trustRootFrom(members.trustRoot, reader)
  const wantsRoot = rules.findIndex(({ identities = [] }) => identities.length > 0)
  if (wantsRoot >= 0 && members.trustRoot === undefined)
    reader.refuse(
      ["rules", wantsRoot, "identities"],
      "identities are known by a trust root alone, and there is none",
      "name the file trusted_root.json under trustRoot",
    )
  return {
    policy: { rules, otherwise: otherwise === "accept" ? "accept" : "refuse" },
    trust: { keys: [...keys.values()], ...(root === undefined ? {} : { root }) },
  }
}

function ruleFrom(value: unknown, at: number, known: Map<string, TrustedKey>, reader: Reader): SignatureRule {
  const path = ["rules", at] as const
  const allowed = ["repository", "signed", "keys", "identities", "minimumVersion"]
  const members = membersOf(value, path, allowed, reader)
  const repository = textIn(members, path, "repository", reader)
  if (repository === undefined && members.repository === undefined)
    reader.refuse(path, "the rule names no repository", "write repository: registry/path, with * and ** for any")
  const { signed = "required" } = members
  if (signed !== "required" && signed !== "not-required")
    reader.refuse([...path, "signed"], "is neither required nor not-required", "write one of the two")
  const keys = listOf(members.keys, [...path, "keys"], limits.entries, reader).flatMap((key, index) => {
    const found = keyFrom(key, [...path, "keys", index], reader)
    if (found !== undefined) known.set(found.fingerprint, found)
    return found?.fingerprint ?? []
  })
  const identities = listOf(members.identities, [...path, "identities"], limits.entries, reader).flatMap(
    (identity, index) => identityFrom(identity, [...path, "identities", index], reader) ?? [],
  )
  const names = [members.keys, members.identities].some((list) => Array.isArray(list) && list.length > 0)
  if (signed === "required" && !names)
    reader.refuse(path, "a signature is required, and nobody's is accepted", "name keys or identities")
  const minimumVersion = textIn(members, path, "minimumVersion", reader)
  return {
    repository: repository ?? "",
    signed: signed === "not-required" ? "not-required" : "required",
    keys,
    identities,
    ...(minimumVersion === undefined ? {} : { minimumVersion }),
  }
}

function keyFrom(value: unknown, path: readonly PathStep[], reader: Reader): TrustedKey | undefined {
  if (typeof value !== "string") {
    reader.refuse(path, "is no text", "write the file of a public key, or the key itself in PEM")
    return undefined
  }
  try {
    const isPem = value.trimStart().startsWith("-----BEGIN ")
    return readPublicKey(isPem ? value : Buffer.from(reader.readFile(value)).toString("utf8"))
  } catch (error) {
    reader.refuse(path, messageOf(error), "name the file of a public key in PEM: ECDSA P-256, Ed25519 or RSA")
    return undefined
  }
}

function identityFrom(value: unknown, path: readonly PathStep[], reader: Reader): CertificateIdentity | undefined {
  const members = membersOf(value, path, ["subject", "issuer"], reader)
  const [subject, issuer] = [textIn(members, path, "subject", reader), textIn(members, path, "issuer", reader)]
  if (subject !== undefined && issuer !== undefined) return { subject, issuer }
  if (members.subject === undefined || members.issuer === undefined)
    reader.refuse(path, "an identity has a subject and an issuer", "write both, with * for any part")
  return undefined
}

function trustRootFrom(value: unknown, reader: Reader): SignatureTrust["root"] | undefined {
  try {
    if (typeof value !== "string") throw new Error("is no text")
    return readTrustRoot(reader.readFile(value))
  } catch (error) {
    const hint = isAttacheError(error) ? error.hint : undefined
    reader.refuse(["trustRoot"], messageOf(error), hint ?? "name the file trusted_root.json of the Sigstore instance")
    return undefined
  }
}
