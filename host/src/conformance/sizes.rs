//! The host's limits for what comes out of a plugin, so that nothing of it is cut. `stage` walks in; it calls nobody.

use super::stage::reasons;
use crate::plugins::Output;
use crate::plugins::wit::{Block, Change, Conversation, Session, Verdict, Webhook};

const REASON_MAX_CHARS: usize = 500;
const REFERENCE_MAX_BYTES: usize = 500;
const BLOCKS_MAX: usize = 100;
const BLOCK_TEXT_MAX_CHARS: usize = 4_000;
const BLOCK_REASON_MAX_CHARS: usize = 1_000;
const EVIDENCE_MAX: usize = 50;
const TURNS_MAX: usize = 5_000;
const TURN_MAX_CHARS: usize = 20_000;
const TOKEN_MAX_BYTES: usize = 16 * 1024;
const AUDIO_MAX_BYTES: usize = 12 * 1024 * 1024;
const CHANGES_MAX: usize = 200;
const PARTS_MAX: usize = 50;

/// What the host would cut or drop of this, or would have nothing to show for.
pub(super) fn excess(output: &Output) -> Option<String> {
    let findings = if let Output::Checked(findings) = output { findings.as_slice() } else { &[] };
    // A finding that is in order has nothing to mend.
    let mends: Vec<&str> = findings.iter().map(|finding| finding.mend.as_str()).collect();
    for why in reasons(output) {
        if why.chars().count() > REASON_MAX_CHARS {
            return Some(format!("a reason is longer than {REASON_MAX_CHARS} characters"));
        }
        if why.trim().is_empty() && !mends.contains(&why) {
            return Some("a reason is empty".to_owned());
        }
    }
    match output {
        Output::Rung(verdicts) | Output::Notified(verdicts) => verdicts.iter().find_map(|verdict| match verdict {
            Verdict::Accepted(given) => reference(given.as_deref()),
            _ => None,
        }),
        Output::Inspected(found) => found.iter().find_map(|it| {
            [&it.reference, &it.recipient, &it.conversation].into_iter().find_map(|given| reference(given.as_deref()))
        }),
        Output::Session(session) => of_session(session),
        Output::Webhook(Webhook::Conversation(read)) | Output::Fetched(Some(read)) => of_conversation(read),
        Output::Rendered(rendering) if rendering.blocks.len() > BLOCKS_MAX => {
            Some(format!("{} blocks, and the host takes {BLOCKS_MAX}", rendering.blocks.len()))
        }
        Output::Rendered(rendering) => rendering.blocks.iter().find_map(of_block),
        Output::Audio(Some(audio)) if audio.bytes.len() > AUDIO_MAX_BYTES => {
            Some(format!("a recording of {} bytes, and the host takes {AUDIO_MAX_BYTES}", audio.bytes.len()))
        }
        Output::Planned(changes) => of_changes(changes),
        Output::Applied(done) => of_changes(&done.changes),
        Output::Digested(digest) if digest.parts.len() > PARTS_MAX => {
            Some(format!("{} parts, and the host takes {PARTS_MAX}", digest.parts.len()))
        }
        _ => None,
    }
}

/// Half a reference finds nothing, so the host drops one that is too long whole.
fn reference(given: Option<&str>) -> Option<String> {
    let absurd =
        |text: &&str| text.is_empty() || text.len() > REFERENCE_MAX_BYTES || text.chars().any(char::is_control);
    given.filter(absurd).map(|_| format!("a reference is empty, longer than {REFERENCE_MAX_BYTES} bytes, or no text"))
}

fn of_session(session: &Session) -> Option<String> {
    let long = |key: &Option<String>| key.as_ref().is_some_and(|key| key.len() > TOKEN_MAX_BYTES);
    if long(&session.token) || long(&session.signed_url) {
        return Some(format!("a session's key is longer than {TOKEN_MAX_BYTES} bytes"));
    }
    reference(session.conversation.as_deref())
}

fn of_conversation(read: &Conversation) -> Option<String> {
    if read.turns.len() > TURNS_MAX || read.turns.iter().any(|turn| turn.text.chars().count() > TURN_MAX_CHARS) {
        return Some(format!("more than {TURNS_MAX} turns, or one of more than {TURN_MAX_CHARS} characters"));
    }
    [Some(read.conversation.as_str()), read.reference.as_deref(), read.recipient.as_deref()]
        .into_iter()
        .find_map(reference)
}

fn of_changes(changes: &[Change]) -> Option<String> {
    let long = |text: &String| text.chars().count() > REASON_MAX_CHARS;
    let cut = changes.iter().find(|it| [&it.what, &it.before, &it.after].into_iter().any(long));
    if changes.len() > CHANGES_MAX || cut.is_some() {
        return Some(format!("more than {CHANGES_MAX} changes, or a text of more than {REASON_MAX_CHARS} characters"));
    }
    changes.iter().any(|it| it.what.trim().is_empty()).then(|| "a change does not say of what".to_owned())
}

fn of_block(block: &Block) -> Option<String> {
    let fits = block.text.chars().count() <= BLOCK_TEXT_MAX_CHARS
        && block.reason.chars().count() <= BLOCK_REASON_MAX_CHARS
        && block.evidence.len() <= EVIDENCE_MAX;
    (!fits).then(|| {
        format!(
            "a block has {} characters, {} of reason and {} turns as evidence; the host takes {BLOCK_TEXT_MAX_CHARS}, \
             {BLOCK_REASON_MAX_CHARS} and {EVIDENCE_MAX}",
            block.text.chars().count(),
            block.reason.chars().count(),
            block.evidence.len()
        )
    })
}
