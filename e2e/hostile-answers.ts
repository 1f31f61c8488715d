// Answers of a registry that means harm or is broken, each wrong in one way, and the code with which the command leaves.
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Twist } from "@attache/oci/testing"

/** An answer that must end in a named error. */
export interface HostileAnswer {
  readonly name: string
  readonly code: string
  readonly twist: Twist
  /** Default: a pull. */
  readonly verb?: "list" | "verify" | "push"
}

const isBlob = ({ url = "" }: IncomingMessage): boolean => url.includes("/blobs/")
const isManifest = ({ url = "" }: IncomingMessage): boolean => url.includes("/manifests/")
const isReferrers = ({ url = "" }: IncomingMessage): boolean => url.includes("/referrers/")
const isAny = (): boolean => true
const isUpload = ({ url = "", method }: IncomingMessage): boolean => method === "POST" && url.includes("/uploads/")

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown

const when =
  (is: (request: IncomingMessage) => boolean, answer: Answer): Twist =>
  (request, response) => {
    if (!is(request)) return false
    answer(request, response)
    return true
  }
const to =
  (location: string): Answer =>
  (_request, response) =>
    response.writeHead(307, { location }).end()
const login =
  (challenge: string): Answer =>
  (_request, response) =>
    response.writeHead(401, { "www-authenticate": challenge }).end()
const endless =
  (headers: Readonly<Record<string, string>> = {}): Answer =>
  ({ method }, response) => {
    response.writeHead(200, headers)
    if (method === "HEAD") return response.end()
    const more = (): void => {
      if (!response.destroyed) response.write(Buffer.alloc(65_536, 0x20), () => setImmediate(more))
    }
    more()
  }
const json =
  (document: unknown, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_request, response) =>
    response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(document))
const manifestType = { "content-type": "application/vnd.oci.image.manifest.v1+json" }
const digest = { "docker-content-digest": `sha256:${"0".repeat(64)}` }
const isToken = ({ url = "" }: IncomingMessage): boolean => url.startsWith("/token")

/** Wants a token from itself, and answers that request with something. */
const tokenServer =
  (answer: Answer): Twist =>
  (request, response) => {
    if (isToken(request)) answer(request, response)
    else login(`Bearer realm="http://${request.headers.host}/token",service="x"`)(request, response)
    return true
  }

const redirects = [
  ["a metadata address", "http://169.254.169.254/latest/meta-data/", "ATT_HTTP_ADDRESS_DENIED"],
  ["a metadata address over https", "https://169.254.169.254/", "ATT_HTTP_ADDRESS_DENIED"],
  ["a metadata address in one number", "http://2852039166/", "ATT_HTTP_ADDRESS_DENIED"],
  ["a metadata address in octal numbers", "http://0251.0376.0251.0376/", "ATT_HTTP_ADDRESS_DENIED"],
  ["a metadata address in hexadecimal numbers", "http://0xa9.0xfe.0xa9.0xfe/", "ATT_HTTP_ADDRESS_DENIED"],
  ["a metadata address mapped into IPv6", "http://[::ffff:169.254.169.254]/", "ATT_HTTP_ADDRESS_DENIED"],
  ["a metadata address behind NAT64", "http://[64:ff9b::a9fe:a9fe]/", "ATT_HTTP_ADDRESS_DENIED"],
  ["a metadata address of IPv6", "http://[fd00:ec2::254]/", "ATT_HTTP_ADDRESS_DENIED"],
  ["a link-local address", "http://[fe80::1]/", "ATT_HTTP_ADDRESS_DENIED"],
  ["no host at all", "http://0.0.0.0/", "ATT_HTTP_ADDRESS_DENIED"],
  ["a broadcast", "http://255.255.255.255/", "ATT_HTTP_ADDRESS_DENIED"],
  ["an address with a zone", "http://[fe80::1%25lo]/", "ATT_HTTP_REDIRECT"],
  ["a file", "file:///etc/passwd", "ATT_HTTP_REDIRECT"],
  ["another protocol", "gopher://127.0.0.1:1/", "ATT_HTTP_REDIRECT"],
  ["a URL with a user", "https://user:word@example.com/", "ATT_HTTP_REDIRECT"],
  ["what is no URL", "http://[", "ATT_HTTP_REDIRECT"],
] as const

