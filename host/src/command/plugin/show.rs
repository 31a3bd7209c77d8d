//! `callpanion plugin show`: what one plugin wants, why, and what it has, for whoever decides whether to trust it. Ends
//! with whether it would load, and if not, with the lines to write.

use std::error::Error as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use url::Url;

use super::super::args::PluginShowArgs;
use super::super::{Failure, Outcome, load_config};
use super::lines::{lacks_values, missing};
use crate::clock::Clock;
use crate::config::Config;
use crate::config::plugins::PluginConfig;
use crate::domain::manifest::{CredentialKind, DataKind, Manifest, PluginKind, Power, ReachWord, Reaches, Submits};
use crate::plugins::package::{PackageStore, Provenance, SIGNATURE_FILE, read_path};
use crate::plugins::{
    Disagreement, Entropy, LoadProblem, Surroundings, Wish, disagreements, hosts_not_set, read_manifest, rehearse,
    wishes,
};

#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(args: PluginShowArgs) -> Outcome {
    let config = load_config(args.config.config.as_deref())?;
    let store = PackageStore::open(&config.data_dir, Clock::system());
    let (id, manifest, candidate) = find(args.id, &config, &store)?;
    print!("{}", describe(&id, &manifest, &candidate));
    let configured = candidate.configured;
    let verdict = match refusal(&id, &manifest, &candidate) {
        Some(text) => Verdict { loads: false, text },
        None => rehearsed(id.clone(), candidate.config, store).await?,
    };
    println!("{}", verdict.text.trim_end());
    // Nobody expects a plugin to load that the configuration does not name.
    if verdict.loads || !configured { Ok(()) } else { Err(anyhow!("`{id}` will not load, as shown above").into()) }
}

/// Whether it would load, and what there is to say about it.
pub(super) struct Verdict {
    pub(super) loads: bool,
    pub(super) text: String,
}

/// A plugin, and the section that it has or would have.
pub(super) struct Candidate {
    pub(super) config: PluginConfig,
    pub(super) configured: bool,
    /// Whether a signature came with it, good or not.
    pub(super) signed: bool,
}

/// The plugin of this id, or the one whose component or folder `text` names.
fn find(text: String, config: &Config, store: &PackageStore) -> Result<(String, Manifest, Candidate), Failure> {
    let path = std::path::absolute(text.strip_prefix("file:").unwrap_or(&text));
    if let Some(section) = config.plugins.get(&text) {
        let manifest = match (read_manifest(&text, section, Some(store)), section.source.strip_prefix("file:")) {
            (Ok(manifest), _) => manifest,
            // Whoever is to say whether it may load wants to see what it is.
            (Err(LoadProblem::Package(_)), Some(path)) => unverified(Path::new(path))?.0,
            (Err(problem), _) => return Err(anyhow!(problem).into()),
        };
        return Ok((text, manifest, Candidate { config: section.clone(), configured: true, signed: false }));
    }
    if let Some(path) = path.ok().filter(|path| path.exists()) {
        let (manifest, source, signed) = unverified(&path)?;
        let config = PluginConfig { source, ..PluginConfig::default() };
        return Ok((manifest.id.clone(), manifest, Candidate { config, configured: false, signed }));
    }
    let known: Vec<&str> = config.plugins.keys().map(String::as_str).collect();
    let known = known.join(", ");
    Err(Failure::Config(format!(
        "there is no plugin `{text}`: name one of {known}, or the file of one that is not configured yet"
    )))
}

/// What a file says of itself, whether anybody vouches for it or not; where from, and whether it is signed.
pub(super) fn unverified(path: &Path) -> anyhow::Result<(Manifest, String, bool)> {
    let package = read_path(path)?;
    let manifest: Manifest = toml::from_str(package.manifest()).context("its plugin.toml is wrong")?;
    manifest.check().context("its plugin.toml cannot be used")?;
    let signed = match package.provenance() {
        Provenance::File(component) => component.with_file_name(SIGNATURE_FILE).exists(),
        _ => false,
    };
    Ok((manifest, package.provenance().to_string(), signed))
}

/// Loads it as the server would: only that shows that its files, its secrets and its signature are in order too.
pub(super) async fn rehearsed(id: String, config: PluginConfig, store: PackageStore) -> anyhow::Result<Verdict> {
    let off = if config.enabled { "" } else { " once it is switched on (enabled = true)" };
    let bare = Surroundings::new(Clock::system(), Entropy::system())?;
    let surroundings = Surroundings { store: Some(Arc::new(store)), ..bare };
    let trial = tokio::task::spawn_blocking(move || rehearse(&id, &config, surroundings));
    Ok(match trial.await.context("loading it was cut short")? {
        Ok(()) => Verdict { loads: true, text: format!("It would load{off}.") },
        Err(problem) => Verdict { loads: false, text: format!("It will not load: {:#}", anyhow!(problem)) },
    })
}

