//! A disk that remembers what was done to it, breaks, or pulls the plug: see `tests/fixtures/disk.c`, which a program is
//! started with.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::process::Command;

use crate::testing::Settings;

/// What a disk writes whole or not at all.
const SECTOR_BYTES: usize = 512;

/// A folder for a database, and the library that stands between it and a program.
pub struct Disk {
    folder: TempDir,
    library: PathBuf,
}

/// One thing that a program did to a file or to a folder.
pub struct Deed {
    /// When it was about to do it, in microseconds.
    pub at_us: i64,
    inode: u64,
    path: PathBuf,
    what: What,
}

#[derive(Clone)]
enum What {
    Write { offset: usize, bytes: Vec<u8> },
    Truncate(usize),
    Sync,
    SyncFolder,
    Make,
    Remove,
    Rename(PathBuf),
    Link(PathBuf),
}

impl Disk {
    /// One with nothing on it; none where there is no such library, which is said.
    pub async fn start(fault: &str) -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("callpanion-disk-").tempdir().unwrap();
        let library = folder.path().join("disk.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/disk.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl");
        let (true, Ok(compiled)) = (cfg!(target_os = "linux"), compiler.output().await) else {
            eprintln!("{fault}: NOT CHECKED, a library that stands before the disk needs Linux and a C compiler");
            return None;
        };
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        let disk = Self { folder, library };
        std::fs::create_dir(disk.data()).unwrap();
        Some(disk)
    }

    /// The folder of the database.
    pub fn data(&self) -> PathBuf {
        // As the kernel names it.
        self.folder.path().canonicalize().unwrap().join("data")
    }

    /// The database.
    pub fn file(&self) -> PathBuf {
        self.data().join("it.sqlite")
    }

    fn place(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Puts it between the database and a program with these settings. All that this does is written down.
    pub fn watch(&self, settings: &mut Settings) {
        settings.insert("LD_PRELOAD".to_owned(), self.library.display().to_string());
        settings.insert("DISK_FILES".to_owned(), self.file().display().to_string());
        settings.insert("DISK_LOG".to_owned(), self.place("log"));
        settings.insert("DISK_BROKEN".to_owned(), self.place("broken"));
    }

    /// What a server is to be started with so that all that its processes do in a folder is written down.
    pub fn watch_folder(&self, folder: &Path) -> Settings {
        // It may run as another user.
        let open = |path: &str, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        open(&self.place(""), 0o755);
        std::fs::write(self.place("log"), "").unwrap();
        open(&self.place("log"), 0o666);
        Settings::from([
            ("LD_PRELOAD".to_owned(), self.library.display().to_string()),
            ("DISK_FILES".to_owned(), format!("{}/", folder.canonicalize().unwrap().display())),
            ("DISK_LOG".to_owned(), self.place("log")),
        ])
    }

    /// The program dies just before it does the so-manieth thing.
    pub fn kill_at(settings: &mut Settings, deed: usize) {
        settings.insert("DISK_KILL_AT".to_owned(), deed.to_string());
    }

    /// From now on nothing can be written.
    pub fn breaks(&self) {
        std::fs::write(self.place("broken"), "").unwrap();
    }

    /// It is mended.
    pub fn mends(&self) {
        std::fs::remove_file(self.place("broken")).unwrap();
    }

    /// Everything that was done, in order, and forgets it.
    pub fn take_deeds(&self) -> Vec<Deed> {
        let log = std::fs::read(self.place("log")).unwrap_or_default();
        let _none_yet = std::fs::remove_file(self.place("log"));
        let (mut deeds, mut rest) = (Vec::new(), log.as_slice());
        // The last entry may be half a one: the program was killed.
        while let Some((deed, after)) = read(rest) {
            deeds.push(deed);
            rest = after;
        }
        deeds
    }
}

