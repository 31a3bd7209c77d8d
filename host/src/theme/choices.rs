//! What select boxes offer: time zones, countries with their calling codes, languages.

use jiff::tz;
use serde::Serialize;

use super::Locale;

/// The zones of one part of the world.
#[derive(Clone, Debug, Serialize)]
struct ZoneGroup {
    /// The end of the Fluent key `zones-…`.
    area: String,
    /// IANA names.
    zones: Vec<String>,
}

/// The zones to choose from, in groups.
#[derive(Clone, Debug, Serialize)]
pub struct ZoneChoices(Vec<ZoneGroup>);

/// The areas of IANA names that stand for places; the rest are aliases and offsets that know no clock change.
const AREAS: [&str; 9] =
    ["Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific", "Antarctica"];

/// What most of our callees want, at the top of the list.
const NEAR: [&str; 3] = ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"];

impl ZoneChoices {
    /// Every place of the zone database that the binary carries, Indonesia's three first.
    pub fn all() -> Self {
        let names: Vec<String> = tz::db().available().map(|name| name.to_string()).collect();
        let mut groups = vec![ZoneGroup { area: "near".to_owned(), zones: NEAR.map(str::to_owned).to_vec() }];
        for area in AREAS {
            let prefix = format!("{area}/");
            let mut zones: Vec<String> = names.iter().filter(|name| name.starts_with(&prefix)).cloned().collect();
            zones.sort();
            groups.push(ZoneGroup { area: area.to_lowercase(), zones });
        }
        Self(groups)
    }

    /// The first few only, so that the samples of the tests stay small.
    pub(super) fn few() -> Self {
        let mut all = Self::all();
        all.0.truncate(3);
        all.0.iter_mut().for_each(|group| group.zones.truncate(3));
        all
    }
}

/// A country whose numbers can be rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Country {
    /// ISO 3166-1 alpha-2, also the end of the Fluent key `country-…`.
    pub code: &'static str,
    /// Calling code without the plus.
    pub calling: &'static str,
}

/// A language that the companion speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Language {
    /// BCP 47 tag.
    pub tag: &'static str,
    /// Its name in itself, so that it needs no translation.
    pub name: &'static str,
}

impl Language {
    /// Those in which letters are written.
    pub fn of_letters() -> Vec<Self> {
        LANGUAGES.iter().filter(|language| language.tag.parse::<Locale>().is_ok()).copied().collect()
    }
}

macro_rules! countries {
    ($($code:literal $calling:literal)+) => { &[$(Country { code: $code, calling: $calling },)+] };
}

/// The countries that are offered. A number that begins with a plus is taken as it is, whatever is chosen here.
pub const COUNTRIES: &[Country] = countries! {
    "ID" "62" "AE" "971" "AT" "43" "AU" "61" "BE" "32" "BN" "673" "BR" "55" "CA" "1" "CH" "41" "CN" "86" "DE" "49"
    "DK" "45" "ES" "34" "FI" "358" "FR" "33" "GB" "44" "HK" "852" "IE" "353" "IN" "91" "IT" "39" "JP" "81" "KR" "82"
    "MX" "52" "MY" "60" "NL" "31" "NO" "47" "NZ" "64" "PH" "63" "PL" "48" "PT" "351" "SA" "966" "SE" "46" "SG" "65"
    "TH" "66" "TR" "90" "TW" "886" "US" "1" "VN" "84" "ZA" "27"
};

/// The languages that are offered.
pub const LANGUAGES: &[Language] = &[
    Language { tag: "id", name: "Bahasa Indonesia" },
    Language { tag: "en", name: "English" },
    Language { tag: "de", name: "Deutsch" },
    Language { tag: "es", name: "Español" },
    Language { tag: "fr", name: "Français" },
    Language { tag: "it", name: "Italiano" },
    Language { tag: "ja", name: "日本語" },
    Language { tag: "ko", name: "한국어" },
    Language { tag: "ms", name: "Bahasa Melayu" },
    Language { tag: "nl", name: "Nederlands" },
    Language { tag: "pl", name: "Polski" },
    Language { tag: "pt", name: "Português" },
    Language { tag: "ta", name: "தமிழ்" },
    Language { tag: "zh", name: "中文" },
];

#[cfg(test)]
mod tests {
    use super::{COUNTRIES, Language, Locale, ZoneChoices};

    #[test]
    fn letters_are_offered_in_every_language_that_they_are_written_in() {
        assert_eq!(Language::of_letters().len(), Locale::ALL.len());
    }

    #[test]
    fn zones_are_places_that_exist() {
        let choices = ZoneChoices::all();
        let zones: Vec<&String> = choices.0.iter().flat_map(|group| &group.zones).collect();
        assert!(zones.len() > 300, "{}", zones.len());
        assert!(zones.iter().all(|zone| jiff::tz::TimeZone::get(zone).is_ok()));
    }

    #[test]
    fn each_country_stands_once() {
        let mut codes: Vec<&str> = COUNTRIES.iter().map(|country| country.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), COUNTRIES.len());
    }
}
