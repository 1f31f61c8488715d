import { messageOf } from "@attache/base"
import { type EnvoyProxySpec, parseYaml } from "@attache/kube-api"
import type { BootstrapOverride } from "../../plan/index.ts"

type Written = NonNullable<EnvoyProxySpec["bootstrap"]>

const known = new WeakMap<Written, BootstrapOverride>()

/** The bootstrap override of an EnvoyProxy with its YAML read; the same object for the same specification. */
export function readBootstrapOverride(written: Written): BootstrapOverride {
  let override = known.get(written)
  if (override === undefined) {
    const { value, ...rest } = written
    override = value === undefined ? rest : { ...rest, ...readValue(value) }
    known.set(written, override)
  }
  return override
}

function readValue(text: string): Pick<BootstrapOverride, "value" | "unreadable"> {
  try {
    return { value: parseYaml(text) }
  } catch (error) {
    return { unreadable: messageOf(error) }
  }
}
