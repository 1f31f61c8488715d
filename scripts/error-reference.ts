import { globSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { repositoryRoot } from "./workspace.ts"

/** Cause and cure of one error code. */
export interface CodeEntry {
  readonly cause: string
  readonly cure: string
}

/** The table of codes of one package. */
export interface CodeTable {
  /** Folder below `packages/`. */
  readonly folder: string
  readonly codes: Readonly<Record<string, CodeEntry>>
}

/** Where the page lies, from the root. */
export const errorReferencePath = "docs/reference/errors.md"

/** Reads `packages/<folder>/src/codes.ts` of every package that has one, by folder. */
export async function readCodeTables(root: string = repositoryRoot): Promise<readonly CodeTable[]> {
  const paths = globSync("packages/*/src/codes.ts", { cwd: root }).sort()
  return Promise.all(
    paths.map(async (path) => {
      const module = (await import(pathToFileURL(join(root, path)).href)) as { codes: CodeTable["codes"] }
      return { folder: path.split("/")[1] as string, codes: module.codes }
    }),
  )
}

/** The page that documents every error code; each code is a heading, so that it can be linked to. */
export function errorReference(tables: readonly CodeTable[]): string {
  return [
    "# Error codes",
    "",
    "Generated from the tables in `packages/*/src/codes.ts` by `npm run generate`; do not edit.",
    "`attache explain CODE` prints the same. A code never changes its meaning.",
    ...tables.flatMap(({ folder, codes }) => ["", `## @attache/${folder}`, ...Object.entries(codes).flatMap(entry)]),
    "",
  ].join("\n")
}

function entry([code, { cause, cure }]: readonly [string, CodeEntry]): readonly string[] {
  return ["", `### ${code}`, "", `Cause: ${cause}.`, "", `Cure: ${cure}.`]
}
