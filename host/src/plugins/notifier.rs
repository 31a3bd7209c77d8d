//! Notifiers: a few words to a person's telephone or device, in words of the house.

use std::time::Duration;

use super::bound::{reason, reference, text};
use super::exchange::{Input, Output, wit};
use super::failure::PluginFailure;
use super::run::Plugin;
use super::steps::millis;
use crate::domain::{CallbackReading, Delivery, Fate, Notice, Verdict};

/// How many notices one call may carry.
const NOTICES_MAX: usize = 100;
/// How many receipts one callback may carry.
const RECEIPTS_MAX: usize = 1_000;
const NAME_MAX_CHARS: usize = 100;
const LOCALE: &str = "en";
/// The name of the extra value with which a plugin is told where callbacks are taken.
const CALLBACK_URL: &str = "callback-url";
/// The `other` fate of what only the operator can mend.
const MISCONFIGURED: &str = "misconfigured";

impl Plugin {
    pub(super) async fn notify(&self, notices: Vec<Notice>, deadline: Duration) -> Result<Vec<Verdict>, PluginFailure> {
        let number = notices.len();
        if number > NOTICES_MAX {
            return Err(PluginFailure::Permanent(format!("{number} notices at once are more than {NOTICES_MAX}")));
        }
        if notices.is_empty() {
            return Ok(Vec::new());
        }
        let input = Input::Notify(notices.into_iter().map(notice).collect());
        let Output::Notified(verdicts) = self.converse(LOCALE, deadline, input).await? else {
            return Err(self.off_key());
        };
        self.check_done(number, verdicts.len(), "notices")?;
        Ok(verdicts.into_iter().map(|given| self.verdict(given)).collect())
    }

    pub(super) async fn read_callback(
        &self,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> Result<CallbackReading, PluginFailure> {
        let input = Input::ReadCallback { headers, body };
        let Output::Callback(reading) = self.converse(LOCALE, Duration::MAX, input).await? else {
            return Err(self.off_key());
        };
        Ok(match reading {
            wit::Callback::Receipts(receipts) => {
                CallbackReading::Deliveries(receipts.into_iter().take(RECEIPTS_MAX).filter_map(delivery).collect())
            }
            wit::Callback::Ignored(event) => CallbackReading::Ignored(text(&event, NAME_MAX_CHARS)),
            wit::Callback::Unreadable(why) => CallbackReading::Unreadable(reason(&why)),
        })
    }
}

fn notice(notice: Notice) -> wit::Notice {
    wit::Notice {
        id: notice.id.to_string(),
        to: notice.to,
        language: notice.language,
        title: notice.title,
        text: notice.text,
        link: notice.link,
        expires_at_ms: millis(notice.expires_at),
        extra: Some(notice.callback_url)
            .filter(|url| !url.is_empty())
            .map(|url| (CALLBACK_URL.to_owned(), url))
            .into_iter()
            .collect(),
    }
}

/// `None` without a usable reference: it is about no notice of ours.
fn delivery(receipt: wit::Receipt) -> Option<Delivery> {
    Some(Delivery {
        reference: reference(Some(receipt.reference))?,
        fate: match receipt.fate {
            wit::Fate::Delivered => Fate::Delivered,
            wit::Fate::Failed(why) => Fate::Failed(reason(&why)),
            wit::Fate::Gone(why) => Fate::Gone(reason(&why)),
            wit::Fate::Other((case, said)) if case == MISCONFIGURED => Fate::Misconfigured(reason(&said)),
            wit::Fate::Other((case, said)) => Fate::Failed(reason(&format!("{case}: {said}"))),
        },
    })
}
