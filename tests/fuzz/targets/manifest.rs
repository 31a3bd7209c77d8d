//! A plugin's `plugin.toml`, which a stranger wrote.

use callpanion::domain::manifest::Manifest;
use serde_json::to_value;

/// A manifest that is taken means the same when it is written and read again, and names itself as folders and keys may
/// be named.
pub(crate) fn manifest(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(manifest) = toml::from_str::<Manifest>(text) else { return };
    if manifest.check().is_err() {
        return;
    }
    assert!(!manifest.id.is_empty() && manifest.id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    let meant = to_value(&manifest).unwrap();
    let again: Manifest = serde_json::from_value(meant.clone()).unwrap();
    assert_eq!(again.check(), Ok(()));
    assert_eq!(to_value(again).unwrap(), meant);
    assert_eq!(manifest.channel_info(&manifest.id).is_some(), manifest.channel.is_some());
}
