// Answers of Envoy's own: HTTPRouteFilter `directResponse`, and 500 or 503 for rules that cannot be forwarded.
import type { Feature } from "../feature.ts"
import { headerOption } from "../header-modifier/header-modifier.ts"

/** Routes that answer directly; the body goes through `body_format`, as in Envoy Gateway. */
export const directResponse: Feature = {
  name: "direct-response",
  claimRoute: ({ action }) =>
    action.type === "respond" && action.response.body !== undefined
      ? { directBodyBytes: action.response.body.length }
      : undefined,
  contributeRoute: ({ action }) => {
    if (action.type !== "respond") return undefined
    const { status, body, contentType } = action.response
    return {
      route: {
        action: {
          case: "directResponse",
          value: {
            status,
            ...(body === undefined
              ? {}
              : {
                  bodyFormat: {
                    format: {
                      case: "textFormatSource",
                      value: { specifier: { case: "inlineBytes", value: body } },
                    },
                  },
                }),
          },
        },
        ...(contentType === undefined
          ? {}
          : { responseHeadersToAdd: [headerOption("Content-Type", contentType, "overwrite")] }),
      },
    }
  },
}
