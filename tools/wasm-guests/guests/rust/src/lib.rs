// Reads the path, sets one header in each direction: the same in all guests of this folder.
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Filter) });
}}
struct Filter;
impl Context for Filter {}
impl HttpContext for Filter {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        if self.get_http_request_header(":path").is_some() {
            self.set_http_request_header("x-bench-request", Some("one"));
        }
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-bench-response", Some("two"));
        Action::Continue
    }
}
