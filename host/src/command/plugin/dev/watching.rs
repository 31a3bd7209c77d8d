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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_editor_and_a_build_leave_among_the_sources_is_no_change() {
        let dir = tempfile::tempdir().unwrap();
        let look = || {
            let mut found = BTreeMap::new();
            collect(dir.path(), &mut found);
            found.into_keys().collect::<Vec<_>>()
        };
        std::fs::write(dir.path().join("plugin.py"), "").unwrap();
        let before = look();
        assert_eq!(before, [dir.path().join("plugin.py")]);
        std::fs::create_dir(dir.path().join("__pycache__")).unwrap();
        std::fs::write(dir.path().join("__pycache__/plugin.pyc"), "").unwrap();
        std::fs::write(dir.path().join(".plugin.py.swp"), "").unwrap();
        assert_eq!(look(), before);
        std::fs::write(dir.path().join("more.py"), "").unwrap();
        assert_eq!(look().len(), 2);
    }
}
