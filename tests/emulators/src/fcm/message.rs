//! Reads a `messages:send` body as strictly as the published discovery document.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Refusal;

/// Longest time to live, and the default: four weeks.
const LONGEST_TTL_MS: i64 = 28 * 24 * 3600 * 1000;
/// Most bytes of data keys and values together.
const PAYLOAD_LIMIT: usize = 4096;

/// A message that passed the checks.
#[derive(Clone, Debug)]
pub struct Message {
    /// Registration token or installation id.
    pub target: String,
    /// The data of the message.
    pub data: BTreeMap<String, String>,
    /// `android.priority` is high; the default is normal, which dozing phones get late.
    pub high_priority: bool,
    /// `android.ttl` in ms; four weeks if not given.
    pub ttl_ms: i64,
    /// `android.collapse_key`.
    pub collapse_key: Option<String>,
    /// It also carried a notification for the system tray.
    pub notification: bool,
}

impl Message {
    /// Why a phone that dozes, or has the app in the background, would not ring at once. FCM takes such a message.
    pub(super) fn why_late(&self) -> Option<&'static str> {
        if self.data.get("type").is_none_or(|kind| kind != "incoming_call") {
            None
        } else if self.notification {
            Some("a ring has a notification: the system shows that, and the app's code does not run")
        } else if !self.high_priority {
            Some("a ring is not of high priority: a phone that dozes gets it late")
        } else {
            None
        }
    }
}

/// Reads the body; returns the message and `validate_only`.
pub(super) fn read(body: &[u8]) -> Result<(Message, bool), Refusal> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| Refusal::field("", format!("Invalid JSON payload received. {error}")))?;
    let body = Fields::of("", &body, &["message", "validate_only"])?;
    let message = body.get("message").ok_or_else(|| Refusal::field("message", "message is required"))?;
    Ok((read_message(message)?, body.flag("validate_only")?))
}

fn read_message(message: &Value) -> Result<Message, Refusal> {
    const KNOWN: [&str; 12] = [
        "name",
        "fid",
        "token",
        "topic",
        "condition",
        "data",
        "notification",
        "android",
        "android_v2",
        "apns",
        "webpush",
        "fcm_options",
    ];
    let message = Fields::of("message", message, &KNOWN)?;
    let targets: Vec<&str> =
        ["fid", "token", "topic", "condition"].into_iter().filter(|name| message.get(name).is_some()).collect();
    let target = match targets[..] {
        ["fid" | "token"] => message.text(targets[0])?.unwrap_or_default(),
        [_] => {
            return Err(Refusal::field("message", "topics and conditions are not for single phones"));
        }
        _ => {
            return Err(Refusal::field("message", "exactly one of token, topic or condition is required"));
        }
    };
    // An installation id has no colon. A registration token may be given as either, until it has gone.
    let may_have_a_colon = targets != ["fid"];
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b) || (b == b':' && may_have_a_colon);
    if target.is_empty() || !target.bytes().all(is_part) {
        return Err(Refusal::InvalidToken);
    }
    let android = match (message.get("android"), message.get("android_v2")) {
        (Some(_), Some(_)) => {
            return Err(Refusal::field("message.android_v2", "only one of android and android_v2 may be set"));
        }
        (Some(android), None) => read_android(android)?,
        (None, Some(android)) => read_android_v2(android)?,
        (None, None) => Android { high_priority: false, ttl_ms: LONGEST_TTL_MS, ..Android::default() },
    };
    let data = match android.data {
        Some(data) => data,
        None => read_data("message.data", message.get("data"))?.unwrap_or_default(),
    };
    let size: usize = data.iter().map(|(key, value)| key.len() + value.len()).sum();
    if size > PAYLOAD_LIMIT {
        return Err(Refusal::field("message.data", "Android message is too big"));
    }
    Ok(Message {
        target,
        data,
        high_priority: android.high_priority,
        ttl_ms: android.ttl_ms,
        collapse_key: android.collapse_key,
        notification: android.notification || message.get("notification").is_some(),
    })
}

#[derive(Default)]
struct Android {
    data: Option<BTreeMap<String, String>>,
    high_priority: bool,
    ttl_ms: i64,
    collapse_key: Option<String>,
    notification: bool,
}

