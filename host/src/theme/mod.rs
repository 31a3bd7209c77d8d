//! The theme: every page, mail and word that a person sees.
//!
//! Who walks in: `web` with a typed page and the [`Frame`] around it; `services` with a typed letter; `command` for
//! a preview. Whom it calls: nobody. No database, no network, no clock: what it shows is in the page it is given.
//!
//! The cast: a [`Page`] is a struct that serialises and names its template; the [`Theme`] holds one Tera engine per
//! [`Locale`], because the words are bound to the engine as its function `t`; [`Frame`] is what surrounds a page.
//! Moments travel as [`crate::domain::Moment`] with an IANA zone and become words here (`format`), so no door
//! formats a date. Everything is escaped: no template uses `safe`, no page has an inline script or style.
//!
//! There is no htmx and nothing vendored: a fresh machine has no npm, and a page has to work without JavaScript
//! anyway. A small script of our own (`assets/live.js`) refetches the parts marked `data-live` when `/events` says
//! that something changed; such a part is a *fragment*, rendered by [`Theme::fragment`] from the same page struct.

mod assets;
mod charts;
mod choices;
mod format;
mod forms;
mod frame;
mod functions;
mod letters;
mod pages;
mod parts;
mod preview;
mod qr;
mod samples;
mod strings;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

use serde::Serialize;
use tera::{Context, Tera, Value};

pub use crate::domain::Locale;
pub use assets::Asset;
pub use charts::{MoodChart, MoodDay, RateChart, RateWeek};
pub use choices::{COUNTRIES, Country, LANGUAGES, Language, ZoneChoices};
pub use forms::*;
pub use frame::{AccountBadge, Frame};
pub use letters::*;
pub use pages::*;
pub use parts::*;
pub use preview::preview;
pub use qr::QrDrawing;
pub use strings::Strings;
pub use words::*;

use assets::Assets;

/// A page: what it shows, and the template that shows it.
pub trait Page: Serialize {
    /// Name of the template, without folder and ending.
    const TEMPLATE: &'static str;

    /// The live parts of the page, each a template in `fragments/`.
    const FRAGMENTS: &'static [&'static str] = &[];

    /// Invented examples, for tests and previews; one for each face that the page can show.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// What can go wrong in the theme. None of it is mended by a retry.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// A template does not parse or does not render.
    #[error("template {name}")]
    Template {
        /// Which one.
        name: String,
        /// Why.
        #[source]
        source: tera::Error,
    },
    /// A Fluent file does not parse or defines a key twice.
    #[error("locale {locale}: {reason}")]
    Locale {
        /// Which language.
        locale: &'static str,
        /// Why.
        reason: String,
    },
    /// A message that no Fluent file has.
    #[error("no message {key} in locale {locale}")]
    MissingMessage {
        /// Which language.
        locale: &'static str,
        /// Which message.
        key: String,
    },
    /// A message that could not be formatted with the arguments it got.
    #[error("message {key}: {reason}")]
    Message {
        /// Which message.
        key: String,
        /// Why.
        reason: String,
    },
    /// The page has no such live part.
    #[error("no fragment {name}")]
    NoFragment {
        /// What was asked for.
        name: String,
    },
    /// A preview could not be written.
    #[error("cannot write {path}")]
    Preview {
        /// Where to.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Templates, words and assets, ready to render.
pub struct Theme {
    english: Tera,
    indonesian: Tera,
    strings: Arc<Strings>,
    assets: Arc<Assets>,
}

impl Theme {
    /// Loads the theme that is embedded in the binary.
    pub fn load() -> Result<Self, ThemeError> {
        let strings = Arc::new(Strings::load()?);
        let assets = Arc::new(Assets::load());
        let english = functions::engine(Locale::En, &strings, &assets)?;
        let indonesian = functions::engine(Locale::Id, &strings, &assets)?;
        Ok(Self { english, indonesian, strings, assets })
    }

    /// A whole page as HTML.
    pub fn render<P: Page>(&self, frame: &Frame, page: &P) -> Result<String, ThemeError> {
        self.paint(frame, &format!("{}.html", P::TEMPLATE), page)
    }

    /// One live part of a page as HTML.
    pub fn fragment<P: Page>(&self, frame: &Frame, page: &P, name: &str) -> Result<String, ThemeError> {
        if !P::FRAGMENTS.contains(&name) {
            return Err(ThemeError::NoFragment { name: name.to_owned() });
        }
        self.paint(frame, &format!("{}{name}.html", functions::ALONE), page)
    }

    /// An asset by the path after `/assets/`, with or without the hash in its name.
    pub fn asset(&self, path: &str) -> Option<Asset> {
        self.assets.get(path)
    }

    /// The words of the theme, for those who need one outside a page.
    pub fn strings(&self) -> &Strings {
        &self.strings
    }

    /// The sentence that a family agrees to, to be stored with the consent as it was shown.
    pub fn consent_wording(&self, locale: Locale, callee_name: &str) -> Result<String, ThemeError> {
        self.strings.get(locale, "consent-wording", &[("name", callee_name.into())])
    }

    /// Renders a template with the page under `page` and the frame under `frame`.
    fn paint(&self, frame: &Frame, template: &str, page: &impl Serialize) -> Result<String, ThemeError> {
        let fail = |source| ThemeError::Template { name: template.to_owned(), source };
        let page = tera::to_value(page).map_err(|error| fail(error.into()))?;
        self.paint_value(frame, template, &page)
    }

    fn paint_value(&self, frame: &Frame, template: &str, page: &Value) -> Result<String, ThemeError> {
        let fail = |source| ThemeError::Template { name: template.to_owned(), source };
        let mut context = Context::new();
        context.try_insert("page", page).map_err(fail)?;
        context.try_insert("frame", frame).map_err(fail)?;
        context.insert("section", frame.section());
        context.insert("flash_refusal", &frame.flash.is_some_and(Flash::is_refusal));
        context.insert("lang", frame.locale.as_str());
        self.engine(frame.locale).render(template, &context).map_err(fail)
    }

    fn engine(&self, locale: Locale) -> &Tera {
        match locale {
            Locale::En => &self.english,
            Locale::Id => &self.indonesian,
        }
    }
}
