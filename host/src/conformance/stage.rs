//! Where the plugin plays: runs it, twice each time, and looks at what holds for every run of every kind. Nothing is
//! sent. The files of the single kinds walk in; it calls the plugins room.

use std::collections::BTreeSet;

use serde_json::Value;

use super::checks::Check;
use super::replies::{self, Class};
use super::report::Notes;
use super::samples::{self, SampleReply};
use super::{cast, sizes};
use crate::domain::manifest::{CredentialKind, Manifest};
use crate::plugins::wit::{Answer, Callback, Context, Failure, Request, Verdict, Webhook};
use crate::plugins::{Input, Output, Plugins, Turn, flaw};

/// So many requests may be asked for at once.
const REQUESTS_MAX: usize = 200;
/// The runs of one call.
pub(super) const RUNS_MAX: usize = 8;

/// One plugin on trial.
pub(super) struct Stage {
    pub(super) plugins: Plugins,
    pub(super) manifest: Manifest,
    /// As JSON.
    pub(super) settings: String,
    pub(super) origins: BTreeSet<String>,
    pub(super) replies: Vec<SampleReply>,
    pub(super) webhooks: Vec<(String, Vec<u8>)>,
    pub(super) classes: Vec<Class>,
    pub(super) notes: Notes,
    pub(super) runs: u64,
}

impl Stage {
    /// The context of most trials.
    pub(super) fn context(&self) -> Context {
        cast::context(&self.settings)
    }

    /// The context of a call with this input: with a check the host tells of itself.
    pub(super) fn context_of(&self, input: &Input) -> Context {
        let extra = if matches!(input, Input::Check) { cast::facts(&self.manifest) } else { Vec::new() };
        Context { extra, ..self.context() }
    }

    /// One run without answers.
    pub(super) async fn open(&mut self, input: &Input, label: &str) -> Option<Output> {
        let turn = Turn { context: self.context_of(input), answers: Vec::new() };
        self.play(input, &turn, label).await
    }

    /// One run, and the same once more. `None` if it broke; that is noted.
    pub(super) async fn play(&mut self, input: &Input, turn: &Turn, label: &str) -> Option<Output> {
        let first = self.run(input, turn, label).await?;
        let again = self.run(input, turn, label).await?;
        self.notes.note(Check::Deterministic, first == again, || {
            format!("{label}: once {}, then {}", brief(&first), brief(&again))
        });
        if let Output::Request(requests) = &first {
            self.look_at_requests(requests, has_doubles(input), label);
        }
        self.look_at_texts(&first, label);
        Some(first)
    }

    async fn run(&mut self, input: &Input, turn: &Turn, label: &str) -> Option<Output> {
        self.runs += 1;
        let played = self.plugins.play(&self.manifest.id, input.clone(), turn.clone()).await;
        self.notes.note(Check::Survives, played.is_ok(), || match &played {
            Err(failure) => format!("{label}: {failure}"),
            Ok(_) => String::new(),
        });
        played.ok().map(|played| played.output)
    }

    fn look_at_requests(&mut self, requests: &[Request], doubled: bool, label: &str) {
        let number = requests.len();
        self.notes.note(Check::Requests, (1..=REQUESTS_MAX).contains(&number), || {
            format!("{label}: it asked for {number} requests in one step")
        });
        let mut seen = BTreeSet::new();
        for request in requests {
            let upper = request.headers.iter().find(|(name, _)| name.chars().any(char::is_uppercase));
            let wrong =
                flaw(request).or_else(|| upper.map(|(name, _)| format!("the header `{name}` is not lower-case")));
            self.notes.note(Check::Requests, wrong.is_none(), || {
                format!("{label}: {}: {}", named(request), wrong.unwrap_or_default())
            });
            // The host puts no ring into a list twice: this list tries the verdicts, and a request for each is right.
            if request.method != "GET" && !doubled {
                self.notes.note(Check::Requests, seen.insert(format!("{request:?}")), || {
                    format!("{label}: {} is asked for twice in one step", named(request))
                });
            }
            let origin = samples::origin(&request.url).unwrap_or_default();
            self.notes.note(Check::Granted, self.origins.contains(&origin), || {
                format!("{label}: {} goes to {origin}, which no setting of `[[hosts]]` names", named(request))
            });
            if let Some(name) = &request.credential {
                let sendable = |kind| kind != CredentialKind::HmacSecret;
                let known = self.manifest.credentials.iter().any(|wish| wish.name == *name && sendable(wish.kind));
                self.notes.note(Check::Granted, known, || {
                    format!(
                        "{label}: {} wants the credential `{name}`, which `[[credentials]]` does not name",
                        named(request)
                    )
                });
            }
        }
    }

