//! The web door is flooded: by clients that send a byte at a time, that say nothing, that say far too much, and that take
//! back what they ask for. Others are served meanwhile, and phones ring.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::crowd::{Crowd, now, until};
use super::memory::Memory;
use crate::testing::program::Running;
use crate::testing::{Database, Engine, client};

const CALLS: usize = 30;
const SLOW_ADDRESSES: u8 = 6;
const SLOW_OF_AN_ADDRESS: usize = 200;
const SLOW_BODIES: usize = 300;
const SILENT: usize = 700;
/// What one address may have open.
const OF_AN_ADDRESS: usize = 512;
const BODY_MAX_BYTES: usize = 65_536;
const RESETS: usize = 50_000;

/// Someone on an address of this machine.
async fn from(last: u8, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::new(127, 0, 0, last), 0).into())?;
    socket.connect(to).await
}

/// A request in the middle of its headers, and one in the middle of its body.
const BEGUN: &[u8] = b"GET /sign-in HTTP/1.1\r\nHost: a\r\nX-Slow: ";
const HALF_TOLD: &[u8] = b"POST /api/device/v1/pair HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\
    Content-Length: 60000\r\n\r\n{\"code\": \"";

/// Goes on with a request by a byte a second, until it is answered or cut off.
async fn drip(mut stream: TcpStream, request: &'static [u8], over: Arc<AtomicUsize>) {
    let mut sent = stream.write_all(request).await;
    let mut reply = [0; 256];
    while sent.is_ok() {
        tokio::select! {
            // An answer or an end: both are the last that is heard.
            _heard = stream.read(&mut reply) => break,
            () = tokio::time::sleep(Duration::from_secs(1)) => sent = stream.write_all(b"a").await,
        }
    }
    over.fetch_add(1, Ordering::SeqCst);
}

/// Says nothing, until it is cut off.
async fn be_silent(mut stream: TcpStream, over: Arc<AtomicUsize>) {
    let _heard = stream.read(&mut [0; 16]).await;
    over.fetch_add(1, Ordering::SeqCst);
}

/// What is answered to these bytes: the status, or 0 when the connection just ends.
async fn answer_to(to: SocketAddr, bytes: Vec<u8>) -> u16 {
    let stream = from(40, to).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let mut task = JoinSet::new();
    task.spawn(async move {
        let _cut_off = writing.write_all(&bytes).await;
        writing
    });
    let mut reply = Vec::new();
    let mut piece = [0; 1_024];
    while let Ok(number @ 1..) = reading.read(&mut piece).await {
        reply.extend_from_slice(&piece[..number]);
        if reply.len() > 12 {
            break;
        }
    }
    String::from_utf8_lossy(&reply).split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

/// Asks over HTTP/2 and takes it back at once, again and again. Gives how often, until it was cut off.
async fn reset(to: SocketAddr) -> usize {
    let stream = from(41, to).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { while let Ok(1..) = reading.read(&mut [0; 4_096]).await {} });
    for number in 0..RESETS {
        let id = u32::try_from(number * 2 + 1).unwrap().to_be_bytes();
        // HEADERS: `GET / http a`, the end of the request; then RST_STREAM: CANCEL.
        bytes.extend_from_slice(b"\0\0\x06\x01\x05");
        bytes.extend_from_slice(&id);
        bytes.extend_from_slice(b"\x82\x86\x84\x41\x01a\0\0\x04\x03\0");
        bytes.extend_from_slice(&id);
        bytes.extend_from_slice(b"\0\0\0\x08");
        if writing.write_all(&std::mem::take(&mut bytes)).await.is_err() {
            return number;
        }
    }
    RESETS
}

