// An external processor in TypeScript.
import { createExtProcServer, type ExtProcServer } from "@attache/ext-proc"

/** Listens on a Unix socket. */
export async function startProcessor(unixPath: string): Promise<ExtProcServer> {
  const server = createExtProcServer({
    onRequestHeaders: (headers) => headers.set("x-ext-proc-request", "hello from ext_proc"),
    onResponseHeaders: (headers) => headers.set("x-ext-proc-response", "goodbye from ext_proc"),
  })
  await server.listen({ unixPath })
  return server
}
