//! What is sealed opens with its key and nothing else, and says nothing without it.

use super::*;

const KEYS: [&str; 3] = [
    "cQ4mWq0v3L8xk2m9m5pZ5H0x1u8vJ7dYt0b6N3s2A1o=",
    "Zk9sP1tq7c3y5R2w8B6d0V4n1M7j5H3g9F2a6S8x4Uo=",
    "b1N5d7K3f9L2p6R8t0V4x1Y3z5C7e9G2h4J6k8M0q2s=",
];

fn sealer(present: Option<usize>, previous: Option<usize>) -> Sealer {
    let key = |number: Option<usize>| number.map(|number| Arc::new(SealingKey::new(KEYS[number])));
    Sealer { present: key(present), previous: key(previous) }
}

#[test]
fn sealed_is_opened_and_says_nothing() {
    let ours = sealer(Some(0), None);
    for text in ["fcm-token-of-margaret", "", "042117", "sealed:00000000:x", "Bunga – 母"] {
        let kept = ours.seal(Kind::PushAddress, text);
        assert!(looks_sealed(&kept) && (text.is_empty() || !kept.contains(text)), "{kept}");
        assert_eq!(ours.open(Kind::PushAddress, &kept).unwrap(), text);
        assert_eq!(ours.seal(Kind::PushAddress, text), kept, "it can be looked for");
    }
}

#[test]
fn what_is_plain_is_read_as_it_is() {
    for sealer in [sealer(None, None), sealer(Some(0), Some(1))] {
        assert_eq!(sealer.open(Kind::PushAddress, "a plain address").unwrap(), "a plain address");
    }
    assert_eq!(sealer(None, Some(0)).seal(Kind::PushAddress, "an address"), "an address");
}

#[test]
fn only_its_key_and_its_kind_open_it_and_only_whole() {
    let kept = sealer(Some(0), None).seal(Kind::PairingCode, "042117");
    assert!(sealer(Some(1), Some(2)).open(Kind::PairingCode, &kept).is_err());
    assert!(sealer(None, None).open(Kind::PairingCode, &kept).is_err());
    assert!(sealer(Some(0), None).open(Kind::PushAddress, &kept).is_err());
    assert_eq!(sealer(Some(1), Some(0)).open(Kind::PairingCode, &kept).unwrap(), "042117");
    for at in PREFIX.len()..kept.len() {
        let mut changed = kept.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(sealer(Some(0), None).open(Kind::PairingCode, &changed).is_err(), "{changed}");
        assert!(sealer(Some(0), None).open(Kind::PairingCode, &kept[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn looked_for_in_every_form() {
    let forms = sealer(Some(0), Some(1)).forms(Kind::PushAddress, "an address");
    for stored in [sealer(Some(0), None), sealer(Some(1), None), sealer(None, None)] {
        assert!(forms.contains(&stored.seal(Kind::PushAddress, "an address")));
    }
    assert_eq!(forms.len(), 3);
}

#[test]
fn others_who_follow_the_rfcs_seal_alike() {
    // HKDF (RFC 5869) and AES-SIV (RFC 5297) as OpenSSL has them, by way of `cryptography` 50 for Python.
    let kept = sealer(Some(0), None).seal(Kind::PushAddress, "fcm-token-of-margaret");
    assert_eq!(kept, "sealed:c86b3bc0:jA76kZlooGGIEuO1Sc3TiH0Hs-zNJVOPlGdQLlT3hUv-wz2gaA");
}

#[test]
fn keys_are_told_apart_by_their_names() {
    let names: Vec<String> = KEYS.iter().map(|key| SealingKey::new(key).name).collect();
    assert!(names[0] != names[1] && names[1] != names[2] && names[0].len() == 8, "{names:?}");
    let (before, after) = (sealer(Some(0), None), sealer(Some(1), Some(0)));
    let kept = before.seal(Kind::PushAddress, "an address");
    assert!(before.is_present(&kept) && !after.is_present(&kept) && !before.is_present("an address"));
    assert!(sealer(None, Some(0)).is_present("an address") && !sealer(None, Some(0)).is_present(&kept));
}
