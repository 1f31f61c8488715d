export type { ListenerPorts } from "./generated-objects.ts"
export {
  generatedProxy,
  generatedSettings,
  generateWorld,
  type WorldEdit,
  type WorldShape,
  worldEdits,
} from "./generated-world.ts"
