//! One target under libFuzzer, which owns `main` and its arguments: the target's name comes in the environment variable
//! `FUZZ_TARGET`. `tests/fuzz/run` builds and starts this.

#![no_main]

use std::sync::LazyLock;

use callpanion_fuzz::{Target, find};
use libfuzzer_sys::fuzz_target;

static CHOSEN: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var_os("FUZZ_TARGET").unwrap_or_default();
    find(&name.to_string_lossy()).unwrap_or_else(|| panic!("FUZZ_TARGET names no target: {}", name.display()))
});

fuzz_target!(|data: &[u8]| CHOSEN(data));
