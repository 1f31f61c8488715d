// The smallest guest without an SDK: the ABI by hand.
package main

import "unsafe"

//go:wasmimport env proxy_replace_header_map_value
func replaceHeader(kind int32, key unsafe.Pointer, keySize int32, value unsafe.Pointer, valueSize int32) int32

//go:wasmexport proxy_abi_version_0_2_1
func abiVersion() {}

var blocks = map[unsafe.Pointer][]byte{}

//go:wasmexport proxy_on_memory_allocate
func allocate(size int32) unsafe.Pointer {
	block := make([]byte, size+1)
	at := unsafe.Pointer(unsafe.SliceData(block))
	blocks[at] = block
	return at
}

//go:wasmexport proxy_on_response_headers
func onResponseHeaders(id, count, end int32) int32 {
	key, value := "x-built", "go"
	replaceHeader(2, unsafe.Pointer(unsafe.StringData(key)), int32(len(key)), unsafe.Pointer(unsafe.StringData(value)), int32(len(value)))
	return 0
}

func main() {}
