/** The parts of Envoy Gateway's `LoadBalancer` that are emitted. Durations are the Gateway API's. */
export interface LoadBalancerSpec {
  readonly type?: string
  readonly slowStart?: { readonly window?: string }
  readonly consistentHash?: {
    readonly type?: string
    readonly tableSize?: number
    readonly header?: { readonly name: string }
    readonly headers?: readonly { readonly name: string }[]
    readonly queryParams?: readonly { readonly name: string }[]
    readonly cookie?: {
      readonly name: string
      readonly ttl?: string
      readonly attributes?: Readonly<Record<string, string>>
    }
  }
  readonly backendUtilization?: {
    readonly blackoutPeriod?: string
    readonly weightExpirationPeriod?: string
    readonly weightUpdatePeriod?: string
    readonly errorUtilizationPenaltyPercent?: number
    readonly metricNamesForComputingUtilization?: readonly string[]
    /** Reports are asked for by a stream of their own. */
    readonly outOfBand?: { readonly reportingPeriod?: string; readonly port?: number; readonly authority?: string }
  }
  readonly endpointOverride?: { readonly extractFrom: readonly { readonly header?: string }[] }
  readonly zoneAware?: {
    readonly preferLocal?: {
      readonly minEndpointsThreshold?: number
      readonly percentageEnabled?: number
      readonly force?: { readonly minEndpointsInZoneThreshold?: number }
    }
    readonly weightedZones?: readonly { readonly zone: string; readonly weight: number }[]
  }
}
