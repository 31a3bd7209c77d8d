//! Builds the first-party plugins as WebAssembly and embeds them: the binary carries
//! each component with its manifest, and `plugins::builtin` is the only one to see them.
//!
//! The inner cargo has its own target directory, so it never waits for the lock of
//! the outer one, and debug, release, test and clippy runs share what it built.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

const TARGET: &str = "wasm32-wasip2";
const PROFILE: &str = "plugin";

/// The first-party plugins: the package `callpanion-<id>` in `plugins/<id>`.
const IDS: [&str; 8] =
    ["fcm", "apns-voip", "web-push", "web-push-notices", "twilio-batch", "twilio", "elevenlabs", "family-summary"];

fn main() {
    if let Err(error) = run() {
        // Cargo shows what a failing build script prints to stderr.
        #[expect(clippy::print_stderr, reason = "a build script has no other voice")]
        {
            eprintln!("building the plugins failed: {error}");
        }
        std::process::exit(1);
    }
}

fn run() -> Result<(), String> {
    let root =
        variable("CARGO_MANIFEST_DIR")?.parent().map(Path::to_path_buf).ok_or("the host lies in no workspace")?;
    let out = variable("OUT_DIR")?;
    let target_dir = workspace_target(&out, &root).join("plugins");
    let inputs = ["plugin-api", "plugins", "Cargo.lock", "Cargo.toml", "rust-toolchain.toml"];
    for input in inputs {
        changed(&root.join(input));
    }
    println_cargo("rerun-if-changed=build.rs");

    ensure_target(&root)?;
    build(&root, &target_dir)?;

    let mut source = String::from("pub(crate) const BUILTIN: &[Builtin] = &[\n");
    for id in IDS {
        let file = format!("callpanion_{}.wasm", id.replace('-', "_"));
        let built = target_dir.join(TARGET).join(PROFILE).join(file);
        // A copy, because another build may replace the file while rustc reads it.
        let component = out.join(format!("{id}.wasm"));
        fs::copy(&built, &component).map_err(|e| format!("{}: {e}", built.display()))?;
        let manifest = root.join("plugins").join(id).join("plugin.toml");
        fs::metadata(&manifest).map_err(|e| format!("{}: {e}", manifest.display()))?;
        let (manifest, component) = (literal(&manifest)?, literal(&component)?);
        writeln!(
            source,
            "    Builtin {{ id: {id:?}, manifest: include_str!({manifest}), component: include_bytes!({component}) }},"
        )
        .map_err(|e| e.to_string())?;
    }
    source.push_str("];\n");
    fs::write(out.join("builtin.rs"), source).map_err(|e| format!("builtin.rs: {e}"))
}

/// A path as a string literal of Rust.
fn literal(path: &Path) -> Result<String, String> {
    path.to_str().map(|text| format!("{text:?}")).ok_or_else(|| format!("{} is not UTF-8", path.display()))
}

/// Builds every plugin with a cargo that inherits nothing from this one.
fn build(root: &Path, target_dir: &Path) -> Result<(), String> {
    let mut cargo = Command::new(variable("CARGO")?);
    cargo.current_dir(root);
    cargo.args(["build", "--locked", "--profile", PROFILE, "--target", TARGET, "--target-dir"]).arg(target_dir);
    // A plugin's stack is a part of its memory: a small one makes an instance cheaper.
    cargo.args(["--config", "target.wasm32-wasip2.rustflags=[\"-Clink-arg=-zstack-size=131072\"]"]);
    for id in IDS {
        cargo.args(["-p", &format!("callpanion-{id}")]);
    }
    scrub(&mut cargo);
    let output = cargo.output().map_err(|e| format!("cargo does not start: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
}

/// Makes sure that the standard library for [`TARGET`] is there.
fn ensure_target(root: &Path) -> Result<(), String> {
    if has_target()? {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]).current_dir(root);
    let added = rustup.output();
    if matches!(&added, Ok(output) if output.status.success()) && has_target()? {
        return Ok(());
    }
    let why = match added {
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => "rustup is not installed".to_owned(),
        Err(error) => error.to_string(),
    };
    Err(format!(
        "the compiler has no standard library for {TARGET}, which the plugins are built for, and adding it failed: \
         {why}.\nRun `rustup target add {TARGET}` in {} while online, then build again. Without rustup, install \
         your distribution's package of Rust's standard library for {TARGET}.",
        root.display()
    ))
}

fn has_target() -> Result<bool, String> {
    let mut rustc = Command::new(variable("RUSTC")?);
    rustc.args(["--print", "target-libdir", "--target", TARGET]);
    scrub(&mut rustc);
    let output = rustc.output().map_err(|e| format!("rustc does not start: {e}"))?;
    let libdir = String::from_utf8_lossy(&output.stdout);
    let Ok(mut entries) = fs::read_dir(libdir.trim()) else { return Ok(false) };
    Ok(entries.any(|entry| entry.is_ok_and(|e| e.file_name().to_string_lossy().starts_with("libstd-"))))
}

/// Removes what the outer cargo (or clippy, or the host's own rustflags) put into the environment.
fn scrub(command: &mut Command) {
    const OURS: [&str; 16] = [
        "RUSTFLAGS",
        "RUSTDOCFLAGS",
        "RUSTC",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTC_LINKER",
        "RUSTDOC",
        "CLIPPY_ARGS",
        "CLIPPY_CONF_DIR",
        "TARGET",
        "HOST",
        "PROFILE",
        "DEBUG",
        "OPT_LEVEL",
        "NUM_JOBS",
        "OUT_DIR",
    ];
    for (name, _) in env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        let cargo = text.starts_with("CARGO_") || text == "CARGO";
        let keep = text == "CARGO_HOME"
            || ["CARGO_NET_", "CARGO_REGISTRIES_", "CARGO_REGISTRY_", "CARGO_HTTP_", "CARGO_SOURCE_"]
                .iter()
                .any(|prefix| text.starts_with(prefix));
        if (cargo && !keep) || OURS.contains(&text) || text.starts_with("DEP_") {
            command.env_remove(&name);
        }
    }
}

/// The workspace's target directory: `OUT_DIR` is `<target>[/<triple>]/<profile>/build/<package>/out`.
fn workspace_target(out: &Path, root: &Path) -> PathBuf {
    out.ancestors()
        .find(|dir| dir.join("CACHEDIR.TAG").is_file())
        .map_or_else(|| root.join("target"), Path::to_path_buf)
}

/// Watches a file, or all files below a directory; a new file touches its directory.
fn changed(path: &Path) {
    println_cargo(&format!("rerun-if-changed={}", path.display()));
    let Ok(entries) = fs::read_dir(path) else { return };
    for entry in entries.flatten() {
        changed(&entry.path());
    }
}

/// A line for the outer cargo.
fn println_cargo(line: &str) {
    println!("cargo:{line}");
}

fn variable(name: &str) -> Result<PathBuf, String> {
    env::var_os(name).map(PathBuf::from).ok_or_else(|| format!("cargo did not set {name}"))
}
