//! Builds the plugins of `tests/fixtures/plugins` for WebAssembly, as a stranger would: a workspace and a lock of
//! their own. The tests find them in the folder that the environment variable `FIXTURES` names.
//!
//! The inner cargo has its own target directory, so it never waits for the lock of the outer one.

#![allow(clippy::expect_used, reason = "a build script that meets the unexpected has failed")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const TARGET: &str = "wasm32-wasip2";

/// What the inner cargo may know of the outer one's world. Flags and wrappers meant for native code are not in it.
const KEPT: [&str; 8] =
    ["PATH", "HOME", "USERPROFILE", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "TMPDIR", "TERM"];
const KEPT_PREFIXES: [&str; 5] = ["CARGO_NET_", "CARGO_HTTP_", "CARGO_REGISTRIES_", "CARGO_REGISTRY_", "CARGO_SOURCE_"];

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the workspace").to_owned();
    let folder = root.join("tests/fixtures/plugins");
    changed(&folder);
    changed(&root.join("plugin-api/wit"));
    println!("cargo:rerun-if-changed=build.rs");

    let target_dir = workspace_target(&root).join("fixtures");
    let mut cargo = Command::new(env::var_os("CARGO").expect("cargo names itself"));
    cargo.current_dir(&folder).env_clear();
    for (name, value) in env::vars_os() {
        let kept = name.to_str().is_some_and(|name| {
            KEPT.contains(&name)
                || KEPT_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
                || name.to_ascii_lowercase().ends_with("_proxy")
        });
        if kept {
            cargo.env(name, value);
        }
    }
    cargo.args(["build", "--locked", "--release", "--workspace", "--target", TARGET, "--target-dir"]).arg(&target_dir);
    let output = cargo.output().expect("cargo starts");
    assert!(
        output.status.success(),
        "building the plugins of {} failed ({}); the standard library for {TARGET} is needed, which \
         `rustup target add {TARGET}` brings:\n{}",
        folder.display(),
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    println!("cargo:rustc-env=FIXTURES={}", target_dir.join(TARGET).join("release").display());
}

/// The workspace's target directory: `OUT_DIR` is `<target>[/<triple>]/<profile>/build/<package>/out`.
fn workspace_target(root: &Path) -> PathBuf {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let tagged = out.ancestors().find(|dir| dir.join("CACHEDIR.TAG").is_file());
    tagged.map_or_else(|| root.join("target"), Path::to_path_buf)
}

/// Watches a file, or all files below a directory; a new file touches its directory.
fn changed(path: &Path) {
    println!("cargo:rerun-if-changed={}", path.display());
    let Ok(entries) = fs::read_dir(path) else { return };
    for entry in entries.flatten() {
        changed(&entry.path());
    }
}
