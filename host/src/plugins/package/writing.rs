//! Writing so that a reader, and whoever comes after a crash, sees the old or the new
//! and never a half: to a new name, to the disk, then into place. And one writer at a time.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// What names begin with that are not in place yet. Whatever still has such a name after a crash is rubbish.
pub(super) const UNFINISHED: &str = ".new-";
const GUARD_FILE: &str = ".writing";
/// A writer copies one plugin, which takes well under a second.
const WAIT_MAX: Duration = Duration::from_secs(10);
const WAIT_STEP: Duration = Duration::from_millis(20);

/// Puts a file into place, over an old one.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = unfinished(path);
    write(&unfinished, bytes)?;
    fs::rename(&unfinished, path)?;
    sync_folder_of(path)
}

/// Puts a folder with these files into place, over an old one. Only the guard's holder may do so.
pub(super) fn replace_folder(path: &Path, files: &[(&str, &[u8])]) -> io::Result<()> {
    let unfinished = unfinished(path);
    remove(&unfinished)?;
    fs::create_dir(&unfinished)?;
    for (name, bytes) in files {
        write(&unfinished.join(name), bytes)?;
    }
    sync(&unfinished)?;
    remove(path)?;
    fs::rename(&unfinished, path)?;
    sync_folder_of(path)
}

/// Removes a file or a whole folder, if it is there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.or_else(|e| if e.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(e) })
}

/// Waits for the right to write in `folder`, which is held as long as the file is; `None` when it takes too long.
pub(super) fn guard(folder: &Path) -> io::Result<Option<File>> {
    let file = File::options().create(true).truncate(false).write(true).open(folder.join(GUARD_FILE))?;
    let until = Instant::now() + WAIT_MAX;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if Instant::now() >= until => return Ok(None),
            Err(TryLockError::WouldBlock) => thread::sleep(WAIT_STEP),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

fn unfinished(path: &Path) -> std::path::PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{UNFINISHED}{name}"))
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => sync(folder),
        _ => sync(Path::new(".")),
    }
}

/// A rename is on the disk when its folder is. Windows has no such thing.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