/// Asks for a page again and again until told to stop. Gives how often and the longest wait; each was answered.
async fn be_served(base: String, stop: Arc<AtomicBool>) -> (usize, Duration) {
    let client = client();
    let (mut asked, mut longest) = (0, Duration::ZERO);
    while !stop.load(Ordering::SeqCst) {
        for path in ["/livez", "/sign-in"] {
            let began = Instant::now();
            let answer = client.get(format!("{base}{path}")).timeout(Duration::from_secs(5)).send().await;
            assert_eq!(answer.unwrap().status().as_u16(), 200, "{path}");
            (asked, longest) = (asked + 1, longest.max(began.elapsed()));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    (asked, longest)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn flooded_door_serves_others_and_delays_no_ring() {
    let database = Database::fresh(Engine::Sqlite).await;
    let due = now().plus_secs(14);
    let mut crowd = Crowd::gather(database.location(), &[due; CALLS]).await;
    crowd.window_s = 15;
    let mut settings = crowd.settings(&database.url());
    settings.insert("CALLPANION__WEBHOOK__MAX_BODY_BYTES".into(), BODY_MAX_BYTES.to_string());
    let node = Running::serve(&settings).await;
    let address: SocketAddr = settings["CALLPANION__LISTEN"].parse().unwrap();
    let base = format!("http://{address}");
    let mut memory = Memory::of(&node);
    let stop = Arc::new(AtomicBool::new(false));
    let mut served = JoinSet::new();
    served.spawn(be_served(base.clone(), stop.clone()));

    let [slow_over, bodies_over, silent_over] = [(); 3].map(|()| Arc::new(AtomicUsize::new(0)));
    let (slow, mut crowded) = (usize::from(SLOW_ADDRESSES) * SLOW_OF_AN_ADDRESS, JoinSet::new());
    for at in 0..slow {
        let stream = from(10 + u8::try_from(at % usize::from(SLOW_ADDRESSES)).unwrap(), address).await.unwrap();
        crowded.spawn(drip(stream, BEGUN, slow_over.clone()));
    }
    for _ in 0..SLOW_BODIES {
        crowded.spawn(drip(from(20, address).await.unwrap(), HALF_TOLD, bodies_over.clone()));
    }
    for _ in 0..SILENT {
        crowded.spawn(be_silent(from(30, address).await.unwrap(), silent_over.clone()));
    }
    let began = Instant::now();
    let too_many = SILENT - OF_AN_ADDRESS;
    until("one address has enough", async || silent_over.load(Ordering::SeqCst) >= too_many).await;
    let refused_after = began.elapsed();

    let head = b"GET /sign-in HTTP/1.1\r\nHost: a\r\n".to_vec();
    let long_header = [head.clone(), b"X-Long: ".to_vec(), vec![b'a'; 1 << 20], b"\r\n\r\n".to_vec()].concat();
    let many_headers = [head, b"X-Many: 1\r\n".repeat(80_000), b"\r\n".to_vec()].concat();
    let post = |path: &str, kind: &str, bytes: usize| {
        let head = format!("POST {path} HTTP/1.1\r\nHost: a\r\n{kind}Content-Length: {bytes}\r\n\r\n");
        [head.into_bytes(), vec![b'a'; bytes]].concat()
    };
    let json = "Content-Type: application/json\r\n";
    let packed = "Content-Type: application/json\r\nContent-Encoding: gzip\r\n";
    for (what, bytes, expected) in [
        ("a header of 1 MiB", long_header, &[0, 431][..]),
        ("80 000 headers", many_headers, &[0, 431]),
        ("a body that is a byte too long", post("/api/device/v1/pair", json, BODY_MAX_BYTES + 1), &[413]),
        ("a webhook that is a byte too long", post("/webhooks/elevenlabs", json, BODY_MAX_BYTES + 1), &[413, 401]),
        // Nothing here unpacks what comes in: to the host it is no JSON.
        ("a packed body", post("/api/device/v1/pair", packed, 1_000), &[400, 415, 422]),
    ] {
        let status = memory.during(&node, answer_to(address, bytes)).await;
        assert!(expected.contains(&status), "{what}: {status}");
    }
    let resets = memory.during(&node, reset(address)).await;

    let all_over = async || slow_over.load(Ordering::SeqCst) == slow && silent_over.load(Ordering::SeqCst) == SILENT;
    memory.during(&node, until("the slow and the silent are cut off", all_over)).await;
    let cut_off_after = began.elapsed();
    let bodies_end = async || bodies_over.load(Ordering::SeqCst) == SLOW_BODIES;
    memory.during(&node, until("the slow bodies are cut off", bodies_end)).await;
    let bodies_after = began.elapsed();
    until("every phone rings", async || crowd.has_rung()).await;
    stop.store(true, Ordering::SeqCst);
    let (asked, longest) = served.join_next().await.unwrap().unwrap();
    eprintln!(
        "a flooded door, n = {slow} slow and {SILENT} silent connections: {too_many} too many refused after \
         {refused_after:?}, all cut off after {cut_off_after:?}, {SLOW_BODIES} slow bodies after {bodies_after:?}, {resets} requests taken back before the end; {asked} pages \
         served meanwhile, the slowest after {longest:?}"
    );
    memory.check("a flooded door");
    assert!(resets < RESETS, "who takes back {RESETS} requests is never cut off");
    assert!(cut_off_after < Duration::from_secs(25), "{cut_off_after:?}");
    assert!(bodies_after < Duration::from_secs(45), "{bodies_after:?}");
    assert!(longest < Duration::from_secs(2), "a page took {longest:?}");
    let rung = crowd.rung();
    rung.check("phones that rang during the flood");
    assert!(rung.max_late_ms < 2_000, "{rung:?}");
    crowd.audit(&settings).await;
    node.stop().await;
    crowd.world.stop().await;
    database.end().await;
}
