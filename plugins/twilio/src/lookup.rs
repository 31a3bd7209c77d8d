//! Lookup: what is behind a number. `look_up` walks in; it calls nobody.
//!
//! `GET /v2/PhoneNumbers/{number}`, www.twilio.com/docs/lookup/v2-api. A number that cannot be one is answered with 200 and
//! `valid: false`. With `Fields=line_type_intelligence` the answer has the kind of line, which is charged for.

use callpanion_plugin_api::number_lookup::{LineKind, NumberFacts};
use callpanion_plugin_api::{Answer, Ctx, Request, Response, Stop, percent_encode};
use serde::Deserialize;

use crate::Settings;
use crate::codes::{Meaning, meaning};

/// Somebody waits at a form.
const TIMEOUT_MS: u32 = 5_000;
const PAUSE_MS: u32 = 5_000;

#[derive(Deserialize)]
struct Found {
    valid: bool,
    country_code: Option<String>,
    line_type_intelligence: Option<Line>,
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: Option<String>,
    carrier_name: Option<String>,
}

/// Asks about one number.
pub(crate) fn ask(ctx: &mut Ctx, settings: &Settings, number: &str) -> Result<NumberFacts, Stop> {
    let now_ms = ctx.now_ms();
    let fields = if settings.line_type { "?Fields=line_type_intelligence" } else { "" };
    let url =
        format!("{}/v2/PhoneNumbers/{}{fields}", settings.lookups_url.trim_end_matches('/'), percent_encode(number));
    let answer = ctx.http(Request::get(url).credential("account").timeout_ms(TIMEOUT_MS))?;
    if let Answer::Response(response) = &answer
        && let Some(stop) = refused(response, now_ms)
    {
        return Err(stop);
    }
    let found: Found = answer.success(now_ms)?.json().map_err(|error| {
        // Nothing happens by looking.
        Stop::retry(PAUSE_MS, format!("unreadable JSON: {error}"))
    })?;
    let line = found.line_type_intelligence;
    Ok(NumberFacts {
        valid: found.valid,
        line: line.as_ref().and_then(|line| line.kind.as_deref()).and_then(kind),
        country: found.country_code,
        carrier: line.and_then(|line| line.carrier_name),
        extra: Vec::new(),
    })
}

/// Twilio's own word for why it does not answer, where it has one.
fn refused(response: &Response, now_ms: u64) -> Option<Stop> {
    #[derive(Deserialize)]
    struct Refused {
        code: u32,
    }
    if !(400..500).contains(&response.status) {
        return None;
    }
    let code = response.json::<Refused>().ok()?.code;
    match meaning(code)? {
        Meaning::Operators(how) => Some(Stop::misconfigured(format!("{how} (Twilio {code})"))),
        Meaning::Later(what) => {
            let pause_ms = response.retry_after_ms(now_ms).unwrap_or(PAUSE_MS);
            Some(Stop::retry(pause_ms, format!("{what} (Twilio {code})")))
        }
        Meaning::Dead(_) | Meaning::Failed(_) => None,
    }
}

/// The kind of line in words of the host; `None` when Twilio does not know it.
fn kind(word: &str) -> Option<LineKind> {
    match word {
        "mobile" => Some(LineKind::Mobile),
        "landline" => Some(LineKind::Landline),
        "fixedVoip" | "nonFixedVoip" => Some(LineKind::Voip),
        "tollFree" => Some(LineKind::TollFree),
        "unknown" | "" => None,
        // Premium, shared cost, pagers, and what comes later.
        _ => Some(LineKind::Other),
    }
}
