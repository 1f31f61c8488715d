import { Secret } from "@attache/base"

/**
 * How to log in to a registry.
 *
 * `password`: for basic authentication, or to get tokens with. `identity`: a refresh token, exchanged for tokens.
 * `token`: a bearer token that is sent as it is.
 */
export type Credential =
  | { readonly kind: "password"; readonly username: string; readonly password: Secret }
  | { readonly kind: "identity"; readonly token: Secret }
  | { readonly kind: "token"; readonly token: Secret }

/** Knows credentials of registries; undefined: ask without. */
export type CredentialSource = (registry: string, repository: string) => Promise<Credential | undefined>

/** Credentials of a user and a password. */
export function passwordCredential(username: string, password: string): Credential {
  return { kind: "password", username, password: secretOf(password) }
}

/** A text that cannot be printed by accident. */
export function secretOf(text: string): Secret {
  return new Secret(new TextEncoder().encode(text))
}

/** The text of a secret, for the place where it leaves. */
export function revealText(secret: Secret): string {
  return new TextDecoder().decode(secret.reveal())
}

/** Asks one source after the other; the first that knows decides. */
export function firstCredential(...sources: readonly CredentialSource[]): CredentialSource {
  return async (registry, repository) => {
    for (const source of sources) {
      const found = await source(registry, repository)
      if (found !== undefined) return found
    }
    return undefined
  }
}
