//! The assets: style sheet, script and icon, embedded and named by their content, so that a browser keeps them for
//! ever and a new version is fetched at once.

use std::borrow::Cow;
use std::collections::HashMap;

use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../themes/default/assets"]
struct AssetFiles;

/// One asset, ready to be sent.
#[derive(Clone, Debug)]
pub struct Asset {
    /// The bytes.
    pub body: Cow<'static, [u8]>,
    /// Its media type, with the charset for text.
    pub mime: String,
    /// Whether the name was the hashed one, so that it may be cached for ever.
    pub immutable: bool,
}

/// All assets by name, and their hashed names.
pub(super) struct Assets {
    hashed: HashMap<String, String>,
    plain: HashMap<String, String>,
}

impl Assets {
    pub(super) fn load() -> Self {
        let mut hashed = HashMap::new();
        let mut plain = HashMap::new();
        for name in AssetFiles::iter() {
            let Some(file) = AssetFiles::get(&name) else { continue };
            let digest = hex::encode(Sha256::digest(&file.data));
            let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
            let full = format!("{stem}.{}.{ending}", &digest[..10]);
            hashed.insert(name.to_string(), full.clone());
            plain.insert(full, name.to_string());
        }
        Self { hashed, plain }
    }

    /// The URL of an asset, or none when there is no such file.
    pub(super) fn url(&self, name: &str) -> Option<String> {
        self.hashed.get(name).map(|full| format!("/assets/{full}"))
    }

    /// The hashed names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.plain.keys().map(String::as_str)
    }

    pub(super) fn get(&self, path: &str) -> Option<Asset> {
        let (name, immutable) = match self.plain.get(path) {
            Some(name) => (name.as_str(), true),
            None => (path, false),
        };
        let file = AssetFiles::get(name)?;
        let guess = mime_guess::from_path(name).first_or_octet_stream();
        let text = guess.type_() == mime_guess::mime::TEXT;
        let mime = if text { format!("{guess}; charset=utf-8") } else { guess.to_string() };
        Some(Asset { body: file.data, mime, immutable })
    }
}

#[cfg(test)]
mod tests {
    use super::Assets;

    #[test]
    fn only_hashed_names_are_immutable() {
        let assets = Assets::load();
        let url = assets.url("app.css").expect("the style sheet");
        let hashed = assets.get(url.trim_start_matches("/assets/")).expect("by hashed name");
        assert!(hashed.immutable);
        assert_eq!(hashed.mime, "text/css; charset=utf-8");
        assert!(!assets.get("app.css").expect("by plain name").immutable);
        assert!(assets.get("../templates/layout.html").is_none());
        assert!(assets.get("app.0000000000.css").is_none());
    }
}
