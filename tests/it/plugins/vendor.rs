//! A vendor that answers as no vendor should, byte by byte: what it does stands in the path that it is asked for.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// One request as it came over the wire.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Method and path.
    pub line: String,
    /// The header lines, in lower case up to the colon.
    pub headers: Vec<String>,
}

/// A vendor on loopback. It ends when it is dropped.
pub struct Vendor {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    asked: watch::Receiver<usize>,
    /// What is asked for under `/held` waits for one of these.
    released: Arc<Semaphore>,
    _tasks: JoinSet<()>,
}

impl Vendor {
    /// Opens the door. `elsewhere` is where redirects lead.
    pub async fn open(elsewhere: Option<&Self>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let elsewhere = elsewhere.map(Self::origin).unwrap_or_default();
        let released = Arc::new(Semaphore::new(0));
        let (counted, asked) = watch::channel(0);
        let mut tasks = JoinSet::new();
        let desk = Arc::new(Desk { seen: seen.clone(), counted, released: released.clone(), elsewhere });
        tasks.spawn(async move {
            let mut visits = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let desk = desk.clone();
                visits.spawn(async move {
                    // A client that hangs up in the middle is what many of these tests are about.
                    let _ = visit(stream, &desk).await;
                });
                while visits.try_join_next().is_some() {}
            }
        });
        Self { address, seen, asked, released, _tasks: tasks }
    }

    /// Waits until it was asked so many times in all.
    pub async fn asked(&self, times: usize) {
        self.asked.clone().wait_for(|seen| *seen >= times).await.unwrap();
    }

    /// Lets so many held requests have their answers.
    pub fn release(&self, requests: usize) {
        self.released.add_permits(requests);
    }

    /// Where it answers.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its port, for other names and addresses of the same machine.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What it was asked so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What every visit needs.
struct Desk {
    seen: Arc<Mutex<Vec<Seen>>>,
    counted: watch::Sender<usize>,
    released: Arc<Semaphore>,
    elsewhere: String,
}

async fn visit(stream: TcpStream, desk: &Desk) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await? {
        let path = request.line.split(' ').nth(1).unwrap_or_default().to_owned();
        desk.seen.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        desk.counted.send_modify(|seen| *seen += 1);
        if path == "/held"
            && let Ok(permit) = desk.released.acquire().await
        {
            permit.forget();
        }
        answer(stream.get_mut(), &path, &request, &desk.elsewhere).await?;
    }
    Ok(())
}

/// One request with its body, or nothing when the client is gone.
async fn read(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<Seen>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        match line.trim_end_matches(['\r', '\n']) {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let line = lines.remove(0);
    let headers: Vec<String> = lines
        .iter()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| format!("{}:{value}", name.to_ascii_lowercase()))
        .collect();
    let length = headers.iter().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    stream.read_exact(&mut vec![0; length]).await?;
    Ok(Some(Seen { line, headers }))
}

async fn answer(stream: &mut TcpStream, path: &str, request: &Seen, elsewhere: &str) -> std::io::Result<()> {
    let (name, _) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
    match name {
        "redirect" => {
            let head = format!("HTTP/1.1 302 Found\r\nlocation: {elsewhere}/\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(head.as_bytes()).await
        }
        "redirect-keeping-the-body" => {
            let head =
                format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {elsewhere}/\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(head.as_bytes()).await
        }
        "endless" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
            let chunk = [b"10000\r\n".as_slice(), &vec![b'x'; 0x10000], b"\r\n"].concat();
            loop {
                stream.write_all(&chunk).await?;
            }
        }
        "gigabyte" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n").await?;
            let piece = vec![b'x'; 100_000];
            for _ in 0..10_000 {
                stream.write_all(&piece).await?;
            }
            Ok(())
        }
        "three-megabytes" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 3000000\r\n\r\n").await?;
            stream.write_all(&vec![b'x'; 3_000_000]).await
        }
        "trickle" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await?;
            trickle(stream, b"x").await
        }
        "trickle-of-headers" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            trickle(stream, b"x: y\r\n").await
        }
        "endless-continue" => loop {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        },
        "silence" => std::future::pending().await,
        "header-flood" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            for n in 0..100_000 {
                stream.write_all(format!("x-{n}: {}\r\n", "y".repeat(100)).as_bytes()).await?;
            }
            stream.write_all(b"content-length: 0\r\n\r\n").await
        }
        "secret-headers" => {
            let head =
                "HTTP/1.1 200 OK\r\nset-cookie: session=1\r\nauthorization: Bearer 1\r\ncontent-length: 4\r\n\r\n";
            stream.write_all(format!("{head}fine").as_bytes()).await
        }
        "broken-off" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").await?;
            stream.shutdown().await
        }
        "no-http" => {
            stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n").await?;
            stream.shutdown().await
        }
        "hang-up" => stream.shutdown().await,
        _ => {
            let text = format!("fine: {}", request.line);
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{text}", text.len());
            stream.write_all(head.as_bytes()).await
        }
    }
}

/// A little each second. Nobody in these tests waits for the second one.
async fn trickle(stream: &mut TcpStream, drop: &[u8]) -> std::io::Result<()> {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    loop {
        seconds.tick().await;
        stream.write_all(drop).await?;
    }
}