/** All of them. */
export const hostileAnswers: readonly HostileAnswer[] = [
  ...redirects.flatMap(([name, location, code]) => [
    { name: `a blob redirected to ${name}`, code, twist: when(isBlob, to(location)) },
  ]),
  {
    name: "a manifest redirected to a metadata address",
    code: "ATT_HTTP_ADDRESS_DENIED",
    twist: when(isManifest, to("http://169.254.169.254/")),
  },
  {
    name: "redirects in a circle",
    code: "ATT_HTTP_REDIRECT",
    twist: when(isBlob, (request, response) => to(`${request.url}x`)(request, response)),
  },
  {
    name: "logins at a metadata address",
    code: "ATT_HTTP_ADDRESS_DENIED",
    twist: when(isAny, login('Bearer realm="http://169.254.169.254/token"')),
  },
  {
    name: "logins at a file",
    code: "ATT_OCI_PROTOCOL",
    twist: when(isAny, login('Bearer realm="file:///etc/shadow"')),
  },
  { name: "logins at what is no URL", code: "ATT_OCI_PROTOCOL", twist: when(isAny, login("Bearer realm=x")) },
  { name: "logins in a way nobody knows", code: "ATT_OCI_UNAUTHORIZED", twist: when(isAny, login("Magic word")) },
  { name: "logins without a way", code: "ATT_OCI_UNAUTHORIZED", twist: when(isAny, login("")) },
  { name: "a token that is none", code: "ATT_OCI_PROTOCOL", twist: tokenServer(json({ token: 7 })) },
  { name: "a token with a header in it", code: "ATT_OCI_PROTOCOL", twist: tokenServer(json({ token: "a\r\nx: y" })) },
  {
    name: "a token in broken JSON",
    code: "ATT_OCI_PROTOCOL",
    twist: tokenServer((_request, response) => response.end('{"token": "')),
  },
  { name: "a token without end", code: "ATT_HTTP_TOO_LARGE", twist: tokenServer(endless()) },
  { name: "tokens that it does not take", code: "ATT_OCI_UNAUTHORIZED", twist: tokenServer(json({ token: "a" })) },
  { name: "a manifest without end", code: "ATT_OCI_LIMIT", twist: when(isManifest, endless(manifestType)) },
  {
    name: "a manifest of a gigabyte",
    code: "ATT_OCI_LIMIT",
    twist: when(isManifest, endless({ ...manifestType, "content-length": "1000000000" })),
  },
  {
    name: "a page for people where a manifest should be",
    code: "ATT_OCI_MANIFEST",
    twist: when(isManifest, (_request, response) =>
      response.writeHead(200, { "content-type": "text/html" }).end("<html>Welcome</html>"),
    ),
  },
  {
    name: "another digest than that of the manifest",
    code: "ATT_OCI_DIGEST",
    twist: when(isManifest, json({ schemaVersion: 2 }, { ...manifestType, ...digest })),
  },
  { name: "a blob without end", code: "ATT_OCI_SIZE", twist: when(isBlob, endless()) },
  {
    name: "a blob that ends early",
    code: "ATT_OCI_SIZE",
    twist: when(isBlob, (_request, response) => response.writeHead(200, { "content-length": "1" }).end("{")),
  },
  {
    name: "a blob in a compression that nobody asked for",
    code: "ATT_OCI_SIZE",
    twist: when(isBlob, (_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(Buffer.alloc(2_000, 0x1f)),
    ),
  },
  ...[
    ["at a metadata address", { location: "http://169.254.169.254/x" }, "ATT_HTTP_ADDRESS_DENIED"],
    ["at a metadata address mapped into IPv6", { location: "http://[::ffff:a9fe:a9fe]/" }, "ATT_HTTP_ADDRESS_DENIED"],
    ["in a file", { location: "file:///tmp/x" }, "ATT_OCI_PROTOCOL"],
    ["nowhere", {}, "ATT_OCI_PROTOCOL"],
  ].map(([place, headers, code]) => ({
    name: `an upload that goes on ${place}`,
    code: String(code),
    verb: "push" as const,
    twist: when(isUpload, (_request, response) => response.writeHead(202, headers as Record<string, string>).end()),
  })),
  {
    name: "tags without end",
    code: "ATT_OCI_PROTOCOL",
    verb: "list",
    twist: when(isAny, json({ name: "a/b", tags: ["1"] }, { link: '</v2/a/b/tags/list?last=1>; rel="next"' })),
  },
  {
    name: "tags that go on elsewhere",
    code: "ATT_OCI_PROTOCOL",
    verb: "list",
    twist: when(isAny, json({ name: "a/b", tags: ["1"] }, { link: '<http://169.254.169.254/>; rel="next"' })),
  },
  {
    name: "tags in broken JSON",
    code: "ATT_OCI_PROTOCOL",
    verb: "list",
    twist: when(isAny, (_request, response) => response.end('{"tags": [')),
  },
  { name: "referrers without end", code: "ATT_HTTP_TOO_LARGE", verb: "verify", twist: when(isReferrers, endless()) },
  {
    name: "headers without end",
    code: "ATT_HTTP_UNREACHABLE",
    twist: when(isManifest, (_request, response) => {
      response.socket?.write(`HTTP/1.1 200 OK\r\n${"x: yyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(10_000)}`)
    }),
  },
  {
    name: "what is no HTTP",
    code: "ATT_HTTP_UNREACHABLE",
    twist: when(isManifest, (_request, response) => response.socket?.end("220 ESMTP ready\r\n")),
  },
  {
    name: "an error of a gigabyte",
    code: "ATT_OCI_REFUSED",
    twist: when(isManifest, (request, response) => {
      response.writeHead = response.writeHead.bind(response, 418) as never
      endless()(request, response)
    }),
  },
]
