import { type Command, Option } from "commander"
import { packageVerbs } from "./packages/verbs.ts"
import { collect, type Verbs, verb } from "./verb.ts"

const files = (command: Command): Command =>
  command
    .option("-f, --file <path...>", "file or folder of resources; may be repeated", collect)
    .option("-n, --namespace <name>", "namespace of objects that name none")
    .option("--config <file>", "configuration: EnvoyGateway, SignaturePolicy and AddressPolicy documents")
const envoyOptions = (command: Command): Command =>
  command.option("--envoy-path <path>", "Envoy binary to use").option("--offline", "never touch the network", false)

/** All verbs, in the order in which help shows them. */
export const verbs: Verbs = {
  run: (program) =>
    files(
      envoyOptions(
        verb(
          program,
          "run",
          "Run resources on this machine: control plane and Envoy",
          "attache run -f gateway.yaml",
          () => import("./commands/run.ts"),
        ),
      ),
    )
      .option("--bind <address>", "address that listeners bind", "127.0.0.1")
      .option("--map <service=address...>", "address of a Service: NAMESPACE/NAME:PORT=HOST:PORT", collect)
      .addOption(
        new Option("--log-level <level>", "how much Envoy tells")
          .choices(["trace", "debug", "info", "warning", "error", "critical", "off"])
          .default("warning"),
      )
      .option("--status-address <address>", "address for status, health and metrics: HOST:PORT"),
  serve: (program) =>
    files(
      verb(
        program,
        "serve",
        "Run the control plane alone",
        "attache serve -f gateway.yaml --xds-address unix:/tmp/xds.sock",
        () => import("./commands/serve.ts"),
      ),
    )
      .option("--xds-address <address>", "HOST:PORT or unix:PATH", "127.0.0.1:18000")
      .option("--insecure", "allow plain text beyond loopback", false)
      .option("--profile <name>", "kubernetes or host", "host")
      .option("--status-address <address>", "address for status, health and metrics: HOST:PORT")
      .option(
        "--module-address <address>",
        "serve Wasm modules to Envoys on other machines or in containers: HOST:PORT",
      )
      .option("--module-certs <folder>", "tls.crt, tls.key and ca.crt to serve modules with")
      .option("--offline", "never touch the network", false),
  translate: (program) =>
    files(
      verb(
        program,
        "translate",
        "Translate resources to xDS or statuses",
        "attache translate -f gateway.yaml --to xds",
        () => import("./commands/translate.ts"),
      ),
    )
      .addOption(
        new Option("--to <what>", "what to make").choices(["xds", "status", "plan", "bootstrap"]).default("xds"),
      )
      .option("--profile <name>", "kubernetes or host", "kubernetes")
      .option("--timeout <seconds>", "longest wait for modules", "30")
      .option("--offline", "never touch the network", false)
      .option("--strict", "refuse invalid objects; exit 3 when there are findings", false)
      .option("--show-secrets", "print private keys instead of their sha256", false),
  validate: (program) =>
    files(
      envoyOptions(
        verb(
          program,
          "validate",
          "Check resources: schema, rules, meaning, and what Envoy says",
          "attache validate -f gateway.yaml --envoy",
          () => import("./commands/validate.ts"),
        ),
      ),
    )
      .option("--envoy", "let a real Envoy judge every resource", false)
      .option("--timeout <seconds>", "longest wait for modules, with --envoy", "30")
      .option("--schema-only", "stop after schema and rules", false)
      .option("--profile <name>", "kubernetes or host", "kubernetes"),
  plan: (program) =>
    files(
      verb(
        program,
        "plan",
        "Show what a change would do to proxies before it does",
        "attache plan -f gateway.yaml --against deployed/",
        () => import("./commands/plan.ts"),
      ),
    )
      .option("--against <place>", "folder, file or address of a status server (default: what runs on this machine)")
      .option("--profile <name>", "kubernetes or host; default: host against what runs, else kubernetes")
      .option("--bind <address>", "address that listeners bind in profile host", "127.0.0.1")
      .option("--map <service=address...>", "address of a Service: NAMESPACE/NAME:PORT=HOST:PORT", collect)
      .option("--timeout <seconds>", "longest wait for modules", "30")
      .option("--offline", "never touch the network", false),
  status: (program) =>
    verb(
      program,
      "status",
      "Show what running instances do",
      "attache status",
      () => import("./commands/status.ts"),
    ).option("--instance <name>", "instance to ask"),
  wait: (program) =>
    verb(
      program,
      "wait",
      "Wait until proxies have accepted, warmed or serve what they should",
      "attache wait --until serving --timeout 30",
      () => import("./commands/wait.ts"),
    )
      .addOption(
        new Option("--until <stage>", "stage that all proxies must have reached")
          .choices(["accepted", "warmed", "serving"])
          .default("serving"),
      )
      .option("--timeout <seconds>", "longest wait", "30")
      .option("--instance <name>", "instance to wait for (default: all that run)"),
  build: (program) =>
    verb(
      program,
      "build",
      "Compile a Wasm guest: AssemblyScript, Rust, Go, C, text",
      "attache build examples/wasm/header",
      () => import("./commands/build.ts"),
    )
      .argument("[path]", "folder or source file of the guest", ".")
      .option("--out <file>", "where the module goes (default: dist/NAME.wasm in the folder)")
      .option("--language <name>", "assemblyscript, rust, go, c or text, for folders with several")
      .option("--timeout <seconds>", "longest wait for the compiler", "600")
      .option(
        "--dockerfile",
        "print a Dockerfile for a folder with the module as plugin.wasm, and compile nothing",
        false,
      ),
  ...packageVerbs,
  envoy: (program) => {
    const envoy = program.command("envoy").description("Envoy binaries: install, list, which, run")
    envoyOptions(
      verb(
        envoy,
        "install",
        "Fetch and verify an Envoy",
        "attache envoy install 1.40.0",
        () => import("./commands/envoy-install.ts"),
      ),
    ).argument("[version]")
    verb(envoy, "list", "List installed Envoys", "attache envoy list", () => import("./commands/envoy-list.ts"))
    envoyOptions(
      verb(
        envoy,
        "which",
        "Print the path of the Envoy that would be used",
        "attache envoy which",
        () => import("./commands/envoy-which.ts"),
      ),
    ).argument("[version]")
    envoyOptions(
      verb(
        envoy,
        "run",
        "Run Envoy with the arguments after --",
        "attache envoy run -- --version",
        () => import("./commands/envoy-run.ts"),
      ),
    ).argument("[args...]")
  },
  wasm: (program) => {
    const wasm = program.command("wasm").description("Wasm modules: inspect")
    verb(
      wasm,
      "inspect",
      "Show how a module's file would fare in Envoy",
      "attache wasm inspect plugin.wasm",
      () => import("./commands/wasm-inspect.ts"),
    ).argument("<file>")
  },
  doctor: (program) =>
    envoyOptions(
      verb(
        program,
        "doctor",
        "Check what this machine has and lacks",
        "attache doctor",
        () => import("./commands/doctor.ts"),
      ),
    ),
  explain: (program) =>
    verb(
      program,
      "explain",
      "Explain an error code",
      "attache explain ATT_ENVOY_PORT_IN_USE",
      () => import("./commands/explain.ts"),
    ).argument("[code]"),
  clean: (program) =>
    verb(
      program,
      "clean",
      "Remove caches and state of dead instances",
      "attache clean",
      () => import("./commands/clean.ts"),
    ).option("--all", "installed Envoys and modules too", false),
  version: (program) =>
    verb(program, "version", "Print versions", "attache version", () => import("./commands/version.ts")),
  completion: (program) =>
    verb(program, "completion", "Print a completion script", "attache completion bash", async () => {
      const { completionFor } = await import("./commands/completion.ts")
      return { run: completionFor(program) }
    }).argument("<shell>", "bash, zsh or fish"),
}