fn read(log: &[u8]) -> Option<(Deed, &[u8])> {
    let (head, log) = log.split_at_checked(33)?;
    let number = |at: usize| u64::from_ne_bytes(head[at..at + 8].try_into().unwrap());
    let length = |at: usize| u32::from_ne_bytes(head[at..at + 4].try_into().unwrap()) as usize;
    let (path, log) = log.split_at_checked(length(24))?;
    let (bytes, log) = log.split_at_checked(length(28))?;
    let offset = usize::try_from(number(16)).unwrap();
    let what = match head[32] {
        b'w' => What::Write { offset, bytes: bytes.to_vec() },
        b't' => What::Truncate(offset),
        b's' => What::Sync,
        b'd' => What::SyncFolder,
        b'c' => What::Make,
        b'u' => What::Remove,
        b'r' => What::Rename(other_name(bytes)),
        b'l' => What::Link(other_name(bytes)),
        other => panic!("the log of the disk has {other:?}"),
    };
    let at_us = i64::try_from(number(0)).unwrap();
    let path = String::from_utf8(path.to_vec()).unwrap().into();
    Some((Deed { at_us, inode: number(8), path, what }, log))
}

fn other_name(bytes: &[u8]) -> PathBuf {
    String::from_utf8(bytes.to_vec()).unwrap().into()
}

/// When it is safe that there is a file of a name, or none any more.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// When the folder was synced; until then any of them may be. This is all that POSIX promises.
    WithFolder,
    /// In the order in which they changed: with what is synced, its name is safe, and each that changed before. So the
    /// journals of ext4 and XFS have it, and PostgreSQL counts on it: it makes a table's file and syncs only that.
    InOrder,
}

/// What lies on the disk for good, and what the program was only told. A file's contents are safe when the file was
/// synced. Folders are safe: those that there were, and those that a file's name needs.
#[derive(Clone)]
pub struct Platter {
    folder: PathBuf,
    safe_names: Names,
    folders: Vec<PathBuf>,
    contents: Vec<Content>,
    /// By inode, as long as that is the same file.
    by_inode: HashMap<u64, usize>,
    names: BTreeMap<PathBuf, usize>,
    told: Vec<(PathBuf, Option<usize>)>,
}

#[derive(Clone, Default)]
struct Content {
    safe: Vec<u8>,
    told: Vec<What>,
}

impl Platter {
    /// What lies in a folder now, all of it safe.
    pub fn of(folder: &Path, safe_names: Names) -> Self {
        let mut platter = Self {
            folder: folder.canonicalize().unwrap(),
            safe_names,
            folders: Vec::new(),
            contents: Vec::new(),
            by_inode: HashMap::new(),
            names: BTreeMap::new(),
            told: Vec::new(),
        };
        let (folders, files) = everything_in(&platter.folder);
        platter.folders = folders;
        for path in files {
            let safe = std::fs::read(&path).unwrap();
            platter.by_inode.insert(path.metadata().unwrap().ino(), platter.contents.len());
            platter.names.insert(path, platter.contents.len());
            platter.contents.push(Content { safe, told: Vec::new() });
        }
        platter
    }

    /// The same, when the program has done all this.
    pub fn after(&self, deeds: &[Deed]) -> Self {
        let mut platter = self.clone();
        for deed in deeds {
            platter.take(deed);
        }
        platter
    }

    /// The program does one thing more.
    pub fn take(&mut self, deed: &Deed) {
        if matches!(deed.what, What::SyncFolder) {
            self.sync_names(|name, _| name.parent() == Some(deed.path.as_path()));
            return;
        }
        let file = *self.by_inode.entry(deed.inode).or_insert_with(|| {
            self.contents.push(Content::default());
            self.told.push((deed.path.clone(), Some(self.contents.len() - 1)));
            self.contents.len() - 1
        });
        match &deed.what {
            What::Sync => {
                self.contents[file].sync(|_| true);
                if self.safe_names == Names::InOrder {
                    self.sync_names(|_, of| of == Some(file));
                }
            }
            What::Remove => self.told.push((deed.path.clone(), None)),
            What::Rename(to) => self.told.extend([(deed.path.clone(), None), (to.clone(), Some(file))]),
            What::Link(to) => self.told.push((to.clone(), Some(file))),
            What::Make | What::SyncFolder => {}
            written => self.contents[file].told.push(written.clone()),
        }
        if matches!(deed.what, What::Remove | What::Rename(_)) {
            // The inode of a file without a name may be another file's from now on.
            let named: HashSet<usize> = self.names_as_told().into_values().collect();
            self.by_inode.retain(|_, file| named.contains(file));
        }
    }

