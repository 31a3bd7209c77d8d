//! A throw-away PostgreSQL with `fsync` on, as a self-hoster has it; or the one that `CALLPANION_TEST_POSTGRES` names.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context as _;
use tempfile::TempDir;

/// A server that ends with this.
pub(crate) struct Cluster {
    url: String,
    own: Option<(TempDir, PathBuf)>,
}

/// The defaults, but for memory and for checkpoints, none of which may fall into a spike by chance.
const SETTINGS: &str = "-c shared_buffers=256MB -c max_wal_size=8GB -c checkpoint_timeout=1h -c max_connections=100";

impl Cluster {
    #[expect(clippy::disallowed_methods, reason = "this is the benchmark's own setting, not one of the host's")]
    pub(crate) fn start() -> anyhow::Result<Self> {
        if let Ok(url) = std::env::var("CALLPANION_TEST_POSTGRES") {
            return Ok(Self { url, own: None });
        }
        let folder = tempfile::tempdir()?;
        let bin =
            newest_bin().context("PostgreSQL's `initdb` is not found: install it, or set CALLPANION_TEST_POSTGRES")?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let (data, place) = (folder.path().join("data"), folder.path().display().to_string());
        if is_root() {
            run(Command::new("chown").args(["nobody:nogroup", &place]))?;
        }
        let data = data.display().to_string();
        run(as_server(&bin.join("initdb"), folder.path()).args(["-D", &data, "-U", "callpanion", "-A", "trust"]))?;
        let options = format!("-h 127.0.0.1 -p {port} -k {place} {SETTINGS}");
        let log = format!("{place}/log");
        run(as_server(&bin.join("pg_ctl"), folder.path())
            .args(["-D", &data, "-w", "-l", &log, "-o", &options, "start"]))?;
        Ok(Self { url: format!("postgres://callpanion@127.0.0.1:{port}/postgres"), own: Some((folder, bin)) })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The process whose children serve the connections; unknown of a server that was there before.
    pub(crate) fn postmaster(&self) -> Option<u32> {
        let (folder, _) = self.own.as_ref()?;
        let file = std::fs::read_to_string(folder.path().join("data/postmaster.pid")).ok()?;
        file.lines().next()?.trim().parse().ok()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some((folder, bin)) = &self.own {
            let data = folder.path().join("data").display().to_string();
            // It is thrown away: how it ends does not matter.
            let _ = run(as_server(&bin.join("pg_ctl"), folder.path()).args(["-D", &data, "-m", "immediate", "stop"]));
        }
    }
}

fn newest_bin() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let bins = versions.flatten().map(|version| version.path().join("bin"));
    let found = bins
        .filter(|bin| bin.join("initdb").exists())
        .max_by_key(|bin| bin.parent().and_then(Path::file_name).and_then(|name| name.to_str()?.parse::<u32>().ok()));
    found.or_else(|| Command::new("initdb").arg("--version").output().is_ok().then(PathBuf::new))
}

/// PostgreSQL refuses to run as root.
fn as_server(program: &Path, home: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.env("HOME", home).current_dir(home);
    command
}

fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| line.starts_with("Uid:\t0\t"))
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    anyhow::ensure!(status.success(), "{command:?} failed");
    Ok(())
}
