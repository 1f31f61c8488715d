import type { Command } from "commander"
import type { ExitCode } from "../exit.ts"
import { usageError } from "../options.ts"

/** Completion scripts for a program: its verbs and options, for bash, zsh and fish. */
export function completionFor(program: Command): (args: readonly string[]) => Promise<ExitCode> {
  return async ([shell]) => {
    const verbs = program.commands.flatMap((command) => [
      { path: command.name(), description: command.description(), options: optionsOf(command) },
      ...command.commands.map((sub) => ({
        path: `${command.name()} ${sub.name()}`,
        description: sub.description(),
        options: optionsOf(sub),
      })),
    ])
    const script =
      shell === "bash" ? bash(verbs) : shell === "zsh" ? zsh(verbs) : shell === "fish" ? fish(verbs) : undefined
    if (script === undefined) throw usageError(`no completion for ${shell}`, "choose bash, zsh or fish")
    process.stdout.write(script)
    return 0
  }
}

interface Verb {
  readonly path: string
  readonly description: string
  readonly options: readonly string[]
}

function optionsOf(command: Command): readonly string[] {
  return command.options.flatMap(({ long }) => (long === undefined || long === null ? [] : [long]))
}

function bash(verbs: readonly Verb[]): string {
  const top = verbs.filter(({ path }) => !path.includes(" ")).map(({ path }) => path)
  const cases = verbs.map(({ path, options }) => {
    const subs = verbs.filter((v) => v.path.startsWith(`${path} `)).map((v) => v.path.slice(path.length + 1))
    return `    "${path}") words="${[...subs, ...options].join(" ")}" ;;`
  })
  return `_attache() {
  local words current="\${COMP_WORDS[COMP_CWORD]}" verb="\${COMP_WORDS[1]}"
  [ "$verb" = envoy ] && [ "$COMP_CWORD" -gt 2 ] && verb="envoy \${COMP_WORDS[2]}"
  [ "$COMP_CWORD" -eq 1 ] && verb=""
  case "$verb" in
${cases.join("\n")}
    *) words="${top.join(" ")}" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _attache attache
`
}

function zsh(verbs: readonly Verb[]): string {
  return `#compdef attache\nautoload -U +X bashcompinit && bashcompinit\n${bash(verbs)}`
}

function fish(verbs: readonly Verb[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`
  return `${verbs
    .flatMap(({ path, description, options }) => {
      const [verb = "", sub] = path.split(" ")
      const seen = sub === undefined ? "__fish_use_subcommand" : `__fish_seen_subcommand_from ${verb}`
      return [
        `complete -c attache -n ${quoted(seen)} -a ${sub ?? verb} -d ${quoted(description)}`,
        ...options.map(
          (option) =>
            `complete -c attache -n ${quoted(`__fish_seen_subcommand_from ${sub ?? verb}`)} -l ${option.slice(2)}`,
        ),
      ]
    })
    .join("\n")}\n`
}
