//! One call: summary with evidence, transcript, tries and timeline; and its recording, where it may be heard.

use axum::response::IntoResponse as _;
use http::header::CONTENT_TYPE;

use super::frame::{Answer, Asked};
use super::lines;
use crate::services::history::{self, SummaryStage, TimelineBrief};
use crate::services::recordings;
use crate::theme::{CallPage, SummaryState, TimelineLine};

/// `GET /calls/{id}`
pub(super) async fn show(asked: Asked) -> Answer {
    let story = history::story(&asked.app, asked.account()?, asked.visitor.locale, asked.id()?).await?;
    let summary = match story.stage {
        SummaryStage::Ready => SummaryState::Ready,
        SummaryStage::Pending => SummaryState::Pending,
        SummaryStage::None => SummaryState::None,
        SummaryStage::Failed => SummaryState::Failed,
    };
    let (method, reason) = (story.call.method, story.call.reason);
    let mut page = CallPage::new(lines::call(story.call), method, summary, &story.blocks, &story.turns);
    page.reason = reason;
    page.audible = story.audible;
    page.attempts = story.attempts.into_iter().map(lines::attempt).collect();
    let line = |step: &TimelineBrief| TimelineLine::new(step.at, &step.step, step.detail.as_deref()).told_with(reason);
    page.timeline = story.timeline.iter().map(line).collect();
    asked.show(&page).await
}

/// `GET /calls/{id}/audio`
pub(super) async fn listen(asked: Asked) -> Answer {
    let audio = recordings::of_call(&asked.app, asked.account()?, asked.id()?).await?;
    Ok(([(CONTENT_TYPE, audio.content_type)], audio.bytes).into_response())
}
