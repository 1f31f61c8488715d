// For tests: self-signed certificates that end in a hundred years, with their keys.

/** A certificate and its key, PEM. */
export interface TestPair {
  readonly certificate: string
  readonly key: string
}

/** For `*.example.com` and `www.example.com`. */
export const wildPair: TestPair = {
  certificate: `-----BEGIN CERTIFICATE-----
MIIBoDCCAUagAwIBAgIUBpn/OvD6By3GDYb7zPV9TiOllZ4wCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEd2lsZDAgFw0yNjExMjEwNTU3MzVaGA8yMTI2MTAyODA1NTcz
NVowDzENMAsGA1UEAwwEd2lsZDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLXl
3hMiV31lb99ZmO+ZaX2smrQj+Oh6GeRKJHjye6pt+bXmPsxS1BkMvAk3WoTljkLp
2qnIeQIwOKoJ+L/aQ9WjfjB8MB0GA1UdDgQWBBSJrcyT3DfLps7SoIs9tfnC6G64
4TAfBgNVHSMEGDAWgBSJrcyT3DfLps7SoIs9tfnC6G644TAPBgNVHRMBAf8EBTAD
AQH/MCkGA1UdEQQiMCCCDSouZXhhbXBsZS5jb22CD3d3dy5leGFtcGxlLmNvbTAK
BggqhkjOPQQDAgNIADBFAiAI5Snk2yapYBoACd3+Q0/lnIyXYobrz4KG/N4JW/x7
JgIhAKb8vSxFO+2VjmaL//L17lswJnoN8ilJM+ALR9irw3CM
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQguZpXd3PODzi+CYvk
mUAnmVXobsB0+RBvGk5czTkipeShRANCAAS15d4TIld9ZW/fWZjvmWl9rJq0I/jo
ehnkSiR48nuqbfm15j7MUtQZDLwJN1qE5Y5C6dqpyHkCMDiqCfi/2kPV
-----END PRIVATE KEY-----
`,
}

/** For `other.test`. */
export const otherPair: TestPair = {
  certificate: `-----BEGIN CERTIFICATE-----
MIIBjTCCATSgAwIBAgIUcHo5P9qLw85YQLV1t+6PBPjSYYQwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFb3RoZXIwIBcNMjYxMTIxMDU1NzM1WhgPMjEyNjEwMjgwNTU3
MzVaMBAxDjAMBgNVBAMMBW90aGVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
n2A6aRC+KVz5QRFjToI80AXKGkAhx+9kJzZ5L1i+eb0lugZdTIvcOS/0OKTogyiR
xm/yLRoxm9JjnvoyI7XeIKNqMGgwHQYDVR0OBBYEFAMU2wP8O0jFP2zp4cHZVB47
kdO2MB8GA1UdIwQYMBaAFAMU2wP8O0jFP2zp4cHZVB47kdO2MA8GA1UdEwEB/wQF
MAMBAf8wFQYDVR0RBA4wDIIKb3RoZXIudGVzdDAKBggqhkjOPQQDAgNHADBEAiBj
tbsbHg3H6ZusR7/MwWW8ymNrNHoQ7viH6GC7VgnuvwIgSyhD+QxJYfUIuON485DO
DTzoQ53n9gx4t8cnUbyjj50=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUxN7UdhapI2bBlW1
VfWp0Y09XQ4cITu4ieg71OUjRAOhRANCAASfYDppEL4pXPlBEWNOgjzQBcoaQCHH
72QnNnkvWL55vSW6Bl1Mi9w5L/Q4pOiDKJHGb/ItGjGb0mOe+jIjtd4g
-----END PRIVATE KEY-----
`,
}

/** Without alternative names; its common name is `only-a-name.test`. */
export const namedPair: TestPair = {
  certificate: `-----BEGIN CERTIFICATE-----
MIIBjDCCATOgAwIBAgIUDPCNSrMMVOFo7ynkPT8q8snIDDYwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQb25seS1hLW5hbWUudGVzdDAgFw0yNjExMjEwNTU3MzVaGA8y
MTI2MTAyODA1NTczNVowGzEZMBcGA1UEAwwQb25seS1hLW5hbWUudGVzdDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABPnAWxobGRNmLh8nvDujSCkbcuWOLwOFaHDf
zhGbZXBSX8XtWbRy6LBKoX2OMF2zYkYicHDUmj3aLsof+sxyJkyjUzBRMB0GA1Ud
DgQWBBSvwbM8VB7/46lsZNPpHhkST2zEtTAfBgNVHSMEGDAWgBSvwbM8VB7/46ls
ZNPpHhkST2zEtTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIAa2
VzamXu2r00Egt1m5pg/30v0gIthHQ+KzDnhqs3VgAiA89O6pfPzZBLquArX/KUWm
lH+/e0GJEPnt9wWWhqIbdw==
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgj66Dj7/nwyW0jnl0
9lviayWKBb6hY2mRRE0FyQmCa0GhRANCAAT5wFsaGxkTZi4fJ7w7o0gpG3Llji8D
hWhw384Rm2VwUl/F7Vm0cuiwSqF9jjBds2JGInBw1Jo92i7KH/rMciZM
-----END PRIVATE KEY-----
`,
}

/** Data of a TLS Secret. */
export function tlsData({ certificate, key }: TestPair): Readonly<Record<string, string>> {
  return { "tls.crt": base64(certificate), "tls.key": base64(key) }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64")
}
