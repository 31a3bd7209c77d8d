//! Installing: from files, from a registry, with and without a section, and what the operator is told.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use tokio::net::TcpListener;

use super::*;

const WISHES: &str = "
    [[hosts]]
    setting = \"url\"
    reason = \"Where the bell hangs.\"
    [[hosts]]
    setting = \"second\"
    reason = \"Where the other one hangs.\"
    [[credentials]]
    name = \"key\"
    kind = \"header\"
    reason = \"Opens the belfry.\"
    [[data]]
    what = \"health\"
    reason = \"It rings for it.\"
    [settings.url]
    type = \"string\"
    default = \"http://localhost:9000/ring\"
    [settings.second]
    type = \"string\"
    required = true
    help = \"URL of the other bell.\"
";

#[test]
fn new_wishes_are_told_and_what_is_not_granted_is_unsettled() {
    let yard = Yard::new();
    let config =
        installed("unsigned = true\ngrants = { data = [\"health\"] }\nsettings = { second = \"https://b.example/x\" }");
    yard.write("1.0.0", "[settings.second]\ntype = \"string\"");
    let first = yard.install(Some(&config)).unwrap();
    assert_eq!((first.standing, first.former, first.changes.len()), (Standing::Installed, None, 0));
    assert!(first.unsettled.is_empty(), "{:?}", first.unsettled);

    yard.write("2.0.0", WISHES);
    let second = yard.install(Some(&config)).unwrap();
    assert_eq!(second.former.unwrap().version, "1.0.0");
    assert_eq!(
        second.changes,
        [
            "+ to talk to http://localhost:9000: Where the bell hangs. (NOT GRANTED)",
            "+ to talk to https://b.example: Where the other one hangs. (NOT GRANTED)",
            "+ to reach into your own network: http://localhost:9000: The settings lead there. (NOT GRANTED)",
            "+ the credential key: Opens the belfry. (NOT GRANTED)",
            "+ to be shown the health: It rings for it. (granted already)",
        ]
    );
    assert!(second.unsettled.len() >= 4, "{:?}", second.unsettled);

    yard.write("3.0.0", "[settings.second]\ntype = \"string\"");
    let less = fs::read_to_string(yard.path("plugin.toml")).unwrap().replace("\"NL\"", "\"US\"");
    fs::write(yard.path("plugin.toml"), less).unwrap();
    let third = yard.install(Some(&config)).unwrap();
    assert!(third.changes.contains(&"- the credential key".to_owned()), "{:?}", third.changes);
    assert!(third.changes.last().unwrap().contains("processed in: US (before: NL)"), "{:?}", third.changes);
    assert_eq!(yard.history(), history("3.0.0", false, &["2.0.0", "1.0.0"]));
}

#[test]
fn what_the_section_does_not_want_is_not_installed() {
    let yard = Yard::new();
    yard.write("1.0.0", "");
    let key = yard.sign(MAKER);
    yard.install(Some(&installed(&format!("signed_by = \"{key}\"")))).unwrap();
    let before = yard.lock_text();
    yard.write("2.0.0", "");
    for words in [
        format!("signed_by = \"{key}\""),
        format!("signed_by = \"{key}\"\nunsigned = true"),
        format!("unsigned = true\nsha256 = \"{}\"", "00".repeat(32)),
    ] {
        assert!(matches!(yard.install(Some(&installed(&words))), Err(InstallProblem::Package(_))), "{words}");
    }
    yard.sign(OTHER_MAKER);
    assert!(yard.install(Some(&installed(&format!("signed_by = \"{key}\"")))).is_err());
    yard.write("2.0.0", "sockets = true");
    assert!(matches!(yard.install(None), Err(InstallProblem::ManifestText(_))));
    yard.write("2.0.0", "[[data]]\nwhat = \"health\"\nreason = \"x\\nunsigned = true\"");
    assert!(matches!(yard.install(None), Err(InstallProblem::Manifest(_))));
    assert_eq!(yard.lock_text(), before);
    assert_eq!(yard.stored(), 1);
}

#[test]
fn without_a_word_it_is_kept_and_does_not_load() {
    let yard = Yard::new();
    yard.write("1.0.0", "");
    let silent = installed("");
    let kept = yard.install(Some(&silent)).unwrap();
    assert!(kept.unsettled[0].contains("`unsigned = true`"), "{:?}", kept.unsettled);
    assert!(matches!(yard.resolve(&silent), Err(PackageProblem::NoWord { .. })));
    let elsewhere = PluginConfig { source: "builtin:fcm".to_owned(), unsigned: true, ..PluginConfig::default() };
    assert_eq!(yard.install(Some(&elsewhere)).unwrap().standing, Standing::Builtin);
}

#[test]
fn plugin_without_a_section_is_kept_for_when_it_has_one() {
    let yard = Yard::new();
    yard.write("1.0.0", WISHES);
    yard.sign(MAKER);
    let kept = yard.install(None).unwrap();
    assert_eq!((kept.standing, kept.has_signature, kept.version.signed_by), (Standing::NoSection, true, None));
    assert_eq!(kept.manifest.credentials.len(), 1);
    let granted = installed("unsigned = true\ngrants = { credentials = [\"key\"], data = [\"health\"] }");
    assert_eq!(yard.resolve(&granted).unwrap().read_manifest().unwrap().version, "1.0.0");
}

