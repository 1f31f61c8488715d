// Recorded cases in which we differ from Envoy Gateway on purpose, with the reason; docs/reference/differences.md explains them.

const luaTexts =
  "scripts are parsed, never run, so texts of a Lua interpreter and errors that show only in a run do not appear"
const twins = "the input holds two objects of one kind, namespace and name, which no API server and no file set has"
const refused = "Envoy refuses what was recorded"

/** Reason by case name. The runner still counts each of them as failed. */
export const declaredDifferences: Readonly<Record<string, string>> = {
  "accesslog-als-backend": refused,
  "envoyextensionpolicy-with-invalid-lua": luaTexts,
  "envoyextensionpolicy-with-invalid-lua-validation-syntax": luaTexts,
  "envoyextensionpolicy-with-lua-configmap": twins,
  "envoyextensionpolicy-with-wasm-invalid-configuration": luaTexts,
  "httproute-with-urlrewrite-hostname-filter-invalid": twins,
}
