//! What stands beside a kind: the check of a channel or notifier, a provider's records and provisioning, the look-up of a
//! number. The door of this room walks in; it calls `stage`, `explore`, and `digest` for what needs no request.

use super::cast;
use super::checks::Check;
use super::explore::{Ending, Says, reads_only};
use super::provider::is_true_of;
use super::stage::Stage;
use crate::domain::manifest::Also;
use crate::plugins::wit::{Erasure, Severity};
use crate::plugins::{Input, Output};

const CONVERSATION: &str = "conversation-1";
/// Nobody's conversation.
const STRANGE: &str = "conversation/../1?x=y";

impl Stage {
    /// Everything that `also` names.
    pub(super) async fn try_beside(&mut self) {
        for also in self.manifest.also.clone() {
            match also {
                Also::ChannelCheck => self.try_channel_check().await,
                Also::Records => self.try_records().await,
                Also::Provisioning => self.try_provisioning().await,
                Also::NumberLookup => self.try_number_lookup().await,
                Also::DigestRenderer => self.try_digest().await,
            }
        }
    }

    async fn try_channel_check(&mut self) {
        for ending in self.explore(&Input::Check, "check").await {
            let held = match &ending.output {
                Output::Checked(findings) => {
                    let faulty = findings.iter().any(|finding| finding.severity != Severity::Ok);
                    // That somebody who is not there cannot be reached may be just what the check wants to hear.
                    let refused = matches!(ending.says(), Some(Says::Status(401 | 403 | 429 | 500..600)));
                    let unheard = matches!(ending.says(), Some(Says::Unsent | Says::Unknown));
                    let at_fault = ending.bare && ending.is_clean() && (refused || unheard);
                    let mendable = findings.iter().all(|it| it.severity == Severity::Ok || !it.mend.trim().is_empty());
                    !findings.is_empty() && mendable && (faulty || !at_fault)
                }
                Output::Failed(failure) => is_true_of(&ending, failure),
                _ => false,
            };
            self.notes.note(Check::ChannelCheckHonest, held, || ending.told());
        }
    }

    async fn try_records(&mut self) {
        let endings = self.explore(&Input::FetchAudio(CONVERSATION.to_owned()), "fetch-audio").await;
        for ending in &endings {
            let held = match &ending.output {
                Output::Audio(Some(audio)) => ending.is_success() && audio.content_type.starts_with("audio/"),
                // A 2xx may say so in its body.
                Output::Audio(None) => !ending.bare || is_word_of_absence(ending) || ending.is_success(),
                Output::Failed(failure) => is_true_of(ending, failure),
                _ => false,
            };
            self.notes.note(Check::AudioHonest, held, || ending.told());
        }
        let endings = self.explore(&Input::Erase(CONVERSATION.to_owned()), "erase").await;
        let erased = endings.iter().any(|ending| matches!(ending.output, Output::Erased(Erasure::Erased)));
        self.covered(erased, "erase", "erased the conversation", &endings);
        for ending in &endings {
            let held = match &ending.output {
                Output::Erased(Erasure::Erased) => ending.is_success(),
                Output::Erased(Erasure::WasNotThere) => !ending.bare || is_word_of_absence(ending),
                Output::Failed(failure) => is_true_of(ending, failure),
                _ => false,
            };
            self.notes.note(Check::EraseHonest, held, || ending.told());
        }
        for (input, check) in [
            (Input::FetchAudio(STRANGE.to_owned()), Check::AudioHonest),
            (Input::Erase(STRANGE.to_owned()), Check::EraseHonest),
        ] {
            let label = format!("{} of an odd id", input.export());
            let Some(Output::Request(requests)) = self.open(&input, &label).await else { continue };
            let encoded = requests.iter().all(|request| !request.url.contains(STRANGE));
            self.notes.note(check, encoded, || format!("{label} `{STRANGE}`: it is not percent-encoded in the URL"));
        }
    }

    async fn try_provisioning(&mut self) {
        let wanted = cast::wanted(&self.manifest);
        for input in [Input::Plan(wanted.clone()), Input::Apply(wanted)] {
            let label = input.export().to_string();
            let plans = matches!(input, Input::Plan(_));
            for ending in self.explore(&input, &label).await {
                let all = ending.before.iter().chain(&ending.last);
                let writes = all.map(|exchange| &exchange.request).find(|request| !reads_only(request));
                if plans {
                    self.notes.note(Check::PlanReadOnly, writes.is_none(), || {
                        format!("{}: it asks for a {}", ending.path, writes.map_or("", |request| &request.method))
                    });
                }
                let held = match &ending.output {
                    Output::Planned(_) | Output::Applied(_) => {
                        !ending.bare || ending.is_success() || is_word_of_absence(&ending)
                    }
                    Output::Failed(failure) => is_true_of(&ending, failure),
                    _ => false,
                };
                self.notes.note(Check::ProvisionHonest, held, || ending.told());
            }
        }
    }

    async fn try_number_lookup(&mut self) {
        for ending in self.explore(&Input::LookUp(cast::LOOKED_UP.to_owned()), "look-up").await {
            let writes = ending.before.iter().chain(&ending.last).any(|exchange| !reads_only(&exchange.request));
            let held = match &ending.output {
                Output::LookedUp(_) => ending.is_success() || ending.last.is_empty() || !ending.bare,
                Output::Failed(failure) => is_true_of(&ending, failure),
                _ => false,
            };
            self.notes.note(Check::LookUpHonest, held && !writes, || ending.told());
        }
    }
}

/// The provider says by its status that it is not there.
fn is_word_of_absence(ending: &Ending) -> bool {
    matches!(ending.says(), Some(Says::Status(404 | 410)))
}
