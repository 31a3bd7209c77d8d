//! What a project can bring to be tried with: settings, the vendor's own replies, real webhooks. Where it brings no
//! settings, they are made up from the manifest. `stage` and `explore` walk in; `cast` plays the vendor.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::cast::VENDOR;
use crate::domain::manifest::{Manifest, SettingType};
use crate::plugins::wit::{Answer, Request, Response};

/// One of the vendor's own replies, as `[[replies]]` of a `project.toml` writes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleReply {
    /// Method and path of the requests that it answers: `POST /v1/push/*`, where `*` stands for any text.
    pub request: String,
    /// HTTP's status.
    pub status: u16,
    /// What is sent back.
    #[serde(default)]
    pub body: String,
}

impl SampleReply {
    pub(super) fn answers(&self, request: &Request) -> bool {
        let Some((method, pattern)) = self.request.split_once(' ') else { return false };
        let Ok(url) = Url::parse(&request.url) else { return false };
        let pattern = pattern.trim();
        let path = match url.query().filter(|_| pattern.contains('?')) {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        method.eq_ignore_ascii_case(&request.method) && fits(pattern, &path)
    }

    pub(super) fn answer(&self) -> Answer {
        Answer::Response(Response { status: self.status, headers: Vec::new(), body: self.body.clone().into_bytes() })
    }
}

/// Whether a text fits a pattern, in which `*` stands for any text.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((begin, rest)) => {
            let Some(text) = text.strip_prefix(begin) else { return false };
            (0..=text.len()).filter(|at| text.is_char_boundary(*at)).any(|at| fits(rest, &text[at..]))
        }
    }
}

/// The settings of the trial: the given ones, the manifest's defaults, and made-up ones for what is required.
pub fn settings(manifest: &Manifest, given: &Map<String, Value>) -> Map<String, Value> {
    let mut settings = given.clone();
    for (name, setting) in &manifest.settings {
        let made_up = || {
            setting.required.then(|| match setting.value_type {
                SettingType::String if manifest.hosts.iter().any(|host| host.setting == *name) => Value::from(VENDOR),
                SettingType::String => Value::from("sample-1"),
                SettingType::Integer => Value::from(1),
                SettingType::Boolean => Value::from(false),
                SettingType::Table => Value::Object(Map::new()),
            })
        };
        if !settings.contains_key(name)
            && let Some(value) = setting.default.clone().or_else(made_up)
        {
            settings.insert(name.clone(), value);
        }
    }
    settings
}

/// The origins that the manifest asks for under these settings.
pub(super) fn origins(manifest: &Manifest, settings: &Map<String, Value>) -> BTreeSet<String> {
    let urls = manifest.hosts.iter().filter_map(|host| settings.get(&host.setting)?.as_str());
    urls.flat_map(str::split_whitespace).filter_map(origin).collect()
}

/// Scheme, host and port of a URL.
pub(super) fn origin(url: &str) -> Option<String> {
    Some(Url::parse(url).ok()?.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_answers_the_requests_of_its_pattern() {
        let request = |method: &str, url: &str| Request {
            method: method.to_owned(),
            url: url.to_owned(),
            headers: Vec::new(),
            body: crate::plugins::wit::Body::Empty,
            credential: None,
            repeatable: false,
            timeout_ms: 0,
        };
        let reply = |pattern: &str| SampleReply { request: pattern.to_owned(), status: 200, body: String::new() };
        let post = request("POST", "https://a.example/v1/push/x%2Fy?z=1");
        assert!(reply("POST /v1/push/*").answers(&post));
        assert!(reply("POST /v1/*/x%2Fy").answers(&post));
        assert!(reply("POST *?z=*").answers(&post));
        assert!(!reply("POST /v1/push").answers(&post));
        assert!(!reply("GET /v1/push/*").answers(&post));
        assert!(!reply("POST").answers(&post));
    }
}
