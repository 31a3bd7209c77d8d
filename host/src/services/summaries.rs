//! Summaries: the renderer reads the transcript, in each language of the pages.

use futures::FutureExt;
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::db::callees::{self, Callee};
use crate::db::calls::{self, Call, CallFacts};
use crate::db::transcripts::{self, Summary};
use crate::db::{Conn, alerts, timeline};
use crate::domain::{
    AlertId, AlertKind, AlertState, Block, BlockKind, CallId, Fault, Locale, Material, Moment, NoticeEvent, Rendering,
    Turn,
};
use crate::services::browser_notices::{self, About};
use crate::services::error::ServiceError;
use crate::services::mails::MailJob;
use crate::services::{digests, escalation, notices, staff_alerts};

/// Renders a call's summaries, opens the alerts that they call for and tells
/// the family. Doing it again replaces the summaries and tells nobody twice.
pub(crate) async fn render(app: &App, id: CallId) -> Result<(), ServiceError> {
    let mut c = app.db.read().await?;
    let call = calls::find(&mut c, id).await?.ok_or(ServiceError::NotFound)?;
    let callee = callees::find(&mut c, call.callee_id).await?.ok_or(ServiceError::NotFound)?;
    let transcript = transcripts::of_call(&mut c, id).await?.ok_or(ServiceError::NotFound)?;
    drop(c);
    let turns: Vec<Turn> = serde_json::from_str(&transcript.turns).unwrap_or_default();
    let material = Material {
        callee_name: callee.address_form.clone(),
        language: if transcript.language.is_empty() { callee.language.clone() } else { transcript.language },
        provider_summary: transcript.provider_summary,
        collected: serde_json::from_str(&transcript.collected).unwrap_or_default(),
        duration_s: call.duration_s.and_then(|seconds| u32::try_from(seconds).ok()).unwrap_or(0),
        turns,
    };
    let mut renderings = Vec::new();
    for &locale in Locale::ALL {
        let rendered = app.plugins.render(&app.config.renderer, material.clone(), locale.as_str()).await;
        if let Err(failure) = &rendered {
            staff_alerts::tell(app, Fault::Summarising, &app.config.renderer, failure).await;
        }
        let mut rendering = rendered?;
        let known = u32::try_from(material.turns.len()).unwrap_or(u32::MAX);
        for block in &mut rendering.blocks {
            block.evidence.retain(|turn| *turn < known);
        }
        renderings.push((locale, rendering));
    }
    let (renderer, now, family) = (app.config.renderer.clone(), app.clock.now(), call.family_id);
    app.proofs.worked(Fault::Summarising, &renderer, now);
    let alarms = alarms(&call, &callee, &renderings, &material.turns, now);
    let evening = digests::evening(&app.config);
    app.db
        .write(move |c| {
            async move {
                store(c, &call, renderings, &alarms, &renderer, now).await?;
                digests::begin(c, &callee, evening, now).await
            }
            .boxed()
        })
        .await?;
    app.live.changed(family);
    app.wake.notify_waiters();
    Ok(())
}

async fn store(
    c: &mut Conn,
    call: &Call,
    renderings: Vec<(Locale, Rendering)>,
    alarms: &[alerts::Alert],
    renderer: &str,
    now: Moment,
) -> Result<(), ServiceError> {
    let mood_score =
        renderings.iter().find_map(|(_, rendering)| rendering.mood_score).filter(|mood| (1..=5).contains(mood));
    for (locale, rendering) in &renderings {
        let headline = rendering.blocks.iter().find(|block| block.kind == BlockKind::Headline);
        let summary = Summary {
            call_id: call.id,
            locale: *locale,
            headline: headline.map(|block| block.text.clone()).unwrap_or_default(),
            blocks: serde_json::to_string(&rendering.blocks).unwrap_or_else(|_| "[]".into()),
            renderer: renderer.to_owned(),
            rendered_at: now,
        };
        transcripts::put_summary(c, &summary).await?;
    }
    for _ in 0..escalation::raise(c, alarms, now).await? {
        timeline::append(c, call, now, "alert_opened", None).await?;
    }
    let change = CallFacts { mood_score: mood_score.map(i32::from), ..CallFacts::default() };
    calls::amend(c, call.id, &change, now).await?;
    timeline::append(c, call, now, "summary_made", None).await?;
    let letter = |account, off| MailJob::CallSummary { account, call: call.id, off };
    notices::tell_all(c, call.family_id, NoticeEvent::Talked, now, letter).await?;
    browser_notices::tell_all(c, call.family_id, NoticeEvent::Talked, About::Talk(call.id), now).await
}

/// The alerts of a summary: one for each alarm, with its text in every language.
fn alarms(
    call: &Call,
    callee: &Callee,
    renderings: &[(Locale, Rendering)],
    turns: &[Turn],
    now: Moment,
) -> Vec<alerts::Alert> {
    let of = |rendering: &Rendering| -> Vec<Block> {
        rendering.blocks.iter().filter(|block| block.kind == BlockKind::Alarm).cloned().collect()
    };
    let by_locale: Vec<(Locale, Vec<Block>)> =
        renderings.iter().map(|(locale, rendering)| (*locale, of(rendering))).collect();
    let Some((_, first)) = by_locale.first() else { return Vec::new() };
    first
        .iter()
        .enumerate()
        .map(|(index, block)| {
            let texts: serde_json::Map<String, serde_json::Value> = by_locale
                .iter()
                .filter_map(|(locale, blocks)| Some((locale.to_string(), blocks.get(index)?.text.clone().into())))
                .collect();
            alerts::Alert {
                id: AlertId::new(),
                family_id: Some(call.family_id),
                callee_id: Some(callee.id),
                call_id: Some(call.id),
                kind: AlertKind::Said,
                cause: format!("said:{}:{}", call.id, wording(block, turns)),
                detail: serde_json::json!({ "texts": texts, "reason": block.reason }).to_string(),
                evidence: serde_json::to_string(&block.evidence).unwrap_or_else(|_| "[]".into()),
                state: AlertState::Open,
                opened_at: now,
                acknowledged_at: None,
                closed_at: None,
                note: None,
                acknowledged_by: None,
                last_at: None,
                times: 1,
            }
        })
        .collect()
}

/// What makes it another alarm than others of its call: its text, and the first words that it rests on. So one that is
/// rendered again is known wherever it stands, and in a transcript that took another's place a new one is new.
fn wording(block: &Block, turns: &[Turn]) -> String {
    let first = block.evidence.first().and_then(|turn| turns.get(usize::try_from(*turn).ok()?));
    let words = first.map_or("", |turn| turn.text.as_str());
    hex::encode(Sha256::digest(format!("{}\n{words}", block.text)))
}
