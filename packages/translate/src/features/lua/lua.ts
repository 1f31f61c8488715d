import { LuaPerRouteSchema, LuaSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/lua/v3/lua_pb"
import type { JsonObject } from "@bufbuild/protobuf"
import { typed } from "../../emit/wire.ts"
import type { LuaPlan } from "../../plan/index.ts"
import { enableFilter } from "../enable-filter.ts"
import type { Feature } from "../feature.ts"

const prefix = "envoy.filters.http.lua/"

/** Lua scripts: the source stands in the listener, the route switches it on or gives it a context. */
export const lua: Feature = {
  name: "lua",
  claimRoute: ({ extensions }) => {
    const plans = extensions?.lua
    return plans === undefined || plans.length === 0 ? undefined : { filters: plans.map(({ name }) => prefix + name) }
  },
  contributeRoute: ({ extensions }) => {
    const plans = extensions?.lua
    if (plans === undefined || plans.length === 0) return undefined
    return {
      perFilter: Object.fromEntries(plans.map((plan) => [prefix + plan.name, perRoute(plan)])),
      origins: plans.map(({ origin }) => origin),
    }
  },
  fold: (name, { extensions }) => {
    const plan = extensions?.lua.find((lua) => prefix + lua.name === name)
    if (plan === undefined) return undefined
    return {
      config: typed(LuaSchema, { defaultSourceCode: { specifier: { case: "inlineString", value: plan.code } } }),
      isDisabled: true,
    }
  },
}

function perRoute({ filterContext }: LuaPlan): typeof enableFilter {
  return filterContext === undefined
    ? enableFilter
    : typed(LuaPerRouteSchema, { filterContext: filterContext as JsonObject })
}
