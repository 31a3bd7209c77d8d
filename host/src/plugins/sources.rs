//! Which source files a component was made of. A panic is told with its place, but the plugin writes the place itself,
//! and could write what it was told about a person instead: so only files that stood in the component before it was told
//! anything are believed. `run` walks in; it calls nobody.

/// Longer names of files are not shown.
const FILE_NAME_MAX_BYTES: usize = 40;
const SUFFIX: &[u8] = b".rs";

/// The ends of all that stands before a `.rs` in a component.
#[derive(Debug, Default)]
pub(super) struct SourceFiles(Vec<Box<[u8]>>);

impl SourceFiles {
    /// Looks through a component.
    pub(super) fn of(component: &[u8]) -> Self {
        let ends = (0..component.len()).filter(|at| component[*at..].starts_with(SUFFIX)).map(|at| at + SUFFIX.len());
        let mut found: Vec<Box<[u8]>> =
            ends.map(|end| component[end.saturating_sub(FILE_NAME_MAX_BYTES)..end].into()).collect();
        found.sort_unstable();
        found.dedup();
        Self(found)
    }

    fn has(&self, file: &str) -> bool {
        file.strip_suffix(".rs").is_some_and(|name| !name.is_empty())
            && self.0.iter().any(|end| end.ends_with(file.as_bytes()))
    }

    /// `<file>.rs:<line>:<column>` of a line in which Rust's runtime says where it panicked. The plugin may have written
    /// the line itself, so what is no place in its source, or says more, is dropped.
    pub(super) fn panic_place(&self, line: &str) -> Option<String> {
        let (_, place) = line.split_once(" panicked at ")?;
        let mut parts = place.trim_end_matches(':').rsplitn(3, ':');
        let (column, row, path) = (parts.next()?, parts.next()?, parts.next()?);
        let number = |text: &str| (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let file = path.rsplit(['/', '\\']).next()?;
        let sound = self.has(file) && number(row) && number(column) && !path.contains(char::is_whitespace);
        sound.then(|| format!("{file}:{row}:{column}"))
    }
}

#[cfg(test)]
mod tests {
    use super::SourceFiles;

    #[test]
    fn of_a_panic_only_a_place_in_its_source_is_kept() {
        let sources =
            SourceFiles::of(b"\0asm a data segment: src/verdict.rssrc/lib.rs library/core/src/option.rs and more");
        for (line, place) in [
            ("thread 'main' panicked at src/verdict.rs:12:5:", Some("verdict.rs:12:5")),
            ("thread '<unnamed>' (1) panicked at /rustc/1/library/core/src/option.rs:7:9:", Some("option.rs:7:9")),
            (r"thread 'main' panicked at src\lib.rs:1:1:", Some("lib.rs:1:1")),
            ("thread 'main' panicked at her number is +442079460001, src/lib.rs:1:1:", None),
            ("x panicked at she-said.rs:1:1", None),
            ("x panicked at .rs:1:1", None),
            ("x panicked at verdict:1:1", None),
            ("x panicked at lib.rs:1:she said", None),
            ("x panicked at lib.rs:442079460001:1", None),
            ("x panicked at +442079460001.rs:1:1", None),
            ("x panicked at :1:1", None),
            ("nothing of the kind", None),
        ] {
            assert_eq!(sources.panic_place(line).as_deref(), place, "{line}");
        }
    }
}
