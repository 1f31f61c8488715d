export { codes, type TestingCode } from "./codes.ts"
export { drivers } from "./drivers.ts"
export { envoy } from "./envoy-driver.ts"
export { host } from "./host-driver.ts"
export { mutationsOf } from "./mutations.ts"
export type {
  Driver,
  Exchange,
  Fields,
  Message,
  PluginLogLine,
  PluginSetup,
  ProxySetup,
  ProxyUnderTest,
  ReceivedRequest,
  RouteSetup,
  TestRequest,
} from "./proxy.ts"
