import { AttacheError } from "@attache/base"
import type { HttpResponse } from "../http/exchange.ts"

/**
 * The URL of the next page; undefined on the last one.
 *
 * Source: RFC 8288 as OCI distribution 1.1 uses it. Error: ATT_OCI_PROTOCOL when it leads to another host, where our login
 * would follow.
 */
export function nextPage({ headers, url }: Pick<HttpResponse, "headers" | "url">): URL | undefined {
  const link = Array.isArray(headers.link) ? headers.link.join(",") : headers.link
  const [, target] = /<([^<>]*)>\s*(?:;[^,<]*)*;\s*rel="?next"?/i.exec(link ?? "") ?? []
  if (target === undefined) return undefined
  const next = URL.canParse(target, url.href) ? new URL(target, url) : undefined
  if (next !== undefined && next.origin === url.origin) return next
  throw new AttacheError("ATT_OCI_PROTOCOL", `${url.host} links its next page to another place`, {
    facts: { url: url.origin + url.pathname },
  })
}

/** Where an upload goes on. Error: ATT_OCI_PROTOCOL. */
export function uploadLocation({ headers, url }: HttpResponse): URL {
  const { location } = headers
  const next = location !== undefined && URL.canParse(location, url.href) ? new URL(location, url) : undefined
  // Elsewhere is allowed, our login stays here; but never in the clear what was begun in secret.
  if (next?.protocol === "https:" || (next !== undefined && next.protocol === url.protocol)) return next
  throw new AttacheError("ATT_OCI_PROTOCOL", `${url.host} does not say where an upload goes on`, {
    facts: { url: url.origin + url.pathname },
  })
}

const maxPages = 10_000

/** Reads pages one after the other. @param read undefined: no more are wanted. Error: ATT_OCI_PROTOCOL for pages without end. */
export async function readPages(
  first: string,
  read: (page: string | URL) => Promise<Pick<HttpResponse, "headers" | "url"> | undefined>,
): Promise<void> {
  const seen = new Set<string>()
  let page: string | URL | undefined = first
  while (page !== undefined) {
    const response: Pick<HttpResponse, "headers" | "url"> | undefined = await read(page)
    page = response === undefined ? undefined : nextPage(response)
    if (page !== undefined && (seen.has(page.href) || seen.size > maxPages)) {
      throw new AttacheError("ATT_OCI_PROTOCOL", `${page.host} gives pages without end`, {
        facts: { pages: seen.size },
      })
    }
    if (page !== undefined) seen.add(page.href)
  }
}
