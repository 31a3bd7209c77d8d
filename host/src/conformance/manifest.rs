//! What does not depend on replies: the words of the manifest, whether data that is asked for is used, what later hosts
//! may add, and what the largest inputs cost. The door of this room walks in; it calls `stage`.

use super::checks::Check;
use super::stage::{Stage, brief};
use super::{cast, talks};
use crate::config::plugins::Limits;
use crate::domain::manifest::{Also, DataKind, PluginKind};
use crate::plugins::{Input, Output, Turn};

/// A reason of fewer words is none.
const WORDS_MIN: usize = 4;
/// What counts as a millisecond of computing: about what one core does while an interpreter reads a long text, which is what
/// the largest inputs are. Measured: about a thousand million in 54 to 77 ms, counting included.
const INSTRUCTIONS_PER_MS: u64 = 20_000_000;

impl Stage {
    /// Reads the manifest with the operator's eyes.
    pub(super) fn try_words(&mut self) {
        let manifest = self.manifest.clone();
        let mut reasons = vec![("purpose".to_owned(), manifest.purpose.clone())];
        reasons.extend(manifest.hosts.iter().map(|wish| (format!("hosts `{}`", wish.setting), wish.reason.clone())));
        reasons.extend(manifest.credentials.iter().map(|it| (format!("credentials `{}`", it.name), it.reason.clone())));
        reasons.extend(manifest.data.iter().map(|wish| (format!("data `{}`", wish.what), wish.reason.clone())));
        reasons.extend(manifest.webhook.iter().map(|wish| ("webhook".to_owned(), wish.reason.clone())));
        for (of, reason) in reasons {
            let words = reason.split_whitespace().count();
            self.notes.note(Check::Reasons, words >= WORDS_MIN, || {
                format!("{of}: \"{reason}\" does not tell an operator why; write a sentence")
            });
        }
        for text in [&manifest.name, &manifest.processing_country] {
            self.notes
                .note(Check::Reasons, !text.trim().is_empty(), || "`name` or `processing_country` is empty".to_owned());
        }
        for (name, setting) in &manifest.settings {
            let words = setting.help.split_whitespace().count();
            self.notes.note(Check::Settings, words >= WORDS_MIN, || {
                format!("settings.{name}: `help` is \"{}\"; say in a sentence what it does", setting.help)
            });
        }
    }

    /// Names and values that a later host may add must change nothing; nor must settings that it would not let pass.
    pub(super) async fn try_future_host(&mut self) {
        let Some(plain) = self.first_input() else { return };
        let label = plain.export().to_string();
        let Some(expected) = self.open(&plain, &label).await else { return };
        let more = || vec![("a-name-of-a-later-host".to_owned(), "1".to_owned()), (String::new(), String::new())];
        let mut extended = plain.clone();
        match &mut extended {
            Input::Ring(rings) => rings.iter_mut().for_each(|ring| ring.extra = more()),
            Input::Render(material) => material.extra = more(),
            Input::Notify(notices) => notices.iter_mut().for_each(|notice| notice.extra = more()),
            _ => {}
        }
        let mut context = self.context();
        context.extra = more();
        let label = format!("{label}, with values of a later host");
        if let Some(found) = self.play(&extended, &Turn { context, answers: Vec::new() }, &label).await {
            self.notes.note(Check::Future, found == expected, || format!("{label}: {}", brief(&found)));
        }
        for settings in ["{}", "null", "no JSON", "{\"a_setting_of_a_later_version\": 1}"] {
            let context = cast::context(settings);
            let label = format!("{}, with the settings {settings}", plain.export());
            self.play(&plain, &Turn { context, answers: Vec::new() }, &label).await;
        }
    }

