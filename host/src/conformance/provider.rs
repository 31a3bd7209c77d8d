//! Providers: sessions, fetched conversations, and the look at the set-up. The door of this room walks in; it calls
//! `stage` and `explore`, and `webhooks` for what needs no request.

use super::cast;
use super::checks::Check;
use super::explore::{Ending, Says, instead, reads_only};
use super::stage::Stage;
use crate::plugins::wit::{Failure, Severity};
use crate::plugins::{Input, Output};

/// Nobody's conversation.
const STRANGE: &str = "conversation/../1?x=y";

impl Stage {
    /// Everything about a provider.
    pub(super) async fn try_provider(&mut self) {
        self.try_session().await;
        self.try_fetch().await;
        self.try_check().await;
        self.try_webhooks().await;
    }

    async fn try_session(&mut self) {
        let input = Input::OpenSession(cast::session_request(&self.manifest));
        let endings = self.explore(&input, "open-session").await;
        let opened = endings.iter().any(|ending| matches!(ending.output, Output::Session(_)));
        self.covered(opened, "open-session", "opened a session", &endings);
        for ending in &endings {
            let told = || ending.told();
            match &ending.output {
                Output::Session(session) => {
                    let has_key =
                        [&session.token, &session.signed_url].into_iter().flatten().any(|key| !key.trim().is_empty());
                    self.notes.note(Check::SessionKey, has_key && ending.is_success(), told);
                }
                Output::Failed(failure) => {
                    self.notes.note(Check::SessionFailure, is_true_of(ending, failure), told);
                }
                _ => self.notes.note(Check::SessionFailure, false, told),
            }
        }
    }

    async fn try_fetch(&mut self) {
        let input = Input::FetchSession("conversation-1".to_owned());
        let endings = self.explore(&input, "fetch-session").await;
        let fetched = endings.iter().any(|ending| matches!(ending.output, Output::Fetched(Some(_))));
        self.covered(fetched, "fetch-session", "led to a conversation", &endings);
        for ending in &endings {
            let told = || ending.told();
            let held = match &ending.output {
                Output::Fetched(Some(_)) => ending.is_success(),
                Output::Fetched(None) => !ending.bare || matches!(ending.says(), Some(Says::Status(404 | 410))),
                Output::Failed(failure) => is_true_of(ending, failure),
                _ => false,
            };
            self.notes.note(Check::FetchHonest, held, told);
        }
        // An id that would climb out of the path, or add a parameter, if it were not encoded.
        let output = self.open(&Input::FetchSession(STRANGE.to_owned()), "fetch-session of an odd id").await;
        if let Some(Output::Request(requests)) = output {
            let encoded =
                requests.iter().all(|request| !request.url.contains("/../") && !request.url.ends_with("?x=y"));
            self.notes.note(Check::FetchHonest, encoded, || {
                format!("fetch-session of the id `{STRANGE}`: the id is not percent-encoded in the URL")
            });
        }
    }

    async fn try_check(&mut self) {
        for ending in self.explore(&Input::Check, "check").await {
            let told = || ending.told();
            let all = ending.before.iter().chain(&ending.last);
            let writes = all.map(|exchange| &exchange.request).find(|request| !reads_only(request));
            self.notes.note(Check::CheckReadOnly, writes.is_none(), || {
                format!("{}: it asks for a {}", ending.path, writes.map_or("", |request| &request.method))
            });
            let held = match &ending.output {
                Output::Checked(findings) => {
                    let faulty = findings.iter().any(|finding| finding.severity != Severity::Ok);
                    let at_fault =
                        ending.bare && ending.is_clean() && ending.says().is_some_and(|it| it != Says::Success);
                    let mendable = findings.iter().all(|it| it.severity == Severity::Ok || !it.mend.trim().is_empty());
                    !findings.is_empty() && mendable && (faulty || !at_fault)
                }
                Output::Failed(failure) => is_true_of(&ending, failure),
                _ => false,
            };
            self.notes.note(Check::CheckHonest, held, told);
        }
    }

    pub(super) fn covered(&mut self, held: bool, what: &str, wanted: &str, endings: &[Ending]) {
        self.notes.note(Check::Covered, held, || {
            format!(
                "{what}: no reply {wanted}, but {}; give `project.toml` the `[settings]` that it needs, and a \
                 `[[replies]]` with the provider's own success",
                instead(endings)
            )
        });
    }
}

/// Whether a failure is what the answer means: all that `open-session`, `fetch-session` and `check` do can be repeated.
pub(super) fn is_true_of(ending: &Ending, failure: &Failure) -> bool {
    if !ending.bare || !ending.is_clean() {
        return true;
    }
    match ending.says() {
        Some(Says::Status(401 | 403)) => matches!(failure, Failure::Misconfigured(_)),
        Some(Says::Unsent | Says::Unknown | Says::Status(408 | 429 | 500..600)) => {
            matches!(failure, Failure::Retry(_) | Failure::Unknown(_))
        }
        _ => true,
    }
}
