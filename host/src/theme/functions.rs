//! What templates can call, bound to one language, and the engine that holds them.
//!
//! | function | gives |
//! |---|---|
//! | `t(key, …)` | the Fluent message, its variables from the other arguments |
//! | `clock(at, zone)` | `09:00` |
//! | `day(at, zone, now)` | `today`, `Tuesday 24 November` |
//! | `date(on)` | `24 Nov` of `2026-11-24` |
//! | `full_date(on)` | `Tuesday 24 November 2026` of `2026-11-24` |
//! | `weekday(number)` | `Monday` of 1 |
//! | `place(zone)` | `Jakarta` |
//! | `same_clock(at, zone, other)` | whether two zones agree |
//! | `ago(at, now)` | `3 minutes ago` |
//! | `length(seconds)`, `position(seconds)` | `7 min`, `1:05` |
//! | `machine(at)` | RFC 3339, for `datetime` |
//! | `asset(name)` | the hashed URL |

use std::collections::HashMap;
use std::sync::Arc;

use fluent_bundle::FluentValue;
use jiff::civil::Date;
use rust_embed::RustEmbed;
use tera::{Error, Tera, Value};

use super::assets::Assets;
use super::format::{self, Wording};
use super::{Locale, Strings, ThemeError};
use crate::domain::Moment;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../themes/default/templates"]
struct TemplateFiles;

/// Prefix of the names under which fragments are rendered alone.
pub(super) const ALONE: &str = "alone/";

type Args = HashMap<String, Value>;

/// All templates, with the functions of one language.
pub(super) fn engine(locale: Locale, strings: &Arc<Strings>, assets: &Arc<Assets>) -> Result<Tera, ThemeError> {
    let mut tera = Tera::default();
    // Mails have a text face, which alone is not escaped.
    tera.autoescape_on(vec![".html"]);
    tera.set_escape_fn(escape);
    register(&mut tera, locale, strings, assets);
    let mut files: Vec<(String, String)> = TemplateFiles::iter()
        .filter_map(|name| {
            let text = String::from_utf8_lossy(&TemplateFiles::get(&name)?.data).into_owned();
            Some((name.into_owned(), text))
        })
        .collect();
    // A fragment is included by its page. To stand alone it needs a block around it, because Tera looks macros up by
    // the template of the innermost block.
    let alone: Vec<(String, String)> = files
        .iter()
        .filter_map(|(file, _)| {
            let name = file.strip_prefix("fragments/")?;
            let text = format!(
                "{{% extends \"bare.html\" %}}{{% block main %}}{{% include \"{file}\" %}}{{% endblock main %}}"
            );
            Some((format!("{ALONE}{name}"), text))
        })
        .collect();
    files.extend(alone);
    tera.add_raw_templates(files).map_err(|source| ThemeError::Template { name: "(all)".to_owned(), source })?;
    Ok(tera)
}

/// Escapes for text and for quoted attributes. Tera's own also escapes the slash, which every URL is full of.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn register(tera: &mut Tera, locale: Locale, strings: &Arc<Strings>, assets: &Arc<Assets>) {
    let words = Arc::clone(strings);
    tera.register_function("t", move |args: &Args| message(&words, locale, args));
    let files = Arc::clone(assets);
    tera.register_function("asset", move |args: &Args| {
        let name = text(args, "name")?;
        let url = files.url(name).ok_or_else(|| Error::msg(format!("no asset {name}")))?;
        Ok(Value::String(url))
    });

    let mut worded = |name: &'static str, function: fn(&Wording<'_>, &Args) -> tera::Result<String>| {
        let strings = Arc::clone(strings);
        tera.register_function(name, move |args: &Args| {
            function(&Wording { locale, strings: &strings }, args).map(Value::String)
        });
    };
    worded("day", |wording, args| {
        wording.day(moment(args, "at")?, text(args, "zone")?, moment(args, "now")?).map_err(chained)
    });
    worded("date", |wording, args| wording.short_date(civil(args)?).map_err(chained));
    worded("full_date", |wording, args| wording.date(civil(args)?, true).map_err(chained));
    worded("weekday", |wording, args| {
        let number = i8::try_from(count(args, "number")?).map_err(|error| Error::msg(error.to_string()))?;
        wording.weekday(number).map_err(chained)
    });
    worded("ago", |wording, args| wording.ago(moment(args, "at")?, moment(args, "now")?).map_err(chained));
    worded("length", |wording, args| wording.length(count(args, "seconds")?).map_err(chained));
    worded("clock", |_, args| Ok(format::clock(moment(args, "at")?, text(args, "zone")?)));
    worded("place", |_, args| Ok(format::place(text(args, "zone")?)));
    worded("position", |_, args| Ok(format::position(count(args, "seconds")?)));
    worded("machine", |_, args| Ok(format::machine(moment(args, "at")?)));
    tera.register_function("same_clock", |args: &Args| {
        let same = format::same_clock(moment(args, "at")?, text(args, "zone")?, text(args, "other")?);
        Ok(Value::Bool(same))
    });
}

/// `t`: the key is `key`, every other argument is a variable of the message.
fn message(strings: &Strings, locale: Locale, args: &Args) -> tera::Result<Value> {
    let key = text(args, "key")?;
    let variables: Vec<(&str, FluentValue<'_>)> =
        args.iter().filter(|(name, _)| *name != "key").map(|(name, value)| (name.as_str(), variable(value))).collect();
    strings.get(locale, key, &variables).map(Value::String).map_err(chained)
}

fn variable(value: &Value) -> FluentValue<'_> {
    match value {
        Value::String(text) => text.as_str().into(),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| number.as_f64().unwrap_or_default().into(), FluentValue::from)
        }
        other => other.to_string().into(),
    }
}

fn chained(error: ThemeError) -> Error {
    Error::chain("words", error)
}

fn argument<'a>(args: &'a Args, name: &str) -> tera::Result<&'a Value> {
    args.get(name).ok_or_else(|| Error::msg(format!("argument {name} is missing")))
}

fn text<'a>(args: &'a Args, name: &str) -> tera::Result<&'a str> {
    argument(args, name)?.as_str().ok_or_else(|| Error::msg(format!("argument {name} is not text")))
}

fn count(args: &Args, name: &str) -> tera::Result<u64> {
    argument(args, name)?.as_u64().ok_or_else(|| Error::msg(format!("argument {name} is not a count")))
}

fn moment(args: &Args, name: &str) -> tera::Result<Moment> {
    argument(args, name)?.as_i64().map(Moment).ok_or_else(|| Error::msg(format!("argument {name} is not a moment")))
}

fn civil(args: &Args) -> tera::Result<Date> {
    text(args, "on")?.parse().map_err(|error: jiff::Error| Error::msg(error.to_string()))
}
