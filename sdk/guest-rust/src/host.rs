//! The functions of the host as they are imported, and those that need no session.

/// Declares the imports. Outside of Wasm they panic, so that the pure parts of a bot
/// can be tested by `cargo test`.
macro_rules! imports {
    ($(fn $name:ident($($arg:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        #[cfg(target_arch = "wasm32")]
        #[link(wasm_import_module = "bothost_v1")]
        extern "C" {
            $(pub fn $name($($arg: $type),*) $(-> $result)?;)*
        }
        $(#[cfg(not(target_arch = "wasm32"))]
        pub unsafe fn $name($(_: $type),*) $(-> $result)? {
            panic!("{} needs a host", stringify!($name))
        })*
    };
}

pub mod raw {
    imports! {
        fn input(buf: *mut u8, cap: usize) -> i32;
        fn output(ptr: *const u8, len: usize);
        fn fail(ptr: *const u8, len: usize);
        fn log(level: u32, ptr: *const u8, len: usize);
        fn event(buf: *mut u8, cap: usize) -> i32;
        fn event_get(path: *const u8, pathlen: usize, buf: *mut u8, cap: usize) -> i32;
        fn reply(ptr: *const u8, len: usize);
        fn reply_options(ptr: *const u8, len: usize);
        fn reply_as(kind: *const u8, kindlen: usize, body: *const u8, bodylen: usize);
        fn reply_file(name: *const u8, namelen: usize, mime: *const u8, mimelen: usize,
            data: *const u8, datalen: usize);
        fn reply_delta(ptr: *const u8, len: usize);
        fn reply_end();
        fn session_get(key: *const u8, keylen: usize, buf: *mut u8, cap: usize) -> i32;
        fn session_set(key: *const u8, keylen: usize, val: *const u8, vallen: usize);
        fn session_delete(key: *const u8, keylen: usize);
        fn state(buf: *mut u8, cap: usize) -> i32;
        fn r#move(ptr: *const u8, len: usize);
        fn history(n: u32, buf: *mut u8, cap: usize) -> i32;
        fn file_read(index: u32, offset: i64, buf: *mut u8, cap: usize) -> i32;
        fn timer_set(name: *const u8, namelen: usize, delay_ms: i64,
            data: *const u8, datalen: usize);
        fn timer_cancel(name: *const u8, namelen: usize);
        fn http_start(name: *const u8, namelen: usize, request: *const u8, requestlen: usize);
        fn config_get(key: *const u8, keylen: usize, buf: *mut u8, cap: usize) -> i32;
        fn asset(buf: *mut u8, cap: usize) -> i32;
        fn now() -> i64;
        fn random(buf: *mut u8, len: usize);
    }
}

/// Reads a value of any length. Most fit at once; one that does not is asked for again
/// with room for all of it.
pub fn pull(read: impl Fn(*mut u8, usize) -> i32) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(256);
    loop {
        let n = usize::try_from(read(bytes.as_mut_ptr(), bytes.capacity())).ok()?;
        if n <= bytes.capacity() {
            // The host wrote so many bytes.
            unsafe { bytes.set_len(n) };
            return Some(bytes);
        }
        bytes.reserve(n);
    }
}

/// Reads a text. The contract says that it is UTF-8.
pub fn pull_text(read: impl Fn(*mut u8, usize) -> i32) -> Option<String> {
    pull(read).map(|bytes| String::from_utf8(bytes).expect("text of the host is UTF-8"))
}

/// Returns the operator's configuration for this bot.
pub fn config(key: &str) -> Option<String> {
    pull_text(|buf, cap| unsafe { raw::config_get(key.as_ptr(), key.len(), buf, cap) })
}

/// Returns the module's custom section `bothost.asset`.
pub fn asset() -> Option<Vec<u8>> {
    pull(|buf, cap| unsafe { raw::asset(buf, cap) })
}

/// Returns the turn's time in milliseconds since 1970 UTC. It stands still within a turn.
pub fn now() -> i64 {
    unsafe { raw::now() }
}

/// Returns random bytes, fit for secrets: `u64::from_le_bytes(random())`.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    unsafe { raw::random(bytes.as_mut_ptr(), N) };
    bytes
}

fn log(level: u32, line: &str) {
    unsafe { raw::log(level, line.as_ptr(), line.len()) }
}

/// Logs a line for those who look for faults.
pub fn debug(line: &str) {
    log(0, line)
}

/// Logs a line for the operator.
pub fn info(line: &str) {
    log(1, line)
}

/// Logs what the operator should look at.
pub fn warn(line: &str) {
    log(2, line)
}

/// Logs what went wrong.
pub fn error(line: &str) {
    log(3, line)
}
