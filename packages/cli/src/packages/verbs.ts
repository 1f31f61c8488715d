import { type Command, Option } from "commander"
import { collect, type Verbs, verb } from "../verb.ts"

const reachable = (command: Command): Command =>
  command
    .option("--plain-http", "ask registries without TLS (on loopback that is found out)", false)
    .option("--ca <file>", "certificate authority of the registries, in PEM")
const lockable = (command: Command): Command =>
  command
    .option("--lock", "write attache.lock (default: where the file is there)", false)
    .option("--lock-file <file>", "another lock file")
    .option("--update", "take a tag that has moved since it was locked", false)
const demanding = (command: Command): Command =>
  command
    .option("--policy <file>", "signature policy by repository, in YAML")
    .option("--key <file>", "public key of which a signature must be; may be repeated", collect)
    .option("--trust-root <file>", "trusted_root.json, for signatures without lasting keys")
    .option("--identity <subject>", "who must have signed under the trust root, with * for any part")
    .option("--issuer <url>", "who must have vouched for the identity, with * for any part")
    .option("--minimum-version <version>", "oldest version that is accepted")
const pulling = (command: Command): Command =>
  demanding(lockable(reachable(command)))
    .option("--platform <platform>", "such as linux/arm64 (default: this machine's)")
    .option("--force", "replace files that are in the way", false)

/** The verbs about extensions as packages. */
export const packageVerbs: Verbs = {
  push: (program) =>
    lockable(
      reachable(
        verb(
          program,
          "push",
          "Pack an extension and send it to a registry or layout",
          "attache push dist/filter.wasm registry.example/team/filter:1.0.0",
          () => import("../commands/push.ts"),
        ),
      ),
    )
      .argument("<path>", "module, or folder of an extension")
      .argument("<reference>", "REGISTRY/NAME:TAG or oci-layout:DIR[:TAG]")
      .addOption(
        new Option("--format <format>", "how it is packed")
          .choices(["image", "docker-image", "wasm-artifact", "boe-artifact"])
          .default("image"),
      )
      .addOption(
        new Option("--kind <kind>", "what it is (default: what its files look like)").choices([
          "wasm",
          "dynamic-module",
          "go-plugin",
          "lua",
          "composer",
          "ext-proc",
        ]),
      )
      .option("--name <name>", "name of the extension (default: the library's, else the repository's last part)")
      .option("--release <version>", "version of the extension (default: the tag if it is one)")
      .option("--platform <platform>", "what it runs on; repeated: a subfolder for each, such as linux-amd64", collect)
      .option("--annotation <key=value>", "annotation of the manifest; may be repeated", collect),
  pull: (program) =>
    pulling(
      verb(
        program,
        "pull",
        "Fetch an extension into a folder",
        "attache pull registry.example/team/filter:1.0.0 --path filter",
        () => import("../commands/pull.ts"),
      ),
    )
      .argument("<reference>", "REGISTRY/NAME[:TAG] or oci-layout:DIR[:TAG]")
      .requiredOption("--path <folder>", "where its files go")
      .option("--no-unpack", "keep it packed: the folder becomes an OCI image layout"),
  download: (program) =>
    pulling(
      verb(
        program,
        "download",
        "Fetch an extension as Built On Envoy's client does",
        "attache download filter:1.0.0 --registry registry.example/team",
        () => import("../commands/download.ts"),
      ),
    )
      .argument("<extension>", "NAME[:VERSION], or a reference")
      .option("--path <folder>", "folder below which extensions/KIND/NAME/VERSION goes", ".")
      .option("--registry <namespace>", "where names are looked up (default: BOE_REGISTRY)")
      .option("--insecure", "ask the registry without TLS (default: BOE_REGISTRY_INSECURE)", false)
      .option("--username <user>", "of the registry (default: BOE_REGISTRY_USERNAME, else Docker's login)")
      .option("--password <password>", "of the registry (default: BOE_REGISTRY_PASSWORD)")
      .option("--dev", "development versions too, where no version is named", false),
  copy: (program) =>
    reachable(
      verb(
        program,
        "copy",
        "Copy an image or artifact between registries and layouts",
        "attache copy registry.example/team/filter:1.0.0 oci-layout:mirror:1.0.0",
        () => import("../commands/copy.ts"),
      ),
    )
      .argument("<from>")
      .argument("<to>")
      .option("--platform <platform>", "copy the manifest for one platform alone")
      .option("--no-signatures", "leave signatures and other referrers behind"),
  verify: (program) =>
    demanding(
      reachable(
        verb(
          program,
          "verify",
          "Check who signed an image or artifact; exit 3 when it is refused",
          "attache verify registry.example/team/filter:1.0.0 --key team.pub",
          () => import("../commands/verify.ts"),
        ),
      ),
    )
      .argument("<reference>")
      .option("--platform <platform>", "manifest of an index whose signatures count too")
      .option("--repository <name>", "repository that the policy is asked about (default: the reference's)"),
  sign: (program) =>
    reachable(
      verb(
        program,
        "sign",
        "Sign an image or artifact with a private key (password: COSIGN_PASSWORD)",
        "attache sign registry.example/team/filter:1.0.0 --key team.key",
        () => import("../commands/sign.ts"),
      ),
    )
      .argument("<reference>")
      .requiredOption("--key <file>", "private key in PEM: plain, encrypted, or cosign's")
      .option("--annotation <key=value>", "what is signed beside the digest; may be repeated", collect)
      .addOption(
        new Option("--form <form>", "classic cosign signature, Sigstore bundle, or both")
          .choices(["cosign", "bundle", "both"])
          .default("both"),
      ),
  inspect: (program) =>
    reachable(
      verb(
        program,
        "inspect",
        "Show what an image, artifact or module holds",
        "attache inspect registry.example/team/filter:1.0.0",
        () => import("../commands/inspect.ts"),
      ),
    )
      .argument("<reference>", "REGISTRY/NAME[:TAG], oci-layout:DIR[:TAG], or a file")
      .option("--key <file>", "public key to hold signatures against; may be repeated", collect)
      .option("--files", "list the files of each manifest", false),
  tag: (program) =>
    reachable(
      verb(
        program,
        "tag",
        "Give a manifest that is there another tag",
        "attache tag registry.example/team/filter:1.0.0 stable",
        () => import("../commands/tag.ts"),
      ),
    )
      .argument("<reference>")
      .argument("<tag>"),
  list: (program) =>
    reachable(
      verb(
        program,
        "list",
        "List the tags of a repository",
        "attache list registry.example/team/filter",
        () => import("../commands/list.ts"),
      ),
    )
      .argument("<reference>")
      .option("--all", "tags that hold signatures and referrers too", false),
}
