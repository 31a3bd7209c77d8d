//! A PostgreSQL server of a test's own, which the test may stop, and a way to it that the test may cut.

use std::net::TcpListener as StdListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Settings;

/// A server with an empty database named `callpanion`.
pub struct Cluster {
    folder: TempDir,
    port: u16,
    options: &'static str,
}

impl Cluster {
    /// Makes and starts one.
    pub async fn start() -> Self {
        Self::start_with("").await
    }

    /// The same, with more options of the server's command line.
    pub async fn start_with(options: &'static str) -> Self {
        let cluster = Self::nothing_yet(options);
        cluster.run("initdb", &["-U", "callpanion", "-A", "trust", "--no-sync", "-D"], &Settings::new()).await;
        cluster.go().await;
        cluster
    }

    /// The same on data that are `put` into its folder.
    pub async fn start_on(options: &'static str, put: impl FnOnce(&Path)) -> Self {
        let cluster = Self::nothing_yet(options);
        let data = cluster.data();
        std::fs::create_dir(&data).unwrap();
        put(&data);
        // It refuses data that are another's, or that others may read.
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700)).unwrap();
        if is_root().await {
            let mut give = Command::new("chown");
            assert!(give.args(["-R", "nobody:nogroup"]).arg(data).status().await.unwrap().success());
        }
        cluster.go().await;
        cluster
    }

    fn nothing_yet(options: &'static str) -> Self {
        let folder = tempfile::Builder::new().prefix("callpanion-pg-").tempdir().unwrap();
        let port = StdListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        // PostgreSQL refuses to run as root.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        Self { folder, port, options }
    }

    /// The folder of its data.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    async fn run(&self, program: &str, arguments: &[&str], environment: &Settings) {
        let mut command = if is_root().await {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", program]);
            command
        } else {
            Command::new(program)
        };
        let said = self.folder.path().join("output");
        let output = std::fs::File::create(&said).unwrap();
        let command = command.args(arguments).arg(self.data()).env("HOME", self.folder.path()).envs(environment);
        let command = command.current_dir(self.folder.path()).stdout(output.try_clone().unwrap()).stderr(output);
        let status = command.status().await.unwrap();
        let [said, log] = [said, self.log()].map(|file| std::fs::read_to_string(file).unwrap_or_default());
        assert!(status.success(), "{program}: {said}{log}");
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Starts the server again.
    pub async fn go(&self) {
        self.go_with(&Settings::new()).await;
    }

    /// The same, with more in its environment.
    pub async fn go_with(&self, environment: &Settings) {
        let (log, port, more) = (self.log(), self.port, self.options);
        let folder = self.folder.path().display();
        let options = format!("-h 127.0.0.1 -p {port} -k {folder} -c max_connections=200 {more}");
        let start = ["-w", "-l", log.to_str().unwrap(), "-o", &options, "start", "-D"];
        self.run("pg_ctl", &start, environment).await;
    }

    /// Stops it in good order: all that it was told is in its files.
    pub async fn rest(&self) {
        self.run("pg_ctl", &["-m", "fast", "-w", "stop", "-D"], &Settings::new()).await;
    }

    /// Stops it as a crash would.
    pub async fn halt(&self) {
        self.run("pg_ctl", &["-m", "immediate", "-w", "stop", "-D"], &Settings::new()).await;
    }

    /// Stops every process of it where it stands: connections stay open, and nobody answers.
    pub async fn freeze(&self) {
        self.signal("-STOP").await;
    }

    /// Lets it go on.
    pub async fn thaw(&self) {
        self.signal("-CONT").await;
    }

    /// The server first: what stands still makes no new processes.
    async fn signal(&self, signal: &str) {
        let server = self.server().expect("it runs");
        assert!(Command::new("kill").args([signal, &server]).status().await.unwrap().success());
        let all = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output().await.unwrap();
        let all = String::from_utf8(all.stdout).unwrap();
        let pairs = all.lines().filter_map(|line| line.trim().split_once(char::is_whitespace));
        let children: Vec<&str> = pairs.filter(|(_, of)| of.trim() == server).map(|(id, _)| id).collect();
        assert!(!children.is_empty(), "the processes of the server were found");
        // One that has just ended is no matter.
        let _signalled = Command::new("kill").arg(signal).args(children).stderr(Stdio::null()).status().await.unwrap();
    }

    /// The id of its first process.
    fn server(&self) -> Option<String> {
        let pid = std::fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        pid.lines().next().map(str::to_owned)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// As `database.url` has it, at a port.
    pub fn url_at(port: u16) -> String {
        format!("postgres://callpanion@127.0.0.1:{port}/postgres")
    }

    /// As `database.url` has it.
    pub fn url(&self) -> String {
        Self::url_at(self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(pid) = self.server() {
            // A blocking end: the folder goes away with the server. One that stands still hears of it when it goes on.
            for signal in ["-QUIT", "-CONT"] {
                let _ended = std::process::Command::new("kill").args([signal, &pid]).status();
            }
        }
    }
}

async fn is_root() -> bool {
    Command::new("id").arg("-u").output().await.unwrap().stdout == b"0\n"
}

/// A TCP way to a port that can be cut: what is under way stands still, as with a pulled cable.
pub struct Way {
    port: u16,
    open: Arc<watch::Sender<bool>>,
    _task: JoinSet<()>,
}

impl Way {
    /// Opens a way to a port of this machine.
    pub async fn to(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let open = Arc::new(watch::channel(true).0);
        let (mut task, gate) = (JoinSet::new(), open.clone());
        task.spawn(async move {
            let mut streams = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                let gate = gate.clone();
                streams.spawn(async move {
                    let Ok(far) = TcpStream::connect(("127.0.0.1", target)).await else { return };
                    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                    tokio::join!(carry(near_in, far_out, gate.subscribe()), carry(far_in, near_out, gate.subscribe()));
                });
            }
        });
        Self { port, open, _task: task }
    }

    /// Where it begins.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Nothing gets through any more.
    pub fn cut(&self) {
        self.open.send_replace(false);
    }

    /// Everything gets through again.
    pub fn mend(&self) {
        self.open.send_replace(true);
    }
}

async fn carry(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut open: watch::Receiver<bool>,
) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(number @ 1..) = from.read(&mut bytes).await {
        if open.wait_for(|open| *open).await.is_err() || to.write_all(&bytes[..number]).await.is_err() {
            return;
        }
    }
}
