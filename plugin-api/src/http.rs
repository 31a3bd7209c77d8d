//! Building requests and reading responses. Plugins walk in; nothing here touches a network.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::date::{http_date_to_unix_s, span};
use crate::{Body, Request, Response, Unreadable, read_json};

/// What a request waits for its response when the plugin says nothing; the host may shorten it.
const DEFAULT_TIMEOUT_MS: u32 = 10_000;
/// Above this difference between our clock and a vendor's, ours is to blame: a reply is on its way for seconds.
const CLOCK_OFF_MS: u64 = 300_000;

impl Request {
    /// A GET: repeatable, without a body.
    pub fn get(url: impl Into<String>) -> Self {
        let mut request = Self::new("GET", url);
        request.repeatable = true;
        request
    }

    /// A POST without a body, not repeatable.
    pub fn post(url: impl Into<String>) -> Self {
        Self::new("POST", url)
    }

    /// A DELETE without a body: repeatable, since what is gone stays gone.
    pub fn delete(url: impl Into<String>) -> Self {
        let mut request = Self::new("DELETE", url);
        request.repeatable = true;
        request
    }

    /// A PATCH without a body, not repeatable.
    pub fn patch(url: impl Into<String>) -> Self {
        Self::new("PATCH", url)
    }

    fn new(method: &str, url: impl Into<String>) -> Self {
        Self {
            method: method.to_owned(),
            url: url.into(),
            headers: Vec::new(),
            body: Body::Empty,
            credential: None,
            repeatable: false,
            timeout_ms: DEFAULT_TIMEOUT_MS,
        }
    }

    /// Adds a header. Names are lower-case.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.into()));
        self
    }

    /// Sets a JSON body and its content type: a `serde_json::Value`, or a type of the plugin's own, which
    /// is written several times faster.
    ///
    /// # Panics
    ///
    /// With a value that JSON cannot hold: a map whose keys are no strings.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the plugin's author sees it in the first test")]
    pub fn json(mut self, value: &impl Serialize) -> Self {
        self.body = Body::Text(serde_json::to_string(value).expect("a body that JSON can hold"));
        self.header("content-type", "application/json")
    }

    /// Asks the host to put this credential of the manifest in place.
    #[must_use]
    pub fn credential(mut self, name: &str) -> Self {
        self.credential = Some(name.to_owned());
        self
    }

    /// Says that a repeat does no harm.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// How long to wait for the response.
    #[must_use]
    pub fn timeout_ms(mut self, timeout_ms: u32) -> Self {
        self.timeout_ms = timeout_ms;
        self
    }
}

impl Response {
    /// Whether the status is 2xx.
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The first header of this lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON. The error names the place in it where something else stands than `T` wants.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Unreadable> {
        read_json(&self.body)
    }

    /// The body as text, at most `limit_chars` of it, for a message to the operator.
    pub fn text(&self, limit_chars: usize) -> String {
        String::from_utf8_lossy(&self.body).chars().take(limit_chars).collect()
    }

    /// How long the vendor asks us to wait, in milliseconds from `now_ms`: `retry-after-ms`, or
    /// `retry-after` in seconds or as an HTTP date (RFC 9110, section 10.2.3). Such a date is laid beside the reply's own
    /// `date`, where it has one: the vendor's clock wrote both.
    pub fn retry_after_ms(&self, now_ms: u64) -> Option<u32> {
        let after_ms = if let Some(ms) = self.header("retry-after-ms") {
            ms.trim().parse::<u64>().ok()?
        } else {
            let value = self.header("retry-after")?.trim();
            if let Ok(seconds) = value.parse::<u64>() {
                seconds.saturating_mul(1_000)
            } else {
                let from_ms = self.date_ms().unwrap_or(now_ms);
                http_date_to_unix_s(value)?.saturating_mul(1_000).saturating_sub(from_ms)
            }
        };
        Some(u32::try_from(after_ms).unwrap_or(u32::MAX))
    }

    /// What is wrong with the clock that says `now_ms`, in words for the operator, when it is more than five minutes away
    /// from the one that wrote the reply's `date` (RFC 9110, section 6.6.1). `None` also for a reply without that header.
    ///
    /// Vendors refuse what was signed by a wrong clock, and most of them do not say that this is why.
    pub fn clock_fault(&self, now_ms: u64) -> Option<String> {
        let theirs_ms = self.date_ms()?;
        let off_ms = now_ms.abs_diff(theirs_ms);
        let side = if now_ms > theirs_ms { "ahead of" } else { "behind" };
        let fault = || format!("this server's clock is {} {side} the vendor's: set it by NTP", span(off_ms / 1_000));
        (off_ms > CLOCK_OFF_MS).then(fault)
    }

    /// When the vendor's clock says that it replied.
    fn date_ms(&self) -> Option<u64> {
        Some(http_date_to_unix_s(self.header("date")?.trim())?.saturating_mul(1_000))
    }
}

/// Percent-encodes text for one segment of a URL's path or one value of its query, so that an id can
/// neither climb out of the path nor add a parameter.
pub fn percent_encode(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> Response {
        Response { status: 429, headers: vec![(name.to_owned(), value.to_owned())], body: Vec::new() }
    }

    #[test]
    fn retry_after_is_read_in_all_its_forms() {
        let now_ms = 784_111_777_000 - 5_000; // five seconds before the RFC's example date
        assert_eq!(with("retry-after", "30").retry_after_ms(now_ms), Some(30_000));
        assert_eq!(with("retry-after-ms", "250").retry_after_ms(now_ms), Some(250));
        let date = with("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(date.retry_after_ms(now_ms), Some(5_000));
        assert_eq!(date.retry_after_ms(now_ms + 60_000), Some(0));
        assert_eq!(with("retry-after", "soon").retry_after_ms(now_ms), None);
        assert_eq!(with("date", "30").retry_after_ms(now_ms), None);
    }

    #[test]
    fn a_date_is_counted_from_the_vendors_own_clock() {
        let mut reply = with("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT");
        reply.headers.push(("date".to_owned(), "Sun, 06 Nov 1994 08:49:30 GMT".to_owned()));
        for ours_ms in [0, 784_111_770_000, u64::MAX] {
            assert_eq!(reply.retry_after_ms(ours_ms), Some(7_000));
        }
    }

    #[test]
    fn a_wrong_clock_is_told_by_how_much() {
        let reply = with("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let theirs_ms = 784_111_777_000;
        let off = |ours_ms| reply.clock_fault(ours_ms);
        assert_eq!(off(theirs_ms), None);
        assert_eq!((off(theirs_ms + 300_000), off(theirs_ms - 300_000)), (None, None));
        let ahead = "this server's clock is 1 h 5 min ahead of the vendor's: set it by NTP";
        assert_eq!(off(theirs_ms + 3_900_000).as_deref(), Some(ahead));
        let behind = "this server's clock is 5 min 1 s behind the vendor's: set it by NTP";
        assert_eq!(off(theirs_ms - 301_000).as_deref(), Some(behind));
        assert_eq!(with("date", "tomorrow").clock_fault(0), None);
        assert_eq!(with("age", "7").clock_fault(0), None);
    }

    #[test]
    fn an_encoded_id_cannot_climb() {
        assert_eq!(percent_encode("conv_1/../x?y=é"), "conv_1%2F%2E%2E%2Fx%3Fy%3D%C3%A9");
    }
}