/// What a plugin wants, why, and what it has, in plain words.
pub(super) fn describe(id: &str, manifest: &Manifest, plugin: &Candidate) -> String {
    let config = &plugin.config;
    let source = if config.source.is_empty() { format!("builtin:{id}") } else { config.source.clone() };
    let state = match (plugin.configured, config.enabled) {
        (false, _) => "not in the configuration yet",
        (true, true) => "switched on",
        (true, false) => "switched off",
    };
    let mut lines = vec![
        format!("{} ({id}), version {}, {}", manifest.name, manifest.version, kind(manifest)),
        format!("\"{}\"", manifest.purpose),
        format!("From {source}, {state}. Processes what it is given in: {}", manifest.processing_country),
        String::new(),
    ];
    if !manifest.also.is_empty() {
        let also: Vec<_> = manifest.also.iter().map(ToString::to_string).collect();
        lines.insert(2, format!("Beside that: {}", also.join(", ")));
    }
    let wishes = wishes(manifest, config);
    let nothing = wishes.is_empty() && manifest.hosts.is_empty();
    lines.push(if nothing { "It asks for nothing." } else { "It asks" }.to_owned());
    for host in hosts_not_set(manifest, config) {
        lines.push(format!("  NOT SET      to send requests to where the setting {} leads", host.setting));
        lines.push(format!("               \"{}\"", host.reason));
    }
    for wish in &wishes {
        let mark = if wish.granted { "granted    " } else { "NOT GRANTED" };
        lines.push(format!("  {mark}  {}", asks(wish, manifest)));
        lines.push(format!("               \"{}\"", wish.reason));
    }
    if !manifest.settings.is_empty() {
        lines.extend([String::new(), "Its settings".to_owned()]);
    }
    for (name, setting) in &manifest.settings {
        let value = config.settings.get(name).or(setting.default.as_ref());
        let value = value.map_or_else(|| "(not set)".to_owned(), ToString::to_string);
        lines.push(format!("  {name} = {value}  # {}", setting.help));
    }
    lines.join("\n") + "\n\n"
}

fn asks(wish: &Wish, manifest: &Manifest) -> String {
    let what = &wish.what;
    match wish.power {
        Power::Host => format!("to send requests to {what}{}", unsafely(what)),
        Power::PrivateAddresses => format!("to reach into your own network, at {what}"),
        Power::Credential => match manifest.credentials.iter().find(|it| it.name == *what).map(|it| it.kind) {
            Some(CredentialKind::HmacSecret) => format!("to have webhooks verified with the secret {what}"),
            kind => {
                let kind = kind.map_or("", CredentialKind::as_str);
                format!("to have the credential {what} ({kind}) put into its requests; it never sees it")
            }
        },
        Power::Webhooks => "to be handed webhooks, once their signature is verified".to_owned(),
        Power::PushAddress | Power::PhoneNumber | Power::Profile | Power::Transcript | Power::Health => {
            let meaning = what.parse().map_or("", DataKind::meaning);
            format!("to be shown {what}: {meaning}")
        }
    }
}

/// What there is to say of an origin without TLS.
fn unsafely(origin: &str) -> &'static str {
    if origin.parse::<Url>().is_ok_and(|url| url.scheme() == "http") { ", not encrypted" } else { "" }
}

/// What kind of plugin it is; of a channel, what it reaches, and when it is handed its rings.
fn kind(manifest: &Manifest) -> String {
    let Some(channel) = manifest.channel_info(&manifest.id) else {
        return match manifest.kind {
            PluginKind::Channel | PluginKind::Provider => "a provider of conversations".to_owned(),
            PluginKind::Renderer => "a renderer of summaries".to_owned(),
            PluginKind::Notifier => match manifest.notifier.map(|notifier| notifier.reaches) {
                Some(ReachWord::Device) => "a notifier, which tells people on devices of theirs".to_owned(),
                _ => "a notifier, which tells people by their phone numbers".to_owned(),
            },
        };
    };
    let reaches = match channel.reaches {
        Reaches::Device(platform) => format!("{platform} devices"),
        Reaches::Number => "telephones".to_owned(),
    };
    let when = match channel.submits {
        Submits::Moment => "when they are to ring",
        Submits::Ahead => "minutes ahead, with the time to ring",
    };
    format!("a channel to {reaches}, handed its rings {when}")
}

/// Why it will not load, and what to write so that it does, all at once; `None` if only loading it can tell.
pub(super) fn refusal(id: &str, manifest: &Manifest, plugin: &Candidate) -> Option<String> {
    let wrong = disagreements(id, manifest, &plugin.config);
    if plugin.configured && wrong.is_empty() && !lacks_values(manifest, &plugin.config) {
        return None;
    }
    let lines = missing(id, manifest, plugin);
    // What no line to add can mend.
    let mistakes = wrong.iter().filter(|one| {
        matches!(
            one,
            Disagreement::UnknownSetting { .. }
                | Disagreement::SettingType { .. }
                | Disagreement::SettingUrl { .. }
                | Disagreement::GrantedOrigin { .. }
                | Disagreement::CredentialKind { .. }
        )
    });
    let mistakes: Vec<String> = mistakes.map(|one| format!("  {}\n", said(one))).collect();
    let lines: String = lines.iter().map(|line| format!("  {line}").trim_end().to_owned() + "\n").collect();
    Some(match (lines.is_empty(), mistakes.is_empty()) {
        (false, true) => format!("It will not load until the configuration says:\n\n{lines}"),
        (true, _) => format!("It will not load until this is mended:\n\n{}", mistakes.concat()),
        (false, false) => format!(
            "It will not load until the configuration says:\n\n{lines}\nand until this is mended:\n\n{}",
            mistakes.concat()
        ),
    })
}

/// A disagreement with its cause.
fn said(one: &Disagreement) -> String {
    one.source().map_or_else(|| one.to_string(), |cause| format!("{one}: {cause}"))
}
