//! What the kit looks at: one id for each check, what it means, and the level that it belongs to. Everyone in this room
//! walks in; it calls nobody.

use crate::domain::manifest::{Also, Manifest, PluginKind};
use crate::domain::word::word_enum;

word_enum! {
    /// How far a plugin can be relied on. Each level includes those before it.
    Level {
        /// It loads, is deterministic, asks only for what it may, and survives whatever comes back.
        Bronze = "bronze",
        /// And it draws the right conclusion from every class of reply.
        Silver = "silver",
        /// And it keeps to a quarter of the limits, repeats nothing personal, and explains itself to the operator.
        Gold = "gold",
    }
}

word_enum! {
    /// One thing that the kit looks at, in many cases.
    #[expect(missing_docs, reason = "`Check::meaning` says it, to everyone")]
    Check {
        Loads = "loads",
        Deterministic = "deterministic",
        Survives = "survives",
        Ends = "ends",
        Requests = "requests",
        Granted = "granted",
        Future = "future",
        RingLists = "ring-lists",
        RingWindow = "ring-window",
        RingAccepted = "ring-accepted",
        RingGone = "ring-gone",
        RingUnknown = "ring-unknown",
        RingUnsent = "ring-unsent",
        RingRetryAfter = "ring-retry-after",
        RingMisconfigured = "ring-misconfigured",
        RingRefused = "ring-refused",
        InspectHonest = "inspect-honest",
        CancelHonest = "cancel-honest",
        SessionKey = "session-key",
        SessionFailure = "session-failure",
        FetchHonest = "fetch-honest",
        CheckReadOnly = "check-read-only",
        CheckHonest = "check-honest",
        WebhookSame = "webhook-same",
        WebhookGarbage = "webhook-garbage",
        RenderHeadline = "render-headline",
        RenderEvidence = "render-evidence",
        RenderAlarms = "render-alarms",
        RenderObeys = "render-obeys-nobody",
        RenderPlain = "render-plain",
        RenderFailure = "render-failure",
        ChannelCheckHonest = "channel-check-honest",
        AudioHonest = "audio-honest",
        EraseHonest = "erase-honest",
        PlanReadOnly = "plan-read-only",
        ProvisionHonest = "provision-honest",
        LookUpHonest = "look-up-honest",
        DigestEvidence = "digest-evidence",
        DigestPlain = "digest-plain",
        NotifyLists = "notify-lists",
        NotifyLate = "notify-late",
        NotifyAccepted = "notify-accepted",
        NotifyHonest = "notify-honest",
        CallbackGarbage = "callback-garbage",
        Covered = "covered",
        WebhookFuture = "webhook-future",
        Echo = "echo",
        Sizes = "sizes",
        Budget = "budget",
        DataUsed = "data-used",
        Reasons = "reasons",
        Settings = "settings",
    }
}

impl Check {
    /// The level that it belongs to.
    pub const fn level(self) -> Level {
        match self {
            Self::Loads | Self::Deterministic | Self::Survives | Self::Ends | Self::Requests | Self::Granted => {
                Level::Bronze
            }
            Self::WebhookFuture
            | Self::Echo
            | Self::Sizes
            | Self::Budget
            | Self::DataUsed
            | Self::Reasons
            | Self::Settings => Level::Gold,
            _ => Level::Silver,
        }
    }

    /// The interface beside a plugin's kind that it looks at; `None` for what concerns the kind itself.
    pub const fn also(self) -> Option<Also> {
        match self {
            Self::ChannelCheckHonest => Some(Also::ChannelCheck),
            Self::AudioHonest | Self::EraseHonest => Some(Also::Records),
            Self::PlanReadOnly | Self::ProvisionHonest => Some(Also::Provisioning),
            Self::LookUpHonest => Some(Also::NumberLookup),
            Self::DigestEvidence | Self::DigestPlain => Some(Also::DigestRenderer),
            _ => None,
        }
    }

    /// Whether a plugin of this manifest is looked at for it.
    pub fn is_of(self, manifest: &Manifest) -> bool {
        self.concerns(manifest.kind) && self.also().is_none_or(|also| manifest.has(also))
    }

    /// Whether plugins of this kind are looked at for it, if they have what it looks at.
    pub fn concerns(self, kind: PluginKind) -> bool {
        if let Some(also) = self.also() {
            return also.beside().contains(&kind);
        }
        let word = self.as_str();
        let begins = |words: &[&str]| words.iter().any(|begin| word.starts_with(begin));
        match kind {
            PluginKind::Channel => {
                !begins(&["session-", "fetch-", "check-", "webhook-", "render-", "notify-", "callback-"])
            }
            PluginKind::Provider => {
                !begins(&["ring-", "inspect-", "cancel-", "render-", "data-", "notify-", "callback-"])
            }
            PluginKind::Renderer => {
                let others = ["session-", "fetch-", "check-", "webhook-", "notify-", "callback-"];
                !begins(&["ring-", "inspect-", "cancel-", "covered"]) && !begins(&others)
            }
            PluginKind::Notifier => {
                let others = ["session-", "fetch-", "check-", "webhook-", "render-"];
                !begins(&["ring-", "inspect-", "cancel-"]) && !begins(&others)
            }
        }
    }

