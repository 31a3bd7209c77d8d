//! A disk that remembers what was done to it, breaks, or pulls the plug: see `tests/fixtures/disk.c`, which a program is
//! started with.

use std::collections::{BTreeMap, HashMap};
use std::os::unix::fs::MetadataExt as _;
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

/// One thing that a program did to a file.
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
    Remove,
    Rename(PathBuf),
}

impl Disk {
    /// One with nothing on it; none where there is no such library, which is said.
    pub async fn start(fault: &str) -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("callpanion-disk-").tempdir().unwrap();
        let library = folder.path().join("disk.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/disk.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl");
        let compiled = compiler.output().await.is_ok_and(|ran| ran.status.success());
        if !cfg!(target_os = "linux") || !compiled {
            eprintln!("{fault}: NOT CHECKED, a library that stands before the disk needs Linux and a C compiler");
            return None;
        }
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
        b'u' => What::Remove,
        b'r' => What::Rename(String::from_utf8(bytes.to_vec()).unwrap().into()),
        other => panic!("the log of the disk has {other:?}"),
    };
    let at_us = i64::try_from(number(0)).unwrap();
    let path = String::from_utf8(path.to_vec()).unwrap().into();
    Some((Deed { at_us, inode: number(8), path, what }, log))
}

/// What lies on the disk for good, and what the program was only told. A file's contents are safe when the file was
/// synced; that there is a file of this name, or none any more, when its folder was.
#[derive(Clone)]
pub struct Platter {
    folder: PathBuf,
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
    pub fn of(folder: &Path) -> Self {
        let mut platter = Self {
            folder: folder.to_owned(),
            contents: Vec::new(),
            by_inode: HashMap::new(),
            names: BTreeMap::new(),
            told: Vec::new(),
        };
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
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
        if deed.path == self.folder {
            for (name, file) in std::mem::take(&mut self.told) {
                rename(&mut self.names, name, file);
            }
            return;
        }
        let file = *self.by_inode.entry(deed.inode).or_insert_with(|| {
            self.contents.push(Content::default());
            self.told.push((deed.path.clone(), Some(self.contents.len() - 1)));
            self.contents.len() - 1
        });
        match &deed.what {
            What::Sync => self.contents[file].sync(|_| true),
            What::Remove => {
                self.by_inode.remove(&deed.inode);
                self.told.push((deed.path.clone(), None));
            }
            What::Rename(to) => self.told.extend([(deed.path.clone(), None), (to.clone(), Some(file))]),
            written => self.contents[file].told.push(written.clone()),
        }
    }

    /// Puts into a folder what is found after a power cut: what is safe, and of the rest whatever `arrives`.
    pub fn cut(&self, into: &Path, mut arrives: impl FnMut() -> bool) {
        let mut names = self.names.clone();
        for (name, file) in &self.told {
            if arrives() {
                rename(&mut names, name.clone(), *file);
            }
        }
        for (name, file) in names {
            let content = &self.contents[file];
            let mut found = Content { safe: content.safe.clone(), told: content.told.clone() };
            found.sync(|_| arrives());
            std::fs::write(into.join(name.file_name().unwrap()), found.safe).unwrap();
        }
    }
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
