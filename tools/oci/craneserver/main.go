// running: the library of crane, or ORAS, in a process that goes on, over plain HTTP on loopback.
//
//	running crane|oras
//
// Lines of standard input are `push DIRECTORY REFERENCE` and `pull REFERENCE DIRECTORY`, between the tag `v1` of an OCI image layout and a
// registry; for each it prints how long it took in milliseconds, the processor's time likewise, and the most memory held in KiB.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/google/go-containerregistry/pkg/crane"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/oci"
	"oras.land/oras-go/v2/registry/remote"
)

type transfer func(from, to string) error

var libraries = map[string]map[string]transfer{
	"crane": {"push": cranePush, "pull": cranePull},
	"oras":  {"push": orasPush, "pull": orasPull},
}

func main() {
	verbs := libraries[os.Args[1]]
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		// Linux counts the peak anew from here.
		check(os.WriteFile("/proc/self/clear_refs", []byte("5"), 0))
		before, begun := cpu(), time.Now()
		err := verbs[words[0]](words[1], words[2])
		wall := time.Since(begun)
		used := cpu() - before
		check(err)
		fmt.Printf("%f %f %d\n", wall.Seconds()*1000, used.Seconds()*1000, peak())
	}
}

func cranePush(directory, reference string) error {
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

func cranePull(reference, directory string) error {
	image, err := crane.Pull(reference, crane.Insecure)
	if err != nil {
		return err
	}
	return crane.SaveOCI(image, directory)
}

func orasPush(directory, reference string) error {
	from, err := oci.New(directory)
	if err != nil {
		return err
	}
	to := repository(reference)
	_, err = oras.Copy(context.Background(), from, "v1", to, to.Reference.Reference, oras.DefaultCopyOptions)
	return err
}

func orasPull(reference, directory string) error {
	from := repository(reference)
	to, err := oci.New(directory)
	if err != nil {
		return err
	}
	tag := from.Reference.Reference
	_, err = oras.Copy(context.Background(), from, tag, to, tag, oras.DefaultCopyOptions)
	return err
}

func repository(reference string) *remote.Repository {
	found, err := remote.NewRepository(reference)
	check(err)
	found.PlainHTTP = true
	return found
}

func cpu() time.Duration {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func peak() (kib int) {
	status, err := os.ReadFile("/proc/self/status")
	check(err)
	for _, line := range strings.Split(string(status), "\n") {
		if strings.HasPrefix(line, "VmHWM:") {
			_, err = fmt.Sscanf(line, "VmHWM: %d kB", &kib)
			check(err)
		}
	}
	return kib
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
