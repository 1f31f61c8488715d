export { enumSchema, findEnum, findMessage, messageSchema } from "./schema.ts"
export { resourceTypeUrls, typeNameOf, typeUrlOf } from "./type-urls.ts"
