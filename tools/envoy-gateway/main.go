// Fetches a Wasm module from an image with Envoy Gateway's own code: the module to standard output, the digest that the
// gateway compares with `sha256` to standard error.
//
// That code is internal to its module, so this file is built inside a copy of it, once:
//
//	tools=~/.cache/attache/tools/envoy-gateway-1.9.0
//	folder=$(go mod download -json github.com/envoyproxy/gateway@v1.9.0 | sed -n 's/.*"Dir": "\(.*\)",/\1/p')
//	cp -r "$folder" /tmp/gateway && chmod -R u+w /tmp/gateway && mkdir /tmp/gateway/cmd/fetch-image
//	cp tools/envoy-gateway/main.go /tmp/gateway/cmd/fetch-image
//	(cd /tmp/gateway && CGO_ENABLED=0 go build -o "$tools/fetch-image" ./cmd/fetch-image)
package main

import (
	"context"
	"fmt"
	"os"

	egv1a1 "github.com/envoyproxy/gateway/api/v1alpha1"
	"github.com/envoyproxy/gateway/internal/logging"
	"github.com/envoyproxy/gateway/internal/wasm"
)

func main() {
	if err := fetch(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func fetch(reference string) error {
	logger := logging.DefaultLogger(os.Stderr, egv1a1.LogLevelError)
	fetcher, err := wasm.NewImageFetcher(context.Background(), wasm.ImageFetcherOption{}, logger)
	if err != nil {
		return err
	}
	module, digest, err := fetcher.PrepareFetch(reference)
	if err != nil {
		return err
	}
	bytes, err := module()
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, digest)
	_, err = os.Stdout.Write(bytes)
	return err
}
