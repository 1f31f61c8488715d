// Registry clients shared by loads that run at once: one login and one set of connections for each account.
import { sha256Hex } from "@attache/base"
import {
  type AddressPolicy,
  type Credential,
  createRegistryClient,
  type HostResolver,
  type RegistryClient,
  type RetryOptions,
} from "@attache/oci"

/** How registries are asked. */
export interface RegistryAccess {
  readonly addresses: AddressPolicy
  readonly resolveHost?: HostResolver
  /** Default: that of the registry client. */
  readonly retry?: RetryOptions
}

/** An account at a registry. */
export interface RegistryAccount {
  readonly registry: string
  /** Undefined: nobody. */
  readonly credential?: Credential
  /** Tells accounts of one registry apart. */
  readonly principal: string
  /** PEM text trusted beside the usual roots. */
  readonly caCertificate?: string
}

/** A client in use. Disposing ends this use of it. */
export interface ClientUse extends Disposable {
  readonly client: RegistryClient
}

/** Clients by account. */
export interface RegistryClients {
  use(account: RegistryAccount): ClientUse
}

/** No clients yet; one lives while it is used. */
export function createRegistryClients(access: RegistryAccess): RegistryClients {
  const clients = new Map<string, { readonly client: RegistryClient; uses: number }>()
  return {
    use: (account) => {
      const { registry, principal, caCertificate = "" } = account
      const key = `${registry}\n${principal}\n${sha256Hex(caCertificate)}`
      const shared = clients.get(key) ?? { client: openClient(account, access), uses: 0 }
      clients.set(key, shared)
      shared.uses++
      let isUsed = true
      return {
        client: shared.client,
        [Symbol.dispose]: () => {
          if (!isUsed) return
          isUsed = false
          shared.uses--
          if (shared.uses > 0) return
          clients.delete(key)
          shared.client[Symbol.dispose]()
        },
      }
    },
  }
}

function openClient({ registry, credential, caCertificate }: RegistryAccount, access: RegistryAccess): RegistryClient {
  return createRegistryClient({
    ...access,
    credentials: async () => credential,
    ...(caCertificate === undefined ? {} : { hosts: { [registry]: { caCertificate } } }),
  })
}
