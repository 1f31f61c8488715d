import { readFile, stat } from "node:fs/promises"
import { homedir } from "node:os"
import { join } from "node:path"
import { AttacheError, errorFrom } from "@attache/base"
import type { CredentialSource } from "./credential.ts"
import {
  type DockerConfig,
  dockerHubServer,
  findCredential,
  maxDockerConfigBytes,
  readDockerConfig,
} from "./docker-config.ts"
import { askHelper, type HelperOptions } from "./helper.ts"

/** Where the configuration is. */
export interface DockerCredentialOptions extends HelperOptions {
  /** Default: `config.json` in the folder that DOCKER_CONFIG names, else in `~/.docker`. */
  readonly path?: string
}

/**
 * Credentials as Docker's own client finds them: the helper of the registry, else the helper of all, else `auths`.
 *
 * The file is read for the first registry that is asked for; without one there are no credentials. What a helper does not
 * know is looked up in `auths`, as a login without a helper may have left it there.
 * Errors: ATT_OCI_CREDENTIALS. Source: Docker CLI 28, cli/config/configfile.
 */
export function createDockerCredentials(options: DockerCredentialOptions = {}): CredentialSource {
  let config: Promise<DockerConfig> | undefined
  return async (registry, repository) => {
    config ??= loadDockerConfig(options)
    return credentialFrom(await config, registry, repository, options)
  }
}

/** The credentials that a configuration gives, helpers included. */
export async function credentialFrom(
  config: DockerConfig,
  registry: string,
  repository: string,
  options: HelperOptions = {},
): ReturnType<CredentialSource> {
  const server = registry === "docker.io" ? dockerHubServer : registry
  const helper = config.credHelpers.get(server) ?? config.credHelpers.get(registry) ?? config.credsStore
  const found = helper === undefined ? undefined : await askHelper(helper, server, options)
  return found ?? findCredential(config, registry, repository)
}

async function loadDockerConfig({ path, env = process.env }: DockerCredentialOptions): Promise<DockerConfig> {
  const file = path ?? join(env.DOCKER_CONFIG || join(env.HOME ?? homedir(), ".docker"), "config.json")
  const { config, diagnostics } = readDockerConfig(await readConfigFile(file))
  const [first] = diagnostics
  if (first === undefined) return config
  throw new AttacheError("ATT_OCI_CREDENTIALS", `${file}: ${[first.field, first.message].join(" ").trim()}`, {
    hint: "correct the file, or log in anew",
    facts: { path: file },
  })
}

const noConfig = new TextEncoder().encode("{}")

async function readConfigFile(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path)
    // One byte more than what is refused is enough to refuse it.
    return size > maxDockerConfigBytes ? new Uint8Array(maxDockerConfigBytes + 1) : await readFile(path)
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException
    if (code === "ENOENT" || code === "ENOTDIR") return noConfig
    throw errorFrom(error, "ATT_OCI_CREDENTIALS", `${path} cannot be read`, { facts: { path } })
  }
}
