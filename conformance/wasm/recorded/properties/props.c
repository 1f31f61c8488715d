typedef unsigned u32; typedef unsigned long size_t;
#define IMP(n) __attribute__((import_module("env"), import_name(#n)))
#define EXP(n) __attribute__((export_name(#n)))
IMP(proxy_log) u32 proxy_log(u32, const char*, size_t);
IMP(proxy_get_property) u32 proxy_get_property(const char*, size_t, char**, size_t*);
IMP(proxy_set_property) u32 proxy_set_property(const char*, size_t, const char*, size_t);
IMP(proxy_call_foreign_function) u32 ff(const char*, size_t, const char*, size_t, char**, size_t*);
IMP(proxy_set_effective_context) u32 eff(u32);
IMP(proxy_set_tick_period_milliseconds) u32 tick(u32);
static char heap[200000]; static size_t top;
EXP(malloc) void* malloc(size_t n) { void* p = heap + top; top += (n + 15) & ~15; if (top > 150000) top = 0; return p; }
EXP(proxy_abi_version_0_2_1) void abi(void) {}
static char out[4000];
static size_t len(const char* s) { size_t n = 0; while (s[n]) n++; return n; }
static const char* P[] = {
 "request.path","request.url_path","request.host","request.scheme","request.method","request.headers.x-a","request.headers.:path","request.referer","request.useragent","request.time.x","request.id","request.protocol","request.query","request.duration.x","request.size","request.total_size","request.headers_bytes","request.headers.nope","request.nope",
 "response.code","response.code_details","response.flags","response.grpc_status","response.headers.content-type","response.trailers","response.trailers.x-t","response.size","response.total_size","response.headers_bytes","response.backend_latency.x","response.nope",
 "source.address.x","source.nope","destination.nope","connection.mtls","connection.requested_server_name","connection.tls_version","connection.subject_local_certificate","connection.subject_peer_certificate","connection.dns_san_local_certificate","connection.sha256_peer_certificate_digest","connection.transport_failure_reason","connection.termination_details","connection.nope",
 "upstream.request_attempt_count","upstream.num_endpoints","upstream.transport_failure_reason","upstream.tls_version","upstream.subject_local_certificate","upstream.uri_san_local_certificate","upstream.locality.x","upstream.cx_pool_ready_duration.x","upstream.nope",
 "metadata","metadata.filter_metadata","metadata.filter_metadata.ns","filter_state","filter_state.nope","upstream_filter_state","upstream_filter_state.x",
 "xds","xds.cluster_name","xds.cluster_metadata","xds.route_name","xds.route_metadata.filter_metadata.ns.list","xds.route_metadata.filter_metadata.ns.num","xds.route_metadata.filter_metadata.ns.b","xds.route_metadata.filter_metadata.ns.n","xds.route_metadata.nope","xds.upstream_host_metadata","xds.upstream_host_locality_metadata","xds.filter_chain_name","xds.listener_metadata","xds.listener_metadata.filter_metadata","xds.listener_direction","xds.node.id","xds.node.cluster","xds.node.metadata","xds.node.metadata.nope","xds.node.locality","xds.node.nope","xds.virtual_host_name","xds.virtual_host_metadata","xds.nope",
 "plugin_name","plugin_root_id","plugin_vm_id","plugin_name.x","node","node.id","cluster_name","cluster_metadata","route_name","route_metadata","listener_direction","listener_metadata","upstream_host_metadata","filter_chain_name","connection_id.x","nope","",
 "own","wasm.own","filter_state.wasm.own","two.parts","wasm.two.parts","filter_state.wasm.two.parts" };
static char name[100];
static void put(size_t* o, const char* s) { while (*s) out[(*o)++] = *s++; }
static void num(size_t* o, u32 v) { char b[12]; int i = 0; do { b[i++] = '0' + v % 10; v /= 10; } while (v); while (i) out[(*o)++] = b[--i]; }
static void show(const char* tag) {
  for (u32 i = 0; i < sizeof P / sizeof *P; i++) {
    size_t n = len(P[i]); for (size_t k = 0; k < n; k++) name[k] = P[i][k] == '.' ? 0 : P[i][k];
    char* v = 0; size_t l = 0; u32 s = proxy_get_property(name, n, &v, &l);
    if (s == 1) continue;
    size_t o = 0; put(&o, tag); put(&o, " "); put(&o, P[i]); put(&o, " = "); num(&o, s); put(&o, " "); num(&o, l); put(&o, " ");
    for (size_t k = 0; k < l && k < 200; k++) { unsigned char c = v[k]; if (c > 32 && c < 127) out[o++] = c; else { out[o++] = '\\'; out[o++] = "0123456789abcdef"[c >> 4]; out[o++] = "0123456789abcdef"[c & 15]; } }
    proxy_log(2, out, o);
  }
}
static u32 mode;
EXP(proxy_on_context_create) void create(u32 id, u32 parent) { show("create"); }
EXP(proxy_on_configure) u32 configure(u32 id, u32 n) { mode = n; show("configure"); proxy_set_property("own", 3, "rootval", 7); tick(150); return 1; }
EXP(proxy_on_tick) void ontick(u32 id) { tick(0); show("tick"); }
EXP(proxy_on_request_headers) u32 a(u32 id, u32 n, u32 e) { proxy_set_property("own", 3, "val", 3); proxy_set_property("two\0parts", 9, "v2", 2); show("rqh"); return 0; }
EXP(proxy_on_request_body) u32 b(u32 id, u32 n, u32 e) { if (e) show("rqb"); return 0; }
EXP(proxy_on_request_trailers) u32 c(u32 id, u32 n) { show("rqt"); return 0; }
EXP(proxy_on_response_headers) u32 d(u32 id, u32 n, u32 e) { show("rsh"); return 0; }
EXP(proxy_on_response_body) u32 f(u32 id, u32 n, u32 e) { if (e) show("rsb"); return 0; }
EXP(proxy_on_response_trailers) u32 g(u32 id, u32 n) { show("rst"); return 0; }
EXP(proxy_on_log) void h(u32 id) { show("log"); }
EXP(proxy_on_done) u32 i(u32 id) { show("done"); return 1; }
EXP(proxy_on_new_connection) u32 j(u32 id) { proxy_set_property("own", 3, "val", 3); show("conn"); return 0; }
EXP(proxy_on_downstream_data) u32 k(u32 id, u32 n, u32 e) { show("down"); return 0; }
EXP(proxy_on_upstream_data) u32 l(u32 id, u32 n, u32 e) { show("up"); return 0; }
EXP(proxy_on_downstream_connection_close) void m(u32 id, u32 t) { show("close"); }
