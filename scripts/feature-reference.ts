import { globSync, readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { repositoryRoot } from "./workspace.ts"

/** One feature of the translator: a folder below {@link featuresFolder}. */
export interface FeatureEntry {
  /** As in the folder's name. */
  readonly name: string
  /** First sentence of the doc comment of what its file of the same name exports. */
  readonly purpose: string
  /** Sources, without tests. */
  readonly files: number
  /** Lines of those sources. */
  readonly lines: number
}

/** Where the page lies, from the root. */
export const featureReferencePath = "docs/reference/features.md"

/** Where the features lie, from the root. */
export const featuresFolder = "packages/translate/src/features"

/** Every feature by name. Throws when one has no file of its folder's name, or nothing documented in it. */
export function readFeatures(root: string = repositoryRoot): readonly FeatureEntry[] {
  const paths = globSync("*/**/*.ts", { cwd: join(root, featuresFolder) }).filter((path) => !path.endsWith(".test.ts"))
  const byFolder = Map.groupBy(paths, (path) => path.split("/")[0] as string)
  return [...byFolder]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, own]) => {
      const texts = new Map(own.map((path) => [path, readFileSync(join(root, featuresFolder, path), "utf8")]))
      const main = own.find((path) => dirname(path) === name && basename(path, ".ts") === name)
      const purpose = main === undefined ? undefined : purposeOf(texts.get(main) ?? "")
      if (purpose === undefined) throw new Error(`${featuresFolder}/${name}/${name}.ts documents no export`)
      const lines = [...texts.values()].reduce((sum, text) => sum + text.split("\n").length - 1, 0)
      return { name, purpose, files: own.length, lines }
    })
}

/** First sentence of the doc comment of a feature's constant, or of the first documented export where there is none. */
export function purposeOf(source: string): string | undefined {
  const documented = [
    ...source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport (?:const|function) \w+(: Feature\b)?/g),
  ]
  const [, comment] = documented.find(([, , type]) => type !== undefined) ?? documented[0] ?? []
  const text = comment
    ?.replace(/^\s*\*? ?/gm, " ")
    .replace(/\s+/g, " ")
    .trim()
  return text === undefined || text === "" ? undefined : /^.*?\.(?= |$)/.exec(text)?.[0]
}

/** The page that lists every feature with its folder and size. */
export function featureReference(features: readonly FeatureEntry[]): string {
  const files = features.reduce((sum, feature) => sum + feature.files, 0)
  const lines = features.reduce((sum, feature) => sum + feature.lines, 0)
  return [
    "# Features of the translator",
    "",
    `Generated from the doc comments in \`${featuresFolder}\` by \`npm run generate\`; do not edit.`,
    "A feature is one folder and one line in `index.ts` beside it; CONTRIBUTING.md tells how one is added.",
    "Tests are not counted.",
    "",
    "| Feature | What it adds to a proxy | Files | Lines |",
    "|---|---|---:|---:|",
    ...features.map(
      ({ name, purpose, ...size }) =>
        `| [${name}](../../${featuresFolder}/${name}) | ${purpose.replaceAll("|", "\\|")} | ${size.files} | ${size.lines} |`,
    ),
    `| ${features.length} features | | ${files} | ${lines} |`,
    "",
  ].join("\n")
}
