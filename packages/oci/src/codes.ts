import { archiveCodes } from "./archive/codes.ts"
import { formatCodes } from "./formats/codes.ts"

/** Error codes of this package: what each means and what cures it. Codes never change their meaning. */
export const codes = {
  ATT_OCI_DIGEST: {
    cause:
      "content does not have the digest by which it was asked for, or the digest has a form or algorithm unknown here",
    cure: "ask again, and if it stays so, find out who altered the content; sha256 and sha512 are known",
  },
  ...archiveCodes,
  ...formatCodes,
  ATT_HTTP_ADDRESS_DENIED: {
    cause: "a host or a redirect leads to an address that may not be reached",
    cure: "use a public address, or allow loopback or private ones in the configuration; metadata addresses stay closed",
  },
  ATT_HTTP_UNREACHABLE: {
    cause: "a host cannot be resolved or connected to, its certificate is not trusted, or the connection broke",
    cure: "check name, port, network and certificates; the reason is in the message",
  },
  ATT_HTTP_STALLED: {
    cause: "a host accepted a request and then answered nothing, or too little in too long a time",
    cure: "try again later, or find out what slows the host or the network down",
  },
  ATT_HTTP_REDIRECT: {
    cause: "a host redirects too often, to another protocol, or to what is no URL",
    cure: "ask for the place it should lead to",
  },
  ATT_HTTP_PROXY: {
    cause: "the proxy of the environment refuses to connect to the host",
    cure: "correct HTTP_PROXY, HTTPS_PROXY or NO_PROXY, or the proxy's own rules",
  },
  ATT_HTTP_TOO_LARGE: {
    cause: "an answer is larger than it may be",
    cure: "find out why; what is asked for here is small",
  },
} as const
