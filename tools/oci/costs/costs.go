// Package costs does transfers again and again, and tells what each one took.
package costs

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// Transfer copies between the tag `v1` of an OCI image layout and a registry.
type Transfer func(from, to string) error

// Serve reads lines `push DIRECTORY REFERENCE` and `pull REFERENCE DIRECTORY` from standard input, and prints for each how long it took in
// milliseconds, the processor's time likewise, and the most memory held in KiB.
func Serve(push, pull Transfer) {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		transfer := map[string]Transfer{"push": push, "pull": pull}[words[0]]
		// Linux counts the peak anew from here.
		check(os.WriteFile("/proc/self/clear_refs", []byte("5"), 0))
		before, begun := cpu(), time.Now()
		err := transfer(words[1], words[2])
		wall := time.Since(begun)
		used := cpu() - before
		check(err)
		fmt.Printf("%f %f %d\n", wall.Seconds()*1000, used.Seconds()*1000, peak())
	}
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
