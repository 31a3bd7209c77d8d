//! Insights: how it went over weeks.

use super::frame::{Answer, Asked};
use super::lines;
use crate::services::dashboards;
use crate::services::insights::{self, DayMood, Trend, Week};
use crate::theme::{InsightsPage, MoodDay, MoodTrend, RateWeek, Span};

/// `GET /insights`: `callee` and `span`.
pub(super) async fn show(asked: Asked) -> Answer {
    let account = asked.account()?;
    let callees = dashboards::callees(&asked.app, account).await?;
    let chosen = asked.chosen_callee()?.or_else(|| callees.first().map(|callee| callee.id));
    let Some(callee) = chosen else { return Ok(asked.go("/onboarding")) };
    let span = Span::of(asked.query.get("span")).unwrap_or(Span::FourWeeks);
    let weeks = match span {
        Span::FourWeeks => 4,
        Span::ThreeMonths => 13,
    };
    let found = insights::of_callee(&asked.app, account, callee, weeks).await?;
    let day = |day: &DayMood| MoodDay { on: day.on, score: day.score, calls: day.calls };
    let week = |week: &Week| RateWeek { from: week.from, answered: week.answered, promised: week.promised };
    let page = InsightsPage::new(
        (found.callee.id, found.callee.name),
        lines::callees(callees, Some(callee)),
        span,
        (found.first, found.last),
        &found.days.iter().map(day).collect::<Vec<_>>(),
        found.usual,
        &found.weeks.iter().map(week).collect::<Vec<_>>(),
        found.talk_s,
        match found.trend {
            Trend::Up => MoodTrend::Up,
            Trend::Same => MoodTrend::Same,
            Trend::Down => MoodTrend::Down,
            Trend::Unknown => MoodTrend::Unknown,
        },
    );
    asked.show(&page).await
}