    /// What is asked for and makes no difference need not be shown.
    pub(super) async fn try_data(&mut self) {
        for wish in self.manifest.data.clone() {
            let (with, without) = match self.manifest.kind {
                PluginKind::Channel => {
                    let with = cast::ring(&self.manifest, 0);
                    let mut without = with.clone();
                    match wish.what {
                        DataKind::Profile => without.variables.clear(),
                        _ => without.address = cast::ring(&self.manifest, 1).address,
                    }
                    (Input::Ring(vec![with]), Input::Ring(vec![without]))
                }
                PluginKind::Renderer => {
                    let with = talks::full(&self.manifest);
                    let mut without = with.clone();
                    talks::without(wish.what, &mut without);
                    (Input::Render(with), Input::Render(without))
                }
                PluginKind::Notifier => {
                    let with = cast::notice(&self.manifest, 0);
                    let mut without = with.clone();
                    match wish.what {
                        DataKind::Profile => {
                            without.title.clear();
                            without.text.clear();
                        }
                        _ => without.to = cast::notice(&self.manifest, 1).to,
                    }
                    (Input::Notify(vec![with]), Input::Notify(vec![without]))
                }
                // The device and the vendor learn it without the plugin's help.
                PluginKind::Provider => return,
            };
            let with = self.open(&with, "with all data").await;
            let without = self.open(&without, "with less data").await;
            if let (Some(with), Some(without)) = (with, without) {
                self.notes.note(Check::DataUsed, with != without, || {
                    format!(
                        "data `{}`: it asks for the same with it and without it; ask for it only if it is used",
                        wish.what
                    )
                });
            }
        }
    }

    /// The largest inputs, in a quarter of the default budget. Of the computing time the instructions are counted, so that
    /// it is the same on every machine and at every hour.
    pub(super) async fn try_budget(&mut self) {
        for (name, input, answered) in self.largest() {
            let mut turn = Turn { context: self.context(), answers: Vec::new() };
            if answered && let Some(Output::Request(requests)) = self.open(&input, &name).await {
                turn.answers = requests.iter().map(|request| self.success(request)).collect();
            }
            let Limits { memory_mb, cpu_ms, .. } = Limits::default();
            let instructions = u64::from(cpu_ms) * INSTRUCTIONS_PER_MS;
            self.runs += 1;
            let played =
                self.plugins.play_within(memory_mb / 4, instructions / 4, &self.manifest.id, input, turn).await;
            self.notes.note(Check::Budget, played.is_ok(), || match &played {
                Err(failure) => format!("{name}: {failure}"),
                Ok(_) => String::new(),
            });
        }
    }

    /// The largest inputs of this kind, each with whether it is tried with its answers.
    fn largest(&self) -> Vec<(String, Input, bool)> {
        match self.manifest.kind {
            PluginKind::Channel => {
                let rings = Input::Ring(self.rings(100));
                vec![
                    ("100 rings".to_owned(), rings.clone(), false),
                    ("100 rings with their answers".to_owned(), rings, true),
                ]
            }
            PluginKind::Provider => {
                let mut largest = vec![(
                    "a webhook of half a megabyte".to_owned(),
                    Input::ReadWebhook { headers: Vec::new(), body: super::webhooks::long() },
                    false,
                )];
                let samples = self.webhooks.iter().max_by_key(|(_, body)| body.len());
                largest.extend(samples.map(|(name, body)| {
                    (format!("webhook {name}"), Input::ReadWebhook { headers: Vec::new(), body: body.clone() }, false)
                }));
                largest.push(("fetch-session".to_owned(), Input::FetchSession("conversation-1".to_owned()), true));
                largest
            }
            PluginKind::Renderer => {
                let talks = talks::largest(&self.manifest).into_iter();
                let mut largest: Vec<_> =
                    talks.map(|talk| (talk.name.to_owned(), Input::Render(talk.material), false)).collect();
                if self.manifest.has(Also::DigestRenderer) {
                    let week = super::digest::largest(&self.manifest);
                    largest.push(("a long week".to_owned(), Input::RenderDigest(week), false));
                }
                largest
            }
            PluginKind::Notifier => {
                let notices = Input::Notify(self.notices(100));
                vec![
                    ("100 notices".to_owned(), notices.clone(), false),
                    ("100 notices with their answers".to_owned(), notices, true),
                ]
            }
        }
    }

    fn first_input(&self) -> Option<Input> {
        Some(match self.manifest.kind {
            PluginKind::Channel => Input::Ring(self.rings(1)),
            PluginKind::Provider => Input::OpenSession(cast::session_request(&self.manifest)),
            PluginKind::Renderer => Input::Render(talks::talks(&self.manifest).into_iter().next()?.material),
            PluginKind::Notifier => Input::Notify(self.notices(1)),
        })
    }
}