    fn look_at_texts(&mut self, output: &Output, label: &str) {
        for text in reasons(output) {
            let leak = cast::leaked(text);
            self.notes.note(Check::Echo, leak.is_none(), || {
                format!("{label}: it repeats {}: {}", leak.unwrap_or_default(), brief(output))
            });
        }
        let excess = sizes::excess(output);
        self.notes.note(Check::Sizes, excess.is_none(), || format!("{label}: {}", excess.unwrap_or_default()));
    }

    /// Leads a call to its end, every request answered with the vendor's own success where a sample has it.
    pub(super) async fn succeed(&mut self, input: &Input, label: &str) -> Option<Output> {
        let mut turn = Turn { context: self.context(), answers: Vec::new() };
        for _ in 0..RUNS_MAX {
            match self.play(input, &turn, label).await? {
                Output::Request(requests) => turn.answers.extend(requests.iter().map(|it| self.success(it))),
                output => return Some(output),
            }
        }
        None
    }

    /// How this request succeeds, as far as is known.
    pub(super) fn success(&self, request: &Request) -> Answer {
        let sample = self.replies.iter().find(|reply| reply.answers(request) && (200..300).contains(&reply.status));
        sample.map_or_else(replies::everyday_success, SampleReply::answer)
    }
}

/// Whether one ring stands in the input more than once.
fn has_doubles(input: &Input) -> bool {
    let Input::Ring(rings) = input else { return false };
    let ids: BTreeSet<&str> = rings.iter().map(|ring| ring.ring_id.as_str()).collect();
    ids.len() < rings.len()
}

/// The texts of an output that land in logs and on staff's pages.
pub(super) fn reasons(output: &Output) -> Vec<&str> {
    match output {
        Output::Failed(
            Failure::Retry((_, why))
            | Failure::Unknown(why)
            | Failure::Misconfigured(why)
            | Failure::Permanent(why)
            | Failure::Other((_, why)),
        )
        | Output::Webhook(Webhook::Ignored(why) | Webhook::Unreadable(why))
        | Output::Callback(Callback::Ignored(why) | Callback::Unreadable(why)) => vec![why],
        Output::Rung(verdicts) | Output::Notified(verdicts) => verdicts.iter().filter_map(reason).collect(),
        Output::Checked(findings) => findings.iter().flat_map(|it| [it.what.as_str(), it.mend.as_str()]).collect(),
        _ => Vec::new(),
    }
}

fn reason(verdict: &Verdict) -> Option<&str> {
    match verdict {
        Verdict::Accepted(_) => None,
        Verdict::Gone(why)
        | Verdict::Refused(why)
        | Verdict::Retry((_, why))
        | Verdict::Unknown(why)
        | Verdict::Misconfigured(why)
        | Verdict::Other((_, why)) => Some(why),
    }
}

/// A request in a few words: `POST /v1/push`.
pub(super) fn named(request: &Request) -> String {
    let path = url::Url::parse(&request.url).map_or_else(|_| request.url.clone(), |url| url.path().to_owned());
    let shown: String = path.chars().take(60).collect();
    format!("{} {shown}{}", request.method, if shown.len() < path.len() { "…" } else { "" })
}

/// An output in a few words, as it stands in the border's types.
pub(super) fn brief(output: &Output) -> String {
    let text = match serde_json::to_value(output) {
        Ok(Value::Object(map)) if map.len() == 1 => {
            map.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().concat()
        }
        Ok(value) => value.to_string(),
        Err(_) => format!("{output:?}"),
    };
    let shown: String = text.chars().take(200).collect();
    if shown.len() < text.len() { format!("{shown}…") } else { shown }
}
