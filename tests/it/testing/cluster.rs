//! A PostgreSQL server of a test's own, which the test may stop, and a way to it that the test may cut.

use std::net::TcpListener as StdListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::sync::watch;
use tokio::task::JoinSet;

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
        let folder = tempfile::Builder::new().prefix("callpanion-pg-").tempdir().unwrap();
        let port = StdListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let cluster = Self { folder, port, options };
        let folder = cluster.folder.path().to_str().unwrap().to_owned();
        // PostgreSQL refuses to run as root.
        assert!(Command::new("chmod").args(["777", &folder]).status().await.unwrap().success());
        cluster.run("initdb", &["-U", "callpanion", "-A", "trust", "--no-sync", "-D"]).await;
        cluster.go().await;
        cluster
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    async fn run(&self, program: &str, arguments: &[&str]) {
        let is_root = Command::new("id").arg("-u").output().await.unwrap().stdout == b"0\n";
        let mut command = if is_root {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", program]);
            command
        } else {
            Command::new(program)
        };
        let log = self.folder.path().join("output");
        let output = std::fs::File::create(&log).unwrap();
        let command = command.args(arguments).arg(self.data()).env("HOME", self.folder.path());
        let command = command.current_dir(self.folder.path()).stdout(output.try_clone().unwrap()).stderr(output);
        let status = command.status().await.unwrap();
        assert!(status.success(), "{program}: {}", std::fs::read_to_string(log).unwrap_or_default());
    }

    /// Starts the server again.
    pub async fn go(&self) {
        let (log, port, more) = (self.folder.path().join("log"), self.port, self.options);
        let folder = self.folder.path().display();
        let options = format!("-h 127.0.0.1 -p {port} -k {folder} -c max_connections=200 {more}");
        self.run("pg_ctl", &["-w", "-l", log.to_str().unwrap(), "-o", &options, "start", "-D"]).await;
    }

    /// Stops it as a crash would.
    pub async fn halt(&self) {
        self.run("pg_ctl", &["-m", "immediate", "-w", "stop", "-D"]).await;
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
