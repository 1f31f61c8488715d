/** Exit codes of the command; scripts rely on them. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  findings: 3,
  environment: 4,
  timeout: 5,
  interrupted: 130,
} as const

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Codes of errors whose cure lies in the machine: no Envoy, a port in use. */
const environmentPrefixes = [
  "ATT_ENVOY_",
  "ATT_STATE_",
  "ATT_XDS_",
  "ATT_STATUS_LISTEN",
  "ATT_MODULE_LISTEN",
  "ATT_BUILD_TOOLCHAIN",
]

/** Exit code for an error with a code. */
export function exitCodeOf(code: string): ExitCode {
  if (code.startsWith("ATT_USAGE_") || code === "ATT_OCI_REFERENCE") return exitCodes.usage
  if (code === "ATT_CLI_INTERRUPTED") return exitCodes.interrupted
  if (code === "ATT_BUILD_FAILED" || code === "ATT_RESOURCE_PORT_TAKEN") return exitCodes.findings
  if (code.endsWith("_TIMEOUT") || code === "ATT_HTTP_STALLED") return exitCodes.timeout
  return environmentPrefixes.some((prefix) => code.startsWith(prefix)) ? exitCodes.environment : exitCodes.failed
}
