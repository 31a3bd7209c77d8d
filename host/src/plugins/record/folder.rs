//! The folders of recordings, one for each plugin: files are written whole or not at all, and the oldest go first.

use std::fs::{self, DirBuilder};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::recording::Recording;
use crate::config::plugins::Limits;

const MEBIBYTE: u64 = 1024 * 1024;

/// Writes a recording below `root`, and removes what is too much then. Returns its path.
pub(super) fn keep(root: &Path, recording: &Recording, limits: Limits) -> io::Result<PathBuf> {
    let folder = root.join(file_name(&recording.plugin.id));
    private_folder(&folder)?;
    let text = recording.to_text()?;
    let when: String = recording.at.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
    let short_id = hex::encode(&Sha256::digest(&text)[..4]);
    let path = folder.join(format!("{when}-{}-{short_id}.json", recording.export));
    // Only its owner may read a temporary file, and the mode stays.
    let mut file = NamedTempFile::new_in(&folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(&path)?;
    forget_the_oldest(&folder, limits)?;
    Ok(path)
}

/// A plugin's section may have any name.
fn file_name(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' }).collect()
}

fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The names begin with the time, so their order is that of the calls.
fn forget_the_oldest(folder: &Path, limits: Limits) -> io::Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let bytes = fs::metadata(&path)?.len();
            files.push((path, bytes));
        }
    }
    files.sort();
    let mut number = files.len();
    let mut bytes: u64 = files.iter().map(|(_, bytes)| bytes).sum();
    for (path, its_bytes) in files {
        if number <= limits.recordings as usize && bytes <= u64::from(limits.recordings_mb) * MEBIBYTE {
            break;
        }
        fs::remove_file(path)?;
        number -= 1;
        bytes -= its_bytes;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oldest_files_go_when_there_are_too_many_or_they_are_too_big() {
        let folder = tempfile::tempdir().unwrap();
        let names = || {
            let mut names: Vec<_> = fs::read_dir(folder.path())
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        for name in ["20261012T080000Z-a.json", "20261012T080001Z-a.json", "20261012T080002Z-a.json", "notes.txt"] {
            fs::write(folder.path().join(name), vec![b'x'; 400 * 1024]).unwrap();
        }
        forget_the_oldest(folder.path(), Limits { recordings: 3, recordings_mb: 2, ..Limits::default() }).unwrap();
        assert_eq!(names().len(), 4);
        forget_the_oldest(folder.path(), Limits { recordings: 3, recordings_mb: 1, ..Limits::default() }).unwrap();
        assert_eq!(names()[0], "20261012T080001Z-a.json");
        forget_the_oldest(folder.path(), Limits { recordings: 1, recordings_mb: 1, ..Limits::default() }).unwrap();
        assert_eq!(names(), ["20261012T080002Z-a.json", "notes.txt"]);
    }

    #[test]
    fn section_of_any_name_stays_in_the_folder() {
        assert_eq!(file_name("../push relay"), "___push_relay");
    }
}
