//! Fetching against a registry on loopback that is as strict as the specification.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;

use super::*;

const REPOSITORY: &str = "someone/bell";
const PASS: &str = "pass-for-readers";

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A registry that holds blobs by their digest, and knows who asked for what.
#[derive(Clone, Default)]
struct Shelf {
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    asked: Arc<Mutex<Vec<(String, bool)>>>,
    origin: Arc<Mutex<String>>,
    wants_pass: bool,
    /// Where blobs really lie.
    storage: Option<String>,
}

impl Shelf {
    #[expect(clippy::disallowed_methods, reason = "the server ends with the test's runtime")]
    async fn open(self) -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        *self.origin.lock().unwrap() = format!("http://{address}");
        let router = Router::new().fallback(answer).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (self, address)
    }

    /// Puts a file under its digest.
    fn put(&self, bytes: &[u8]) -> String {
        let hex = sha256(bytes);
        self.files.lock().unwrap().insert(hex.clone(), bytes.to_vec());
        hex
    }

    /// Puts an artifact with one file; gives its manifest's digest.
    fn put_artifact(&self, file: &[u8]) -> String {
        let (digest, size) = (self.put(file), file.len());
        let layer = format!(r#"{{"mediaType":"application/wasm","digest":"sha256:{digest}","size":{size}}}"#);
        self.put(format!(r#"{{"schemaVersion":2,"mediaType":"{MANIFEST_TYPE}","layers":[{layer}]}}"#).as_bytes())
    }
}

async fn answer(State(shelf): State<Shelf>, headers: HeaderMap, uri: Uri, request: Request) -> Response {
    assert_eq!(request.method(), "GET");
    let held = headers.get("authorization").map(|v| v.to_str().unwrap().to_owned());
    shelf.asked.lock().unwrap().push((uri.path().to_owned(), held.is_some()));
    let refuse = |status: StatusCode, code: &str| {
        let body = format!(r#"{{"errors":[{{"code":"{code}","message":"so it is"}}]}}"#);
        (status, [("content-type", "application/json")], body).into_response()
    };
    if uri.path() == "/token" {
        assert_eq!(uri.query(), Some("service=here&scope=repository%3Asomeone%2Fbell%3Apull"));
        return format!(r#"{{"access_token":"{PASS}","expires_in":60}}"#).into_response();
    }
    let stored = uri.path().strip_prefix("/storage/");
    if stored.is_none() && shelf.wants_pass && held.as_deref() != Some(&format!("Bearer {PASS}")) {
        let origin = shelf.origin.lock().unwrap().clone();
        let mut refused = refuse(StatusCode::UNAUTHORIZED, "UNAUTHORIZED");
        let challenge = format!(r#"Bearer realm="{origin}/token",service="here",scope="repository:{REPOSITORY}:pull""#);
        refused.headers_mut().insert("www-authenticate", challenge.parse().unwrap());
        return refused;
    }
    let manifest = uri.path().strip_prefix(&format!("/v2/{REPOSITORY}/manifests/sha256:"));
    let blob = uri.path().strip_prefix(&format!("/v2/{REPOSITORY}/blobs/sha256:"));
    if manifest.is_some() && !headers["accept"].to_str().unwrap().contains(MANIFEST_TYPE) {
        return refuse(StatusCode::NOT_FOUND, "MANIFEST_UNKNOWN");
    }
    if let (Some(hex), Some(storage)) = (blob, &shelf.storage) {
        return (StatusCode::TEMPORARY_REDIRECT, [("location", format!("{storage}/storage/{hex}"))]).into_response();
    }
    let Some(hex) = manifest.or(blob).or(stored) else { return refuse(StatusCode::NOT_FOUND, "NAME_UNKNOWN") };
    match shelf.files.lock().unwrap().get(hex) {
        Some(bytes) => bytes.clone().into_response(),
        None => refuse(StatusCode::NOT_FOUND, if blob.is_some() { "BLOB_UNKNOWN" } else { "MANIFEST_UNKNOWN" }),
    }
}

async fn pull(address: &str, manifest: &str, max_bytes: usize) -> Result<Vec<u8>, RegistryError> {
    let reference: Reference = format!("oci://{address}/{REPOSITORY}:1.0@sha256:{manifest}").parse().unwrap();
    let mut registry = Registry::open(&reference, &Trust::public().unwrap()).await?;
    let layers = registry.layers().await?;
    assert_eq!(layers[0].media_type, "application/wasm");
    registry.blob(&layers[0], max_bytes).await
}

#[tokio::test]
async fn artifact_is_fetched_by_its_digests() {
    let (shelf, address) = Shelf::default().open().await;
    let manifest = shelf.put_artifact(b"component");
    assert_eq!(pull(&address, &manifest, 100).await.unwrap(), b"component");
    assert!(shelf.asked.lock().unwrap().iter().all(|(_, held)| !held));
}

#[tokio::test]
async fn pass_is_bought_once_and_stays_with_the_registry() {
    let (storage, away) = Shelf::default().open().await;
    let shelf = Shelf { wants_pass: true, storage: Some(format!("http://{away}")), ..Shelf::default() };
    let (shelf, address) = shelf.open().await;
    let manifest = shelf.put_artifact(b"component");
    storage.put(b"component");
    assert_eq!(pull(&address, &manifest, 100).await.unwrap(), b"component");
    let asked: Vec<_> = shelf.asked.lock().unwrap().iter().map(|(path, held)| (path.len() > 10, *held)).collect();
    assert_eq!(asked, [(true, false), (false, false), (true, true), (true, true)], "manifest, pass, manifest, blob");
    assert!(matches!(storage.asked.lock().unwrap()[..], [(_, false)]), "the storage saw no pass");
}

#[tokio::test]
async fn other_bytes_than_promised_are_refused() {
    let (shelf, address) = Shelf::default().open().await;
    let manifest = shelf.put_artifact(b"component");
    let blob = sha256(b"component");
    shelf.files.lock().unwrap().insert(blob.clone(), b"componenT".to_vec());
    let error = pull(&address, &manifest, 100).await.unwrap_err();
    assert!(matches!(&error, RegistryError::Digest { expected, .. } if *expected == blob), "{error}");
    shelf.files.lock().unwrap().insert(blob, b"component and more".to_vec());
    let error = pull(&address, &manifest, 100).await.unwrap_err();
    assert!(matches!(error, RegistryError::TooLong { max_bytes: 9, .. }), "{error}");
    shelf.files.lock().unwrap().insert(manifest.clone(), br#"{"schemaVersion":2,"layers":[]}"#.to_vec());
    let error = pull(&address, &manifest, 100).await.unwrap_err();
    assert!(matches!(&error, RegistryError::Digest { expected, .. } if *expected == manifest), "{error}");
}

#[tokio::test]
async fn refusals_name_what_the_registry_said() {
    let (shelf, address) = Shelf::default().open().await;
    let error = pull(&address, &sha256(b"nothing"), 100).await.unwrap_err().to_string();
    assert!(error.contains("404") && error.contains("MANIFEST_UNKNOWN: so it is"), "{error}");
    let manifest = shelf.put_artifact(b"component");
    let error = pull(&address, &manifest, 3).await.unwrap_err();
    assert!(matches!(error, RegistryError::TooLong { max_bytes: 3, .. }), "{error}");
    shelf.files.lock().unwrap().remove(&sha256(b"component"));
    let error = pull(&address, &manifest, 100).await.unwrap_err().to_string();
    assert!(error.contains("BLOB_UNKNOWN"), "{error}");
    for (text, word) in [
        (&b"{}"[..], "no image manifest"),
        (br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#, "an index"),
        (br#"{"schemaVersion":1,"layers":[]}"#, "not of type"),
    ] {
        let error = pull(&address, &shelf.put(text), 100).await.unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
    let error = pull("127.0.0.1:1", &manifest, 100).await.unwrap_err();
    assert!(matches!(error, RegistryError::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn redirects_end_and_stay_where_they_may() {
    for (storage, why) in
        [("http://registry.example", "not https"), ("ftp://127.0.0.1", "not https"), ("http://10.0.0.1", "not https")]
    {
        let (shelf, address) = Shelf { storage: Some(storage.to_owned()), ..Shelf::default() }.open().await;
        let manifest = shelf.put_artifact(b"component");
        let error = pull(&address, &manifest, 100).await.unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[tokio::test]
async fn redirects_in_a_ring_end() {
    let shelf = Shelf { storage: Some("/v2/someone/bell/blobs/sha256:".to_owned()), ..Shelf::default() };
    let (shelf, address) = shelf.open().await;
    let manifest = shelf.put_artifact(b"component");
    let error = pull(&address, &manifest, 100).await.unwrap_err().to_string();
    assert!(error.contains("on and on"), "{error}");
    assert_eq!(shelf.asked.lock().unwrap().len(), 2 + HOPS_MAX);
}

#[tokio::test]
async fn registry_outside_cannot_send_us_inside() {
    let hex = sha256(b"");
    let reference: Reference = format!("oci://8.8.8.8/bell@sha256:{hex}").parse().unwrap();
    let registry = Registry::open(&reference, &Trust::public().unwrap()).await.unwrap();
    assert!(!registry.inside);
    for url in ["https://127.0.0.1/", "https://169.254.169.254/latest", "https://[::1]/", "https://192.168.0.1/x"] {
        let refused = registry.check(&url.parse().unwrap());
        assert!(matches!(refused, Err(RegistryError::Astray(..))), "{url}");
    }
    let refused = registry.follow("https://localhost/".parse().unwrap()).await;
    assert!(matches!(refused, Err(RegistryError::Astray(..))), "the resolver refuses names of inside addresses");
    assert!(lies_inside(&"https://localhost/".parse().unwrap()).await);
    assert!(lies_inside(&"https://192.168.0.1/".parse().unwrap()).await);
}
