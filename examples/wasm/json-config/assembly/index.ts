import { Action, log, registerRoot, RootContext, StreamContext } from "@attache/wasm-sdk/assembly"
import { JsonKind, JsonValue, parseJson } from "@attache/wasm-sdk/assembly/json"

class Rule {
  constructor(public name: string, public value: string) {}
}

/**
 * Sets the headers that its configuration names:
 * `{"request": {"x-team": "web"}, "response": {"x-cache": "none"}, "enabled": true}`.
 */
class Configured extends RootContext {
  enabled: bool = true
  request: Rule[] = []
  response: Rule[] = []

  // False refuses the configuration: a gateway that starts with half a configuration is worse than one that says why not.
  onConfigure(configuration: string): bool {
    const read = parseJson(configuration)
    if (!read.ok) {
      log.error("the configuration is no JSON: " + read.error)
      return false
    }
    this.enabled = read.value.get("enabled").bool(true)
    return rulesOf(read.value, "request", this.request) && rulesOf(read.value, "response", this.response)
  }

  createStream(): StreamContext {
    return new HeaderRules(this)
  }
}

function rulesOf(configuration: JsonValue, name: string, rules: Rule[]): bool {
  const members = configuration.get(name)
  for (let i = 0; i < members.size; i++) {
    if (members.at(i).kind != JsonKind.Text) {
      log.error(name + "." + members.nameAt(i) + " must be a text")
      return false
    }
    rules.push(new Rule(members.nameAt(i), members.at(i).text()))
  }
  return true
}

class HeaderRules extends StreamContext {
  constructor(private configured: Configured) {
    super(configured)
  }

  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const rules = this.configured.request
    if (this.configured.enabled) for (let i = 0; i < rules.length; i++) this.requestHeaders.set(rules[i].name, rules[i].value)
    return Action.Continue
  }

  onResponseHeaders(count: u32, endOfStream: bool): Action {
    const rules = this.configured.response
    if (this.configured.enabled) for (let i = 0; i < rules.length; i++) this.responseHeaders.set(rules[i].name, rules[i].value)
    return Action.Continue
  }
}

registerRoot("json-config", () => new Configured())
