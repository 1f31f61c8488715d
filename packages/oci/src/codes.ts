import { archiveCodes } from "./archive/codes.ts"
import { formatCodes } from "./formats/codes.ts"
import { signatureCodes } from "./signatures/codes.ts"

/** Error codes of this package: what each means and what cures it. Codes never change their meaning. */
export const codes = {
  ATT_OCI_REFERENCE: {
    cause: "the text is no reference to an artifact, or no tag",
    cure: "write registry/repository:tag, registry/repository@sha256:digest or oci-layout:directory:tag",
  },
  ATT_OCI_CREDENTIALS: {
    cause: "a Docker configuration, a pull secret or a credential helper does not give credentials in their form",
    cure: "correct what is named, or log in anew",
  },
  ATT_OCI_UNAUTHORIZED: {
    cause: "the registry wants a login, or does not take the one it was given",
    cure: "log in to the registry, or check user, password and token",
  },
  ATT_OCI_DENIED: {
    cause: "the registry knows who asks, and that they may not do this",
    cure: "ask for the right to do it, or log in as somebody who has it",
  },
  ATT_OCI_NOT_FOUND: {
    cause: "the repository, tag, manifest or blob does not exist, or not for who asks",
    cure: "check its name; list the tags that are there",
  },
  ATT_OCI_UNSUPPORTED: {
    cause: "the registry does not offer the operation, such as removing a tag alone",
    cure: "do it in the registry's own way, or ask its operator to allow it",
  },
  ATT_OCI_RATE_LIMITED: {
    cause: "the registry has been asked too often and goes on refusing",
    cure: "try again later, or log in, for which registries allow more",
  },
  ATT_OCI_UNAVAILABLE: {
    cause: "the registry cannot answer at the moment, and several attempts did not help",
    cure: "try again later",
  },
  ATT_OCI_REFUSED: {
    cause: "the registry refuses the request; its own words are in the message",
    cure: "correct what it names, or ask its operator",
  },
  ATT_OCI_PROTOCOL: {
    cause: "the registry or its token server answers in a way that the distribution specification does not know",
    cure: "check that the address is a registry's, and ask its operator",
  },
  ATT_OCI_CONFLICT: {
    cause: "others kept writing the same list of referrers at the same time",
    cure: "try again",
  },
  ATT_OCI_LAYOUT: {
    cause: "a directory is no OCI image layout, or cannot be read or written",
    cure: "name the directory that holds the files oci-layout and index.json, or an empty one to write to",
  },
  ATT_OCI_LAYOUT_LOCKED: {
    cause: "another process has been writing the layout's index for longer than it should take",
    cure: "wait for it to end, or end it; a lock whose process is dead goes away by itself",
  },
  ATT_OCI_SIZE: {
    cause: "content is shorter or longer than its descriptor says",
    cure: "ask again, and if it stays so, push the artifact anew",
  },
  ATT_OCI_MANIFEST: {
    cause: "a manifest, an index or a descriptor in it does not have the form of the OCI image specification",
    cure: "push the artifact anew with a tool that writes that form; the field that is wrong is named",
  },
  ATT_OCI_LIMIT: {
    cause: "content is larger, deeper or more numerous than what is read from outside may be",
    cure: "make the artifact smaller, or raise the limit that is named",
  },
  ATT_OCI_DIGEST: {
    cause:
      "content does not have the digest by which it was asked for, or the digest has a form or algorithm unknown here",
    cure: "ask again, and if it stays so, find out who altered the content; sha256 and sha512 are known",
  },
  ...archiveCodes,
  ...formatCodes,
  ...signatureCodes,
  ATT_HTTP_ADDRESS_DENIED: {
    cause: "a host or a redirect leads to an address that may not be reached",
    cure: "use a public address, or allow this one to modules with an AddressPolicy in the file of --config; a registry may lead to hosts as public as itself; metadata addresses stay closed",
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
