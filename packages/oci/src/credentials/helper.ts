import { spawn } from "node:child_process"
import { AttacheError } from "@attache/base"
import { isJsonObject } from "../content/read-fields.ts"
import { type Credential, secretOf } from "./credential.ts"

/** How helper programs are run. */
export interface HelperOptions {
  /** Default: the process's environment, whose PATH finds the program. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Longest time, in milliseconds. Default 60 s: a helper may ask its user something. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** Longest answer of a helper, in bytes. */
const maxAnswerBytes = 1024 * 1024

/** User name by which a helper says that the secret is a refresh token. Source: docker-credential-helpers 0.9. */
const identityUser = "<token>"

/**
 * Asks the program `docker-credential-NAME` for the credentials of a server; undefined when it has none.
 *
 * Error: ATT_OCI_CREDENTIALS. Source: docker-credential-helpers 0.9: `get`, the server on standard input, JSON on output.
 */
export async function askHelper(
  name: string,
  server: string,
  options: HelperOptions = {},
): Promise<Credential | undefined> {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) throw failed(name, "its name is no name of a program")
  const { status, output } = await run(name, server, options)
  const text = output.toString("utf8").trim()
  if (status !== 0) {
    if (/credentials not found/i.test(text)) return undefined
    throw failed(name, `it ended with status ${status}`)
  }
  const answer = parseAnswer(text, name)
  const { Username: username, Secret: secret } = answer
  if (typeof username !== "string" || typeof secret !== "string")
    throw failed(name, "its answer has no user and secret")
  if (username === "" && secret === "") return undefined
  if (username === identityUser) return { kind: "identity", token: secretOf(secret) }
  return { kind: "password", username, password: secretOf(secret) }
}

function parseAnswer(text: string, name: string): Readonly<Record<string, unknown>> {
  try {
    const answer: unknown = JSON.parse(text)
    if (isJsonObject(answer)) return answer
  } catch {
    // The parser's message quotes the answer, which may hold the secret.
  }
  throw failed(name, "its answer is no JSON object")
}

interface Ended {
  readonly status: number
  readonly output: Buffer
}

function run(
  name: string,
  server: string,
  { env = process.env, timeoutMs = 60_000, signal }: HelperOptions,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(`docker-credential-${name}`, ["get"], {
      env: { ...env },
      stdio: ["pipe", "pipe", "ignore"],
      ...(signal === undefined ? {} : { signal }),
    })
    const chunks: Buffer[] = []
    let size = 0
    const stop = (reason: string): void => {
      reject(failed(name, reason))
      child.kill("SIGKILL")
      // A child of the helper may hold the pipe open.
      child.stdout.destroy()
    }
    const timer = setTimeout(() => stop(`it took longer than ${timeoutMs / 1000} s`), timeoutMs)
    child.on("error", (error) => {
      clearTimeout(timer)
      reject(signal?.aborted === true ? signal.reason : failed(name, error.message, error))
    })
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length
      if (size > maxAnswerBytes) stop(`its answer has more than ${maxAnswerBytes} bytes`)
      else chunks.push(chunk)
    })
    child.on("close", (status) => {
      clearTimeout(timer)
      resolve({ status: status ?? -1, output: Buffer.concat(chunks) })
    })
    // It may end without reading.
    child.stdin.on("error", () => {})
    child.stdin.end(server)
  })
}

function failed(name: string, reason: string, cause?: unknown): AttacheError {
  return new AttacheError("ATT_OCI_CREDENTIALS", `credential helper docker-credential-${name} failed: ${reason}`, {
    hint: `run docker-credential-${name} by hand, or log in anew`,
    facts: { helper: name },
    cause,
  })
}
