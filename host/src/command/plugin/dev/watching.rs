//! The files of a project, as a look at them finds them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::super::project::Project;

/// What tells one state of the files from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Watched(BTreeMap<PathBuf, (SystemTime, u64)>);

impl Watched {
    /// Looks at every file that the project names, folders with all that is in them.
    pub(super) fn look(project: &Project) -> Self {
        let mut found = BTreeMap::new();
        for path in project.watched() {
            collect(&path, &mut found);
        }
        Self(found)
    }
}

fn collect(path: &Path, found: &mut BTreeMap<PathBuf, (SystemTime, u64)>) {
    let Ok(seen) = std::fs::metadata(path) else { return };
    if !seen.is_dir() {
        found.insert(path.to_owned(), (seen.modified().unwrap_or(SystemTime::UNIX_EPOCH), seen.len()));
        return;
    }
    let Ok(entries) = std::fs::read_dir(path) else { return };
    for entry in entries.flatten() {
        // Hidden files are an editor's, and Python's build leaves its `__pycache__` among the sources.
        let name = entry.file_name();
        if !name.as_encoded_bytes().starts_with(b".") && name != "__pycache__" {
            collect(&entry.path(), found);
        }
    }
}
