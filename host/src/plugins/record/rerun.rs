//! Makes a recording of a finished call by running the plugin again on what is to be written down. So what the recording
//! says came out did come out, with stand-ins as well as with the real values, and a replay gives the same to the byte.

use std::time::Duration;

use super::recording::{Recorded, RecordedRound, Recording};
use super::typed::Call;
use crate::config::plugins::Record;
use crate::plugins::Plugins;
use crate::plugins::exchange::{Output, Turn, wit};
use crate::plugins::failure::PluginFailure;
use crate::plugins::witness::{CallTrace, Sent, Stamp};

/// Why a call was not recorded.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotRecorded {
    #[error("the plugin was replaced or taken away meanwhile")]
    Replaced,
    #[error("the plugin could not be run again")]
    Run(#[from] PluginFailure),
    #[error("its stand-ins could not be made")]
    StandIns(#[from] tokio::task::JoinError),
}

/// Runs the call again, and gives its recording.
pub(super) async fn rerun(plugins: &Plugins, trace: CallTrace, record: Record) -> Result<Recording, NotRecorded> {
    let sent: Vec<&Sent> = trace.rounds.iter().flat_map(|round| &round.sent).collect();
    let vendor_times_us: Vec<u64> = sent.iter().map(|sent| micros(sent.vendor_time)).collect();
    let refused = sent.iter().any(|sent| sent.refused.is_some());
    let asked: Vec<usize> = trace.rounds.iter().map(|round| round.sent.len()).filter(|asked| *asked > 0).collect();
    let call = Call {
        context: trace.context,
        input: (*trace.input).clone(),
        answers: trace.rounds.into_iter().flat_map(|round| round.sent).map(|sent| sent.answer).collect(),
    };
    let call = match record {
        Record::All | Record::Off => call,
        // A long transcript takes a while, and the runtime's threads are for those who wait.
        Record::StandIns => tokio::task::spawn_blocking(|| call.with_stand_ins()).await?,
    };
    let (plugin, api) = who(plugins, &trace.stamp.id)?;
    let rounds = play(plugins, &plugin.id, &call, &vendor_times_us).await?;
    if who(plugins, &plugin.id)?.0 != plugin {
        return Err(NotRecorded::Replaced);
    }
    let went: Vec<usize> = rounds.iter().map(requests_of).filter(|asked| *asked > 0).collect();
    let ended = rounds.last().and_then(|round| round.output.as_ref());
    let same_end = match &trace.outcome {
        Ok(output) => ended.is_some_and(|ended| kind(ended) == kind(output)),
        // The host ended the call, or the plugin gave up.
        Err(_) => refused || matches!(ended, None | Some(Output::Failed(_))),
    };
    Ok(Recording {
        format: Recording::FORMAT,
        at: trace.begun_at.to_string(),
        plugin: Recorded { id: plugin.id, version: plugin.version, api, digest: plugin.digest },
        export: call.input.export(),
        personal_data: record,
        stand_ins_changed_the_flow: record == Record::StandIns && (went != asked || !same_end),
        context: call.context,
        input: call.input,
        rounds,
    })
}

/// The plugin as it serves now, and the API that it was made for.
fn who(plugins: &Plugins, id: &str) -> Result<(Stamp, String), NotRecorded> {
    let found = plugins.manifests().into_iter().find(|(stamp, _)| stamp.id == id);
    found.map(|(stamp, manifest)| (stamp, manifest.api)).ok_or(NotRecorded::Replaced)
}

/// Runs it for as long as it asks for requests and answers are left.
async fn play(
    plugins: &Plugins,
    id: &str,
    call: &Call,
    vendor_times_us: &[u64],
) -> Result<Vec<RecordedRound>, PluginFailure> {
    let mut rounds: Vec<RecordedRound> = Vec::new();
    let mut given = 0;
    loop {
        let asked = rounds.last().map_or(0, requests_of);
        if !rounds.is_empty() && (asked == 0 || given + asked > call.answers.len()) {
            return Ok(rounds);
        }
        let new = given..given + asked;
        given += asked;
        let turn = Turn { context: call.context.clone(), answers: call.answers[..given].to_vec() };
        let (output, broke, plugin_time) = match plugins.play(id, call.input.clone(), turn).await {
            Ok(played) => (Some(played.output), None, played.plugin_time),
            Err(PluginFailure::Broken { what, .. }) => (None, Some(what), Duration::ZERO),
            Err(failure) => return Err(failure),
        };
        rounds.push(RecordedRound {
            answers: call.answers[new.clone()].to_vec(),
            vendor_times_us: vendor_times_us[new].to_vec(),
            plugin_time_us: micros(plugin_time),
            output,
            broke,
        });
    }
}

fn requests_of(round: &RecordedRound) -> usize {
    match &round.output {
        Some(Output::Request(requests)) => requests.len(),
        _ => 0,
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// What kind of result it is, whatever it says: stand-ins may not change this.
fn kind(output: &Output) -> Vec<String> {
    match output {
        Output::Rung(verdicts) | Output::Notified(verdicts) => {
            verdicts.iter().map(|verdict| verdict_kind(verdict).to_owned()).collect()
        }
        Output::Canceled(canceled) => canceled.iter().map(ToString::to_string).collect(),
        Output::Inspected(found) => found.iter().map(|found| format!("{:?}", found.phase)).collect(),
        Output::Session(session) => vec![format!("{} {}", session.token.is_some(), session.conversation.is_some())],
        Output::Webhook(wit::Webhook::Conversation(told)) => vec!["conversation".to_owned(), conversation_kind(told)],
        Output::Webhook(wit::Webhook::Ignored(_)) | Output::Callback(wit::Callback::Ignored(_)) => {
            vec!["ignored".to_owned()]
        }
        Output::Webhook(wit::Webhook::Unreadable(_)) | Output::Callback(wit::Callback::Unreadable(_)) => {
            vec!["unreadable".to_owned()]
        }
        Output::Fetched(told) => told.iter().map(conversation_kind).collect(),
        Output::Checked(findings) => findings.iter().map(|finding| format!("{:?}", finding.severity)).collect(),
        // What a renderer finds in filler is nothing, and that is as it should be.
        Output::Rendered(_) | Output::Digested(_) => vec!["rendered".to_owned()],
        Output::Audio(audio) => vec![format!("{:?}", audio.as_ref().map(|audio| &audio.content_type))],
        Output::Erased(erasure) => vec![format!("{erasure:?}")],
        Output::Planned(changes) => vec![format!("{} changes", changes.len())],
        Output::Applied(done) => vec![format!("{} changes, {} settings", done.changes.len(), done.settings.len())],
        Output::Callback(wit::Callback::Receipts(receipts)) => vec![format!("{} receipts", receipts.len())],
        Output::LookedUp(facts) => vec![format!("{} {:?}", facts.valid, facts.line)],
        Output::Request(_) => vec!["request".to_owned()],
        Output::Failed(_) => vec!["failed".to_owned()],
    }
}

fn verdict_kind(verdict: &wit::Verdict) -> &'static str {
    match verdict {
        wit::Verdict::Accepted(_) => "accepted",
        wit::Verdict::Gone(_) => "gone",
        wit::Verdict::Refused(_) => "refused",
        wit::Verdict::Retry(_) => "retry",
        wit::Verdict::Unknown(_) => "unknown",
        wit::Verdict::Misconfigured(_) => "misconfigured",
        wit::Verdict::Other(_) => "other",
    }
}

fn conversation_kind(told: &wit::Conversation) -> String {
    let ids = (told.reference.is_some(), told.recipient.is_some(), told.echoed_call_id.is_some());
    format!("{:?}, {} turns, {} collected, {ids:?}", told.outcome, told.turns.len(), told.collected.len())
}