    /// What a plugin that passes does, in one line.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Loads => "It loads, and calls itself what its plugin.toml says.",
            Self::Deterministic => "The same input, context and answers give the same output, to the byte.",
            Self::Survives => "No reply, body or input makes it trap, and none costs more than its budget.",
            Self::Ends => "Every call is done within 8 runs, whatever the vendor answers.",
            Self::Requests => {
                "Every request is one that the host sends: method, URL, headers, size, number; none twice."
            }
            Self::Granted => "Requests go only where `[[hosts]]` says, with credentials that `[[credentials]]` names.",
            Self::Future => "Values that a later host may add to context and input change nothing.",
            Self::RingLists => {
                "One verdict for each ring in the rings' order, for 0, 1 and 100 rings, doubles and mixed fates."
            }
            Self::RingWindow => "After the window nothing is asked for and nothing accepted.",
            Self::RingAccepted => "`accepted` rests on a 2xx and on nothing else.",
            Self::RingGone => "`gone` rests on the vendor's word, never on a status alone.",
            Self::RingUnknown => "What may have rung is `unknown`: no answer, a 5xx, a 2xx that cannot be read.",
            Self::RingUnsent => "What never left is tried again, and not given up.",
            Self::RingRetryAfter => "429 is tried again, after as long as `retry-after` says, in seconds or as a date.",
            Self::RingMisconfigured => "401 and 403 call for the operator.",
            Self::RingRefused => "What the vendor turned down is not tried again unchanged.",
            Self::InspectHonest => {
                "`inspect` only reads, speaks of each ring once, and knows nothing from an error or nonsense."
            }
            Self::CancelHonest => "`cancel` speaks of each ring, and promises silence only after a 2xx.",
            Self::SessionKey => "A session has a token or a signed URL, and comes from a 2xx.",
            Self::SessionFailure => "401 and 403 call for the operator; what may pass is a retry; nothing is invented.",
            Self::FetchHonest => {
                "A conversation is unknown only on the provider's word (404, 410), and errors are failures."
            }
            Self::CheckReadOnly => "`check` only reads: GET and HEAD.",
            Self::CheckHonest => "`check` finds fault where the provider answers with errors, and says what to do.",
            Self::WebhookSame => "A webhook reads the same twice, late, and with other headers.",
            Self::WebhookGarbage => "A webhook that is cut off, empty, huge, deep or no text is no conversation.",
            Self::RenderHeadline => "There is a headline, whatever was said or not said.",
            Self::RenderEvidence => "Evidence names turns that exist, each once, and a mood is 1 to 5.",
            Self::RenderAlarms => "The same alarms, in the same order, in every language.",
            Self::RenderObeys => "What is said in the talk is material and never an instruction.",
            Self::RenderPlain => "Text is text: no HTML or Markdown of its own, no control characters.",
            Self::RenderFailure => "When the vendor fails, it renders without it or says when to try again.",
            Self::ChannelCheckHonest => {
                "A channel's or notifier's `check` finds fault where the vendor answers with errors, and says what to do."
            }
            Self::AudioHonest => {
                "A recording is of a type of sound and comes from a 2xx; there is none only on the provider's word."
            }
            Self::EraseHonest => "`erased` rests on a 2xx, and `was-not-there` on the provider's word (404, 410).",
            Self::PlanReadOnly => "`plan` only reads: GET and HEAD.",
            Self::ProvisionHonest => "`plan` and `apply` fail where the provider answers with errors.",
            Self::LookUpHonest => "What is said of a number comes from a 2xx, and asking only reads.",
            Self::DigestEvidence => "Every statement of a digest rests on calls, turns or parts that exist.",
            Self::DigestPlain => "A digest has no HTML, no Markdown and no control characters of its own.",
            Self::NotifyLists => "One verdict for each notice in the notices' order, for 0, 1 and 100 notices.",
            Self::NotifyLate => "A notice that is of no use any more is neither sent nor accepted.",
            Self::NotifyAccepted => "That a notice is `accepted` rests on a 2xx and on nothing else.",
            Self::NotifyHonest => {
                "What may have gone out is `unknown`, what did not is tried again, and 401 and 403 call for the operator."
            }
            Self::CallbackGarbage => "A callback that is cut off, empty, huge, deep or no text tells of no notice.",
            Self::Covered => {
                "The replies and webhooks tried lead to success at least once, so that the rest means something."
            }
            Self::WebhookFuture => "Unknown fields and words in the sample webhooks change nothing that matters.",
            Self::Echo => "No failure or reason repeats an address, number, name, talk or key that a vendor quotes.",
            Self::Sizes => "Reasons say something, and texts and lists stay within the host's limits.",
            Self::Budget => "The largest inputs fit in a quarter of the default memory and computing time.",
            Self::DataUsed => "What it asks to be shown makes a difference to what it does.",
            Self::Reasons => "The manifest says in words why it wants each thing, and what it is for.",
            Self::Settings => "Every setting has a sentence of help.",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_kind_has_checks_of_every_level_and_each_check_a_sentence_of_its_own() {
        for kind in PluginKind::ALL {
            let of_kind: Vec<_> = Check::ALL.iter().filter(|check| check.concerns(*kind)).collect();
            for level in Level::ALL {
                assert!(of_kind.iter().filter(|check| check.level() == *level).count() > 2, "{kind} {level}");
            }
        }
        let meanings: BTreeSet<_> = Check::ALL.iter().map(|check| check.meaning()).collect();
        assert_eq!(meanings.len(), Check::ALL.len());
        assert!(meanings.iter().all(|text| text.ends_with('.')));
    }
}
