//! The words: one Fluent bundle per language, from `locales/<language>/*.ftl`.
//!
//! A message that is missing, or that lacks an argument, is an error and not a placeholder: the tests render every
//! page in every language, so such an error cannot reach a reader.

use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;

use super::{Locale, ThemeError};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../themes/default/locales"]
struct LocaleFiles;

/// Every message, in every language.
pub struct Strings {
    english: FluentBundle<FluentResource>,
    indonesian: FluentBundle<FluentResource>,
}

impl fmt::Debug for Strings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Strings").finish_non_exhaustive()
    }
}

impl Strings {
    /// Reads the embedded Fluent files.
    pub(super) fn load() -> Result<Self, ThemeError> {
        Ok(Self { english: bundle(Locale::En)?, indonesian: bundle(Locale::Id)? })
    }

    /// One message with its arguments filled in, as plain text.
    pub fn get(&self, locale: Locale, key: &str, args: &[(&str, FluentValue<'_>)]) -> Result<String, ThemeError> {
        let bundle = match locale {
            Locale::En => &self.english,
            Locale::Id => &self.indonesian,
        };
        let pattern = bundle
            .get_message(key)
            .and_then(|message| message.value())
            .ok_or_else(|| ThemeError::MissingMessage { locale: locale.as_str(), key: key.to_owned() })?;
        let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        match errors.first() {
            None => Ok(text),
            Some(error) => Err(ThemeError::Message { key: key.to_owned(), reason: error.to_string() }),
        }
    }

    /// Whether a message exists.
    pub fn has(&self, locale: Locale, key: &str) -> bool {
        match locale {
            Locale::En => self.english.has_message(key),
            Locale::Id => self.indonesian.has_message(key),
        }
    }
}

fn bundle(locale: Locale) -> Result<FluentBundle<FluentResource>, ThemeError> {
    let fail = |reason: String| ThemeError::Locale { locale: locale.as_str(), reason };
    let tag = locale.as_str().parse().map_err(|error| fail(format!("{error}")))?;
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // The isolation marks are for mixed directions; in mails and titles they show up as boxes.
    bundle.set_use_isolating(false);
    for (name, source) in sources(locale) {
        let resource =
            FluentResource::try_new(source).map_err(|(_, errors)| fail(format!("{name}: {}", listed(&errors))))?;
        bundle.add_resource(resource).map_err(|errors| fail(format!("{name}: {}", listed(&errors))))?;
    }
    Ok(bundle)
}

/// The Fluent files of a language: name and text.
pub(super) fn sources(locale: Locale) -> Vec<(String, String)> {
    let folder = format!("{}/", locale.as_str());
    let names = LocaleFiles::iter().filter(|name| name.starts_with(&folder));
    names
        .filter_map(|name| {
            let file = LocaleFiles::get(&name)?;
            Some((name.into_owned(), String::from_utf8_lossy(&file.data).into_owned()))
        })
        .collect()
}

fn listed(errors: &[impl fmt::Display]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