fn read_android(android: &Value) -> Result<Android, Refusal> {
    const KNOWN: [&str; 10] = [
        "collapse_key",
        "priority",
        "ttl",
        "restricted_package_name",
        "data",
        "notification",
        "fcm_options",
        "direct_boot_ok",
        "bandwidth_constrained_ok",
        "restricted_satellite_ok",
    ];
    let android = Fields::of("message.android", android, &KNOWN)?;
    for flag in ["direct_boot_ok", "bandwidth_constrained_ok", "restricted_satellite_ok"] {
        android.flag(flag)?;
    }
    let high_priority = match android.text("priority")?.as_deref() {
        None | Some("NORMAL" | "normal") => false,
        Some("HIGH" | "high") => true,
        Some(_) => {
            return Err(Refusal::field("message.android.priority", "Invalid value, must be NORMAL or HIGH"));
        }
    };
    Ok(Android {
        data: read_data("message.android.data", android.get("data"))?,
        high_priority,
        ttl_ms: read_ttl("message.android.ttl", android.get("ttl"))?,
        collapse_key: android.text("collapse_key")?,
        notification: android.get("notification").is_some(),
    })
}

/// The preview form, where the union member stands for the priority.
fn read_android_v2(android: &Value) -> Result<Android, Refusal> {
    const KNOWN: [&str; 10] = [
        "remote_notification",
        "background_sync",
        "collapse_key",
        "ttl",
        "data",
        "direct_boot_ok",
        "restricted_package_name",
        "fcm_options",
        "bandwidth_constrained_ok",
        "restricted_satellite_ok",
    ];
    let android = Fields::of("message.android_v2", android, &KNOWN)?;
    let remote = android.get("remote_notification");
    if remote.is_some() == android.get("background_sync").is_some() {
        return Err(Refusal::field("message.android_v2", "exactly one kind of message is required"));
    }
    let as_data = remote.and_then(|remote| remote.get("use_as_v1_data_message").or(remote.get("useAsV1DataMessage")));
    Ok(Android {
        data: read_data("message.android_v2.data", android.get("data"))?,
        high_priority: remote.is_some(),
        ttl_ms: read_ttl("message.android_v2.ttl", android.get("ttl"))?,
        collapse_key: android.text("collapse_key")?,
        notification: remote.is_some() && as_data != Some(&Value::Bool(true)),
    })
}

fn read_data(path: &str, data: Option<&Value>) -> Result<Option<BTreeMap<String, String>>, Refusal> {
    let Some(data) = data else { return Ok(None) };
    let data = data.as_object().ok_or_else(|| Refusal::field(path, "must be a map"))?;
    let mut read = BTreeMap::new();
    for (key, value) in data {
        let reserved = ["from", "message_type", "gcm"].contains(&key.as_str())
            || key.starts_with("google.")
            || key.starts_with("gcm.notification.");
        if reserved {
            return Err(Refusal::field(format!("{path}.{key}"), "Invalid data payload key"));
        }
        let Some(value) = value.as_str() else {
            return Err(Refusal::field(format!("{path}.{key}"), "Invalid value (TYPE_STRING)"));
        };
        read.insert(key.clone(), value.to_owned());
    }
    Ok(Some(read))
}

/// A protobuf duration: seconds with an `s`, at most nine decimals, rounded down to whole seconds.
fn read_ttl(path: &str, ttl: Option<&Value>) -> Result<i64, Refusal> {
    let Some(ttl) = ttl else {
        return Ok(LONGEST_TTL_MS);
    };
    let wrong = || Refusal::field(path, "Illegal duration format; must be a number of seconds ending in 's'");
    let number = ttl.as_str().and_then(|ttl| ttl.strip_suffix('s')).ok_or_else(wrong)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 9 {
        return Err(wrong());
    }
    let ms = whole.parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1000));
    match ms {
        Some(ms) if ms <= LONGEST_TTL_MS => Ok(ms),
        _ => Err(Refusal::field(path, "must be between 0 and 2419200 seconds")),
    }
}

/// A JSON object whose names may be snake_case or camelCase, as proto JSON allows.
struct Fields<'a> {
    path: &'a str,
    map: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    fn of(path: &'a str, value: &'a Value, known: &[&str]) -> Result<Self, Refusal> {
        let map = value.as_object().ok_or_else(|| Refusal::field(path, "must be an object"))?;
        let unknown = map.keys().find(|name| !known.iter().any(|known| *name == known || **name == camel(known)));
        match unknown {
            Some(name) => Err(Refusal::field(path, format!("Unknown name \"{name}\": Cannot find field."))),
            None => Ok(Self { path, map }),
        }
    }

    /// The field, if it is there and not null.
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).or_else(|| self.map.get(&camel(name))).filter(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> Result<Option<String>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Refusal::field(format!("{}.{name}", self.path), "Invalid value (TYPE_STRING)")),
        }
    }

    fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.get(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(Refusal::field(format!("{}.{name}", self.path), "Invalid value (TYPE_BOOL)")),
        }
    }
}

fn camel(snake: &str) -> String {
    let mut words = snake.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (head, tail) = word.split_at(word.len().min(1));
        name + &head.to_uppercase() + tail
    })
}
