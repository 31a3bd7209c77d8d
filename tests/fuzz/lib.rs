//! Everything that is fuzzed: one function for each door through which strangers' bytes come in, with what must hold
//! whatever they are. `tests/fuzz/run` has libFuzzer invent the bytes; `cargo test` takes the seeds only.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a target that meets the unexpected has found something")]

mod targets;

use targets::{component, config, manifest, recording, requests, schedule, texts, vendor_replies, webhooks};

/// Takes any bytes, and panics when something does not hold.
pub type Target = fn(&[u8]);

/// The targets by name. `corpus/<name>` has the seeds of each.
pub const TARGETS: [(&str, Target); 10] = [
    ("component", component::component),
    ("config", config::config),
    ("manifest", manifest::manifest),
    ("recording", recording::recording),
    ("requests", requests::requests),
    ("schedule", schedule::schedule),
    ("texts", texts::texts),
    ("vendor_replies", vendor_replies::vendor_replies),
    ("webhook_body", webhooks::webhook_body),
    ("webhook_signature", webhooks::webhook_signature),
];

/// The target of this name.
pub fn find(name: &str) -> Option<Target> {
    TARGETS.iter().find(|(known, _)| *known == name).map(|(_, target)| *target)
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::{fs, io};

    use super::TARGETS;

    /// As `run` reads it: a target, the folder of more seeds of it or `-`, and whose coverage is told.
    const TABLE: &str = include_str!("targets.txt");

    fn here() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }

    fn rows() -> Vec<Vec<&'static str>> {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
        rows.map(|line| line.split_whitespace().collect()).collect()
    }

    fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
    }

    #[test]
    fn table_of_the_script_names_every_target() {
        let named: Vec<_> = rows().iter().map(|row| row[0]).collect();
        assert_eq!(named, TARGETS.map(|(name, _)| name));
        assert_eq!(files(&here().join("corpus")).unwrap().len(), TARGETS.len(), "a folder of seeds for each");
    }

    #[test]
    fn every_seed_holds() {
        for ((name, target), row) in TARGETS.iter().zip(rows()) {
            let mut seeds = files(&here().join("corpus").join(name)).unwrap();
            if row[1] != "-" {
                seeds.extend(files(&here().join(row[1])).unwrap());
            }
            assert!(!seeds.is_empty(), "{name} has seeds");
            target(b"");
            for seed in seeds {
                println!("{name}: {}", seed.display());
                target(&fs::read(seed).unwrap());
            }
        }
    }
}
