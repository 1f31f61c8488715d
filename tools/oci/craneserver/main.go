// craneserver: the library of crane in a process that goes on, over plain HTTP on loopback; see package costs for its lines.
package main

import (
	"github.com/google/go-containerregistry/pkg/crane"
	"github.com/google/go-containerregistry/pkg/v1/layout"

	"attache.example/tools/oci/costs"
)

func main() {
	costs.Serve(push, pull)
}

func push(directory, reference string) error {
	path, err := layout.FromPath(directory)
	if err != nil {
		return err
	}
	index, err := path.ImageIndex()
	if err != nil {
		return err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return err
	}
	image, err := index.Image(manifest.Manifests[0].Digest)
	if err != nil {
		return err
	}
	return crane.Push(image, reference, crane.Insecure)
}

func pull(reference, directory string) error {
	image, err := crane.Pull(reference, crane.Insecure)
	if err != nil {
		return err
	}
	return crane.SaveOCI(image, directory)
}
