// Envoy's side of one stream, for tests.
import type { encode } from "@attache/envoy-api"
import type {
  ProcessingRequestSchema,
  ProcessingResponse,
} from "@attache/envoy-api/gen/envoy/service/ext_proc/v3/external_processor_pb"
import { type ChannelCredentials, Client, credentials, type ServiceError } from "@grpc/grpc-js"
import { externalProcessorService } from "../service.ts"

/** A request before it is encoded. */
export type RequestInit = Parameters<typeof encode<typeof ProcessingRequestSchema>>[1]

/** Sends all requests on one stream, closes it, and gives the answers and how the stream ended. @param channel default: no TLS */
export async function exchange(
  address: string,
  requests: readonly RequestInit[],
  channel: ChannelCredentials = credentials.createInsecure(),
): Promise<{ readonly answers: readonly ProcessingResponse[]; readonly error: ServiceError | undefined }> {
  const client = new Client(address, channel, { "grpc.max_receive_message_length": -1 })
  const { path, requestSerialize, responseDeserialize } = externalProcessorService.process
  const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize)
  const answers: ProcessingResponse[] = []
  const ended = new Promise<ServiceError | undefined>((resolve) => {
    call.on("data", (answer: ProcessingResponse) => answers.push(answer))
    call.on("error", (error: ServiceError) => resolve(error))
    call.on("end", () => resolve(undefined))
  })
  for (const request of requests) call.write(request)
  call.end()
  const error = await ended
  client.close()
  return { answers, error }
}

/** A headers message with values as raw bytes, as Envoy sends them. */
export function headersMessage(entries: Readonly<Record<string, string>>) {
  const headers = Object.entries(entries).map(([key, value]) => ({ key, rawValue: Buffer.from(value) }))
  return { headers: { headers }, endOfStream: false }
}
