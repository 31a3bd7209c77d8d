//! Hostile texts and bytes for whatever parses them: nothing panics, and what is taken means the same when it is written
//! out and read again.

use std::str::FromStr;

use callpanion::config::{Config, Network};
use callpanion::domain::manifest::Manifest;
use callpanion::domain::schedule::parse_time;
use callpanion::domain::zone::Zone;
use callpanion::domain::{CallId, Moment};
use callpanion::egress::{Names, Origin, plugin_signature::MakerKey, registry::Reference};
use callpanion::mail::parse_address;
use callpanion::plugins::fit::ApiVersion;
use callpanion::plugins::package::{Digest, Offer};
use callpanion::plugins::{Plugins, Recording};
use callpanion::services::phone_number;
use fastrand::Rng;

use super::{SEED, input};
use crate::plugins::fixtures::{FIRST, built, surroundings};

/// Reads a text, and writes out what it was taken for.
type Reading = fn(&str) -> Option<String>;

fn plain<T: FromStr + ToString>(text: &str) -> Option<String> {
    text.parse::<T>().ok().map(|it| it.to_string())
}

const BELL: &str =
    "oci://registry.example/family/bell:1.2.0@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

const READINGS: [(&str, Reading, &[&str]); 12] = [
    ("time", |text| Some(parse_time(text).ok()?.strftime("%H:%M").to_string()), &["09:00", "23:59"]),
    ("zone", |text| Some(Zone::parse(text).ok()?.name().to_owned()), &["Europe/London", "Asia/Jakarta"]),
    ("id", plain::<CallId>, &["01a20275-0845-7543-bb94-ee0fa8d89de9"]),
    (
        "moment",
        |text| Some(text.parse::<jiff::Timestamp>().ok().map(Moment::from)?.to_string()),
        &["2026-10-12T08:00:00Z"],
    ),
    ("mail address", |text| parse_address(text).ok(), &["sarah@example.com", "ibu+anak@surat.example.id"]),
    ("phone number", |text| phone_number::parse(text, "GB").ok(), &["+442079460123", "020 7946 0123"]),
    ("origin", plain::<Origin>, &["https://push.example:8443", "http://127.0.0.1:9"]),
    ("network", plain::<Network>, &["10.0.0.0/8", "2001:db8::/32"]),
    ("registry reference", plain::<Reference>, &[BELL]),
    ("digest", plain::<Digest>, &["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
    ("maker key", plain::<MakerKey>, &["11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="]),
    ("API version", plain::<ApiVersion>, &["1.0.0", "1.2.0"]),
];

/// How many of each are tried.
fn times() -> usize {
    50 * super::times()
}

#[test]
fn no_text_breaks_its_parser_and_what_is_taken_reads_the_same_again() {
    let mut rng = Rng::with_seed(SEED);
    for (what, reading, sound) in READINGS {
        let mut taken = 0;
        for _ in 0..times() {
            let text = input::text_like(&mut rng, sound);
            let Some(meant) = reading(&text) else { continue };
            taken += 1;
            assert_eq!(reading(&meant).as_ref(), Some(&meant), "the {what} {text:?}");
        }
        for text in sound {
            assert!(reading(text).is_some(), "{what}: {text}");
        }
        eprintln!("{what}: n = {}, {taken} taken", times());
    }
}

#[test]
fn no_manifest_recording_offer_or_setting_breaks_its_parser() {
    let recording = include_str!("../../fixtures/recordings/fcm-ring.json");
    let mut rng = Rng::with_seed(SEED);
    let mut taken = [0; 4];
    for _ in 0..times() {
        let manifest = toml::from_str::<Manifest>(&input::text_like(&mut rng, &[FIRST]));
        taken[0] += usize::from(manifest.is_ok_and(|manifest| manifest.check().is_ok()));
        let read = Recording::from_text(&input::text_like(&mut rng, &[recording]));
        if let Ok(recording) = read {
            taken[1] += 1;
            let text = recording.to_text().unwrap();
            assert_eq!(Recording::from_text(&text).unwrap().to_text().unwrap(), text);
        }
        taken[2] += usize::from(input::text_like(&mut rng, &["file:bell.wasm", BELL]).parse::<Offer>().is_ok());
        let value = input::text_like(&mut rng, &["45", "[1, 2]", "{ a = 1 }", "\"00:00\""]);
        for key in
            ["CALLING__RING_WINDOW_S", "PUBLIC_URL", "DATABASE__URL", "TRUSTED_PROXIES", "PLUGINS__FCM__GRANTS__HOSTS"]
        {
            let setting = (format!("CALLPANION__{key}"), value.replace('\0', ""));
            taken[3] += usize::from(Config::load(None, [setting].into_iter()).is_ok());
        }
    }
    eprintln!("manifests, recordings, offers, settings: n = {} each, taken {taken:?}", times());
}

#[test]
fn no_component_breaks_the_loader() {
    let sound = built("first_1_0");
    let mut rng = Rng::with_seed(SEED);
    let mut taken = 0;
    for _ in 0..super::times() {
        let component = input::bytes_like(&mut rng, &sound);
        let loaded = Plugins::for_trial(FIRST, &component, serde_json::Map::new(), surroundings(Names::system()));
        taken += usize::from(loaded.is_ok());
    }
    eprintln!("components: n = {}, {taken} loaded", super::times());
}
