//! One program for all targets; the variable `JITNEY_FUZZ_TARGET` says which one runs.
#![no_main]

use std::sync::OnceLock;

use jitney_fuzz::Target;

static TARGET: OnceLock<&'static Target> = OnceLock::new();

fn choose() -> &'static Target {
    let name = std::env::var("JITNEY_FUZZ_TARGET").unwrap_or_default();
    jitney_fuzz::target(&name).unwrap_or_else(|| panic!("JITNEY_FUZZ_TARGET names no target: {name:?}"))
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let target = TARGET.get_or_init(choose);
    if bytes.len() <= target.longest {
        (target.run)(bytes);
    }
});
