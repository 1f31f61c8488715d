// Who may have which image: proven by the registry, remembered for a while. A module in the store is nobody's by itself.
import type { ImageSource } from "./image-source.ts"
import type { Notes } from "./notes.ts"

/** How long a registry's word counts, in milliseconds. Source: Envoy Gateway 1.9. */
export const grantMs = 3_600_000

/**
 * What is known of somebody's right to an image.
 *
 * `given`: the registry gave it to them within {@link grantMs}, or once to nobody in particular, which is for everybody.
 * `old`: it did so longer ago. `none`: it never did, or refused since.
 */
export type Standing = "given" | "old" | "none"

/** Looks up a right. @param digest of the manifest or index */
export async function standingOf(
  notes: Notes,
  { repository, principal }: Pick<ImageSource, "repository" | "principal">,
  digest: string,
  nowMs: number,
): Promise<Standing> {
  const image = `${repository}@${digest}`
  if ((await notes.read("grant", `${image}\n`)) !== undefined) return "given"
  const given = principal === "" ? undefined : await notes.read("grant", `${image}\n${principal}`)
  if (given === undefined) return "none"
  const ageMs = nowMs - Number(given)
  // A clock that was set back makes nothing younger.
  return ageMs >= 0 && ageMs < grantMs ? "given" : "old"
}

/** Notes that the registry has just given an image to somebody. */
export function grant(
  notes: Notes,
  { repository, principal }: Pick<ImageSource, "repository" | "principal">,
  digest: string,
  nowMs: number,
): Promise<void> {
  return notes.write("grant", `${repository}@${digest}\n${principal}`, String(nowMs))
}

/** Notes that it refused. */
export function revoke(
  notes: Notes,
  { repository, principal }: Pick<ImageSource, "repository" | "principal">,
  digest: string,
): Promise<void> {
  return notes.remove("grant", `${repository}@${digest}\n${principal}`)
}