#[test]
fn installed_version_serves_in_place_of_the_sections_file_until_that_changes() {
    let yard = Yard::new();
    let config = yard.of_file("unsigned = true");
    yard.write("1.0.0", "");
    yard.serve(&config);
    let away = Yard::new();
    away.write("2.0.0", "");
    let package = read_path(away.folder.path()).unwrap();
    let told = install("bell", package, Some(&config), &yard.store).unwrap();
    assert_eq!(told.standing, Standing::File(yard.component()));
    assert_eq!(yard.serve(&config), "2.0.0");
    assert_eq!(yard.history(), history("2.0.0", true, &["1.0.0"]));
    yard.install(Some(&config)).unwrap();
    assert_eq!(yard.history(), history("1.0.0", false, &["2.0.0"]), "installing the file itself ends the hold");
    yard.write("3.0.0", "");
    assert_eq!(yard.serve(&config), "3.0.0");
}

#[test]
fn offers_are_paths_or_references() {
    let hex = "ab".repeat(32);
    assert_eq!("a/b.wasm".parse(), Ok(Offer::Path("a/b.wasm".into())));
    assert!(matches!(format!("oci://ghcr.io/x/bell@sha256:{hex}").parse(), Ok(Offer::Registry(_))));
    for text in ["oci://ghcr.io/x/bell:1.0", "https://x.example/bell.wasm"] {
        assert!(text.parse::<Offer>().is_err(), "{text}");
    }
}

/// Serves these files by their paths; gives the address.
#[expect(clippy::disallowed_methods, reason = "the server ends with the test's runtime")]
async fn registry(files: BTreeMap<String, Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answer = |State(files): State<BTreeMap<String, Vec<u8>>>, uri: Uri| async move {
        files.get(uri.path()).cloned().ok_or((StatusCode::NOT_FOUND, r#"{"errors":[{"code":"NAME_UNKNOWN"}]}"#))
    };
    let router = Router::new().fallback(answer).with_state(files);
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// An artifact with these files; gives the reference's end and what the registry serves.
fn artifact(layers: &[(&str, &[u8])]) -> (String, BTreeMap<String, Vec<u8>>) {
    let mut files = BTreeMap::new();
    let mut listed = Vec::new();
    for (media_type, bytes) in layers {
        let digest = Digest::of(bytes);
        files.insert(format!("/v2/x/bell/blobs/sha256:{digest}"), bytes.to_vec());
        let size = bytes.len();
        listed.push(format!(r#"{{"mediaType":"{media_type}","digest":"sha256:{digest}","size":{size}}}"#));
    }
    let manifest = format!(r#"{{"schemaVersion":2,"layers":[{}]}}"#, listed.join(","));
    let digest = Digest::of(manifest.as_bytes());
    files.insert(format!("/v2/x/bell/manifests/sha256:{digest}"), manifest.into_bytes());
    (format!("x/bell:1.0@sha256:{digest}"), files)
}

const COMPONENT: &str = "application/wasm";
const MANIFEST: &str = "application/vnd.callpanion.plugin.manifest.v1+toml";
const SIGNATURE: &str = "application/vnd.callpanion.plugin.signature.v1";

async fn fetch(layers: &[(&str, &[u8])]) -> Result<Package, InstallProblem> {
    let (end, files) = artifact(layers);
    let offer: Offer = format!("oci://{}/{end}", registry(files).await).parse().unwrap();
    offer.fetch().await
}

#[tokio::test]
async fn artifact_of_a_registry_is_installed_like_a_folder() {
    let yard = Yard::new();
    yard.write("1.0.0", "");
    let key = yard.sign(MAKER);
    let read = |name: &str| fs::read(yard.path(name)).unwrap();
    let (wasm, toml, sig) = (read("bell.wasm"), read("plugin.toml"), read("plugin.sig"));
    let package =
        fetch(&[(COMPONENT, &wasm), (MANIFEST, &toml), (SIGNATURE, &sig), ("text/plain", b"x")]).await.unwrap();
    assert_eq!(package.digest(), read_path(&yard.component()).unwrap().digest());
    let config = installed(&format!("signed_by = \"{key}\""));
    let told = install("bell", package, Some(&config), &yard.store).unwrap();
    assert!(told.version.from.starts_with("oci://127.0.0.1:"), "{}", told.version.from);
    assert_eq!(yard.resolve(&config).unwrap().signed_by(), Some(key.as_str()));

    let unsigned = fetch(&[(MANIFEST, &toml), (COMPONENT, &wasm)]).await.unwrap();
    assert_eq!(unsigned.signature, None);
    for layers in [
        &[(COMPONENT, &wasm[..])][..],
        &[(MANIFEST, &toml)],
        &[(COMPONENT, &wasm), (COMPONENT, &toml), (MANIFEST, &toml)],
        &[(COMPONENT, &wasm), (MANIFEST, &toml), (SIGNATURE, &sig), (SIGNATURE, &wasm)],
    ] {
        let error = fetch(layers).await.unwrap_err();
        assert!(matches!(error, InstallProblem::Artifact { .. }), "{error}");
    }
    let long = vec![b'A'; 2000];
    let error = fetch(&[(COMPONENT, &wasm), (MANIFEST, &toml), (SIGNATURE, &long)]).await.unwrap_err();
    assert!(matches!(error, InstallProblem::Registry(_)), "{error}");
}
