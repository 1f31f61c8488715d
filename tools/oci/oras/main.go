// oras: the ORAS library as a program, over plain HTTP on loopback.
//
//	oras push REFERENCE ARTIFACT-TYPE LAYER-TYPE FILE    prints the manifest's digest
//	oras attach REFERENCE ARTIFACT-TYPE LAYER-TYPE FILE  a referrer of REFERENCE; prints its digest
//	oras pull REFERENCE DIRECTORY                        into an OCI image layout, with the tag; prints the digest
//	oras upload DIRECTORY TAG REFERENCE                  from an OCI image layout; prints the digest
//	oras referrers REFERENCE                             prints the digests
//	oras serve                                           does `pull` and `upload` again and again; see package costs for its lines
package main

import (
	"context"
	"fmt"
	"os"

	v1 "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/memory"
	"oras.land/oras-go/v2/content/oci"
	"oras.land/oras-go/v2/registry/remote"

	"attache.example/tools/oci/costs"
)

var ctx = context.Background()

func main() {
	args := os.Args[2:]
	switch os.Args[1] {
	case "push":
		push(args, nil)
	case "attach":
		subject, err := repository(args[0]).Resolve(ctx, repository(args[0]).Reference.Reference)
		check(err)
		push(args, &subject)
	case "pull":
		report(pull(args))
	case "upload":
		report(upload(args))
	case "serve":
		costs.Serve(serveUpload, servePull)
	case "referrers":
		from := repository(args[0])
		subject, err := from.Resolve(ctx, from.Reference.Reference)
		check(err)
		check(from.Referrers(ctx, subject, "", func(found []v1.Descriptor) error {
			for _, each := range found {
				fmt.Println(each.Digest)
			}
			return nil
		}))
	}
}

func pull(args []string) (v1.Descriptor, error) {
	from := repository(args[0])
	to, err := oci.New(args[1])
	check(err)
	return oras.Copy(ctx, from, from.Reference.Reference, to, from.Reference.Reference, oras.DefaultCopyOptions)
}

func upload(args []string) (v1.Descriptor, error) {
	from, err := oci.New(args[0])
	check(err)
	to := repository(args[2])
	return oras.Copy(ctx, from, args[1], to, to.Reference.Reference, oras.DefaultCopyOptions)
}

func serveUpload(directory, reference string) error {
	_, err := upload([]string{directory, "v1", reference})
	return err
}

func servePull(reference, directory string) error {
	_, err := pull([]string{reference, directory})
	return err
}

func repository(reference string) *remote.Repository {
	found, err := remote.NewRepository(reference)
	check(err)
	found.PlainHTTP = true
	return found
}

func push(args []string, subject *v1.Descriptor) {
	store := memory.New()
	body, err := os.ReadFile(args[3])
	check(err)
	layer, err := oras.PushBytes(ctx, store, args[2], body)
	check(err)
	options := oras.PackManifestOptions{Layers: []v1.Descriptor{layer}, Subject: subject}
	manifest, err := oras.PackManifest(ctx, store, oras.PackManifestVersion1_1, args[1], options)
	check(err)
	to := repository(args[0])
	if subject != nil {
		check(oras.CopyGraph(ctx, store, to, manifest, oras.CopyGraphOptions{FindSuccessors: nil}))
		report(manifest, nil)
		return
	}
	check(store.Tag(ctx, manifest, "t"))
	report(oras.Copy(ctx, store, "t", to, to.Reference.Reference, oras.DefaultCopyOptions))
}

func report(found v1.Descriptor, err error) {
	check(err)
	fmt.Println(found.Digest)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
