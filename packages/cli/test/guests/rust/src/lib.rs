// The smallest guest without a crate: the ABI by hand.
extern "C" {
    fn proxy_replace_header_map_value(map: i32, key: *const u8, key_size: usize, value: *const u8, value_size: usize) -> i32;
}

#[no_mangle]
pub extern "C" fn proxy_abi_version_0_2_1() {}

#[no_mangle]
pub extern "C" fn proxy_on_memory_allocate(size: usize) -> *mut u8 {
    let mut block = Vec::<u8>::with_capacity(size);
    let at = block.as_mut_ptr();
    std::mem::forget(block);
    at
}

#[no_mangle]
pub extern "C" fn proxy_on_response_headers(_id: i32, _count: i32, _end: i32) -> i32 {
    let (key, value) = ("x-built", "rust");
    unsafe { proxy_replace_header_map_value(2, key.as_ptr(), key.len(), value.as_ptr(), value.len()) };
    0
}
