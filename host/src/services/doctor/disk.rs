//! The disk: whether what is to be written has a place, and may be written there.

use std::path::Path;

use rustix::fs::{Access, access, statvfs};

use crate::config::{Backend, Config};
use crate::domain::Finding;

const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;
/// Less is a day's calls of a large house, with its logs.
const LITTLE: u64 = 2 * GIB;
/// Less is gone before anybody looks.
const NOTHING: u64 = 256 * MIB;
const MEND: &str = "Make room, or let `data_dir` (and `database.url`) lie on a larger disk. A database that cannot be written \
                    makes no calls.";

/// Looks at the folders that the program writes to.
pub(super) fn examine(config: &Config) -> Vec<Finding> {
    let mut folders = vec![config.data_dir.clone()];
    if let Some(Backend::Sqlite(file)) = config.database.backend(&config.data_dir)
        && let Some(folder) = file.parent()
        && folder != config.data_dir
    {
        // The one in which the program was started.
        folders.push(if folder.as_os_str().is_empty() { ".".into() } else { folder.to_owned() });
    }
    folders.iter().map(|folder| of(folder)).collect()
}

fn of(folder: &Path) -> Finding {
    let name = folder.display();
    // What is not there yet is made at the start, on the disk of what is there.
    let there = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    if access(there, Access::WRITE_OK | Access::EXEC_OK).is_err() {
        return Finding::problem(
            format!("Disk: {name} cannot be written by this account."),
            "Run the doctor as the account that serves. If it is this one, give it that folder (chown).",
        );
    }
    let disk = match statvfs(there) {
        Ok(disk) => disk,
        Err(error) => return Finding::warning(format!("Disk: {name} does not tell its size: {error}."), MEND),
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    // Some file systems have no fixed number of files, and tell 0.
    if disk.f_files > 0 && disk.f_favail == 0 {
        return Finding::problem(format!("Disk: {name} has no room for another file."), MEND);
    }
    let what = format!("Disk: {name} has {} free.", size(free));
    match free {
        0..NOTHING => Finding::problem(what, MEND),
        NOTHING..LITTLE => Finding::warning(what, MEND),
        LITTLE.. => Finding::ok(what),
    }
}

fn size(bytes: u64) -> String {
    if bytes < 10 * GIB { format!("{} MiB", bytes / MIB) } else { format!("{} GiB", bytes / GIB) }
}
