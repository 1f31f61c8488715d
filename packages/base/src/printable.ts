// biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly what must not reach a terminal
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

/**
 * A text on one line that moves no cursor: control characters and line ends become escapes such as `\n` or `\u001b`.
 *
 * For texts of other programs and of users, wherever one line of ours is promised.
 */
export function printable(text: string): string {
  return text.replace(control, (character) => {
    if (character === "\n") return "\\n"
    if (character === "\t") return "\\t"
    if (character === "\r") return "\\r"
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
  })
}
