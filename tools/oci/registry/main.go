// registry: an OCI registry in memory on a free port of 127.0.0.1, whose address is its first line of output.
//
//	registry [-cert FILE -key FILE] [-auth none|basic|token] [-user NAME -password TEXT] [-referrers=false]
package main

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

var (
	cert      = flag.String("cert", "", "certificate for TLS")
	key       = flag.String("key", "", "key of the certificate")
	auth      = flag.String("auth", "none", "none, basic or token")
	user      = flag.String("user", "", "")
	password  = flag.String("password", "", "")
	life      = flag.Duration("life", time.Minute, "how long a token holds")
	referrers = flag.Bool("referrers", true, "whether referrers are listed")
)

func main() {
	flag.Parse()
	quiet := log.New(io.Discard, "", 0)
	inner := registry.New(registry.WithReferrersSupport(*referrers), registry.Logger(quiet))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	scheme := "http"
	if *cert != "" {
		scheme = "https"
	}
	realm := fmt.Sprintf("%s://%s/token", scheme, listener.Addr())
	server := &http.Server{Handler: guarded(inner, realm), ErrorLog: quiet}
	fmt.Println(listener.Addr())
	if *cert != "" {
		log.Fatal(server.ServeTLS(listener, *cert, *key))
	}
	log.Fatal(server.Serve(listener))
}

func guarded(inner http.Handler, realm string) http.Handler {
	switch *auth {
	case "basic":
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !isUser(r) {
				w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			inner.ServeHTTP(w, r)
		})
	case "token":
		return &tokens{inner: inner, realm: realm, scopes: map[string]token{}}
	}
	return inner
}

func isUser(r *http.Request) bool {
	name, text, _ := r.BasicAuth()
	return subtle.ConstantTimeCompare([]byte(name+"\x00"+text), []byte(*user+"\x00"+*password)) == 1
}

type token struct {
	scopes []string
	until  time.Time
}

// tokens gives tokens for scopes to the user, and lets in who has one that covers what is asked for.
type tokens struct {
	inner  http.Handler
	realm  string
	mutex  sync.Mutex
	scopes map[string]token
}

var repositoryPath = regexp.MustCompile(`^/v2/(.+)/(manifests|blobs|tags|referrers)/`)

func (t *tokens) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/token" {
		t.give(w, r)
		return
	}
	scope := ""
	if found := repositoryPath.FindStringSubmatch(r.URL.Path); found != nil {
		action := "push"
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			action = "pull"
		} else if r.Method == http.MethodDelete {
			action = "delete"
		}
		scope = "repository:" + found[1] + ":" + action
	}
	if t.covers(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), scope) {
		t.inner.ServeHTTP(w, r)
		return
	}
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="%s",service="test",scope="%s"`, t.realm, scope))
	w.WriteHeader(http.StatusUnauthorized)
}

func (t *tokens) give(w http.ResponseWriter, r *http.Request) {
	if !isUser(r) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	bytes := make([]byte, 16)
	if _, err := rand.Read(bytes); err != nil {
		log.Fatal(err)
	}
	text := hex.EncodeToString(bytes)
	t.mutex.Lock()
	t.scopes[text] = token{scopes: r.URL.Query()["scope"], until: time.Now().Add(*life)}
	t.mutex.Unlock()
	json.NewEncoder(w).Encode(map[string]any{"token": text, "expires_in": int(life.Seconds())})
}

func (t *tokens) covers(text, wanted string) bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	known, ok := t.scopes[text]
	if !ok || time.Now().After(known.until) {
		return false
	}
	at := strings.LastIndex(wanted, ":")
	if at < 0 {
		return true
	}
	for _, scope := range strings.Fields(strings.Join(known.scopes, " ")) {
		end := strings.LastIndex(scope, ":")
		if end < 0 || scope[:end] != wanted[:at] {
			continue
		}
		for _, action := range strings.Split(scope[end+1:], ",") {
			if action == wanted[at+1:] || action == "*" {
				return true
			}
		}
	}
	return false
}