    /// Makes safe the names of which this holds, and what is safe with them.
    fn sync_names(&mut self, is_synced: impl Fn(&Path, Option<usize>) -> bool) {
        let told = std::mem::take(&mut self.told);
        let before_last = told.iter().rposition(|(name, file)| is_synced(name, *file)).map_or(0, |last| last + 1);
        for (at, (name, file)) in told.into_iter().enumerate() {
            let is_safe = match self.safe_names {
                Names::WithFolder => is_synced(&name, file),
                Names::InOrder => at < before_last,
            };
            if is_safe {
                rename(&mut self.names, name, file);
            } else {
                self.told.push((name, file));
            }
        }
    }

    /// As the program sees them.
    fn names_as_told(&self) -> BTreeMap<PathBuf, usize> {
        let mut names = self.names.clone();
        for (name, file) in &self.told {
            rename(&mut names, name.clone(), *file);
        }
        names
    }

    /// Puts into a folder what is found after a power cut: what is safe, and of the rest whatever `arrives`.
    pub fn cut(&self, into: &Path, mut arrives: impl FnMut() -> bool) {
        let (mut names, mut has_arrived) = (self.names.clone(), true);
        for (name, file) in &self.told {
            has_arrived = arrives() && (has_arrived || self.safe_names == Names::WithFolder);
            if has_arrived {
                rename(&mut names, name.clone(), *file);
            }
        }
        let place = |path: &Path| into.join(path.strip_prefix(&self.folder).unwrap());
        for folder in &self.folders {
            std::fs::create_dir_all(place(folder)).unwrap();
        }
        for (name, file) in names {
            let content = &self.contents[file];
            let mut found = Content { safe: content.safe.clone(), told: content.told.clone() };
            found.sync(|_| arrives());
            std::fs::create_dir_all(place(&name).parent().unwrap()).unwrap();
            std::fs::write(place(&name), found.safe).unwrap();
        }
    }

    /// The files of a folder that are not as the program was told, by their names in it.
    pub fn unlike(&self, folder: &Path) -> Vec<PathBuf> {
        let told = tempfile::tempdir().unwrap();
        self.cut(told.path(), || true);
        let names = [told.path(), folder].map(|folder| {
            let (_, files) = everything_in(folder);
            files.into_iter().map(|path| path.strip_prefix(folder).unwrap().to_owned()).collect::<HashSet<_>>()
        });
        let is_unlike = |name: &&PathBuf| {
            let [told, found] = [told.path(), folder].map(|folder| std::fs::read(folder.join(name)).ok());
            told != found
        };
        names[0].union(&names[1]).filter(is_unlike).cloned().collect()
    }
}

/// The folders in a folder, and the files in all of them.
fn everything_in(folder: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut folders, mut files, mut waiting) = (Vec::new(), Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path.clone());
                waiting.push(path);
            } else {
                files.push(path);
            }
        }
    }
    (folders, files)
}

fn rename(names: &mut BTreeMap<PathBuf, usize>, name: PathBuf, file: Option<usize>) {
    match file {
        Some(file) => names.insert(name, file),
        None => names.remove(&name),
    };
}

impl Content {
    /// Makes safe, sector by sector, what arrives.
    fn sync(&mut self, mut arrives: impl FnMut(&What) -> bool) {
        for what in std::mem::take(&mut self.told) {
            match &what {
                What::Write { offset, bytes } => {
                    let mut at = *offset;
                    let mut rest = bytes.as_slice();
                    while !rest.is_empty() {
                        let (sector, after) = rest.split_at(rest.len().min(SECTOR_BYTES - at % SECTOR_BYTES));
                        if arrives(&what) {
                            self.safe.resize(self.safe.len().max(at + sector.len()), 0);
                            self.safe[at..at + sector.len()].copy_from_slice(sector);
                        }
                        at += sector.len();
                        rest = after;
                    }
                }
                What::Truncate(length) if arrives(&what) => self.safe.resize(*length, 0),
                _ => {}
            }
        }
    }
}
