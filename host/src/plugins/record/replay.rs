//! Runs a recording again, against the same plugin or another version of it, and says what came out otherwise. The
//! replay command and the tests walk in.

use serde::Serialize;
use serde_json::Value;

use super::differences::{Difference, differences};
use super::recording::{RecordedRound, Recording, packed};
use crate::plugins::exchange::{Output, Turn};
use crate::plugins::failure::PluginFailure;
use crate::plugins::{Played, Plugins};

/// What a replay showed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Replayed {
    /// How many runs were done again. Fewer than were recorded when one asked for another number of requests: the
    /// recorded answers fit no further.
    pub runs: usize,
    /// Each place in which something else came out; none when all is the same to the byte.
    pub differences: Vec<Difference>,
}

impl Recording {
    /// Runs it again with the plugin `id` of `plugins`.
    pub async fn replay(&self, plugins: &Plugins, id: &str) -> Result<Replayed, PluginFailure> {
        let mut replayed = Replayed { runs: 0, differences: Vec::new() };
        let mut turn = Turn { context: self.context.clone(), answers: Vec::new() };
        for round in &self.rounds {
            turn.answers.extend(round.answers.iter().cloned());
            let (output, broke) = match plugins.play(id, self.input.clone(), turn.clone()).await {
                Ok(Played { output, .. }) => (Some(output), None),
                Err(PluginFailure::Broken { what, .. }) => (None, Some(what)),
                Err(failure) => return Err(failure),
            };
            replayed.runs += 1;
            if (&output, &broke) == (&round.output, &round.broke) {
                continue;
            }
            let now = RecordedRound { output, broke, ..round.clone() };
            let run = format!("run {}", replayed.runs);
            replayed.differences.extend(differences(&run, &result(round), &result(&now)));
            if requests(round) != requests(&now) {
                break;
            }
        }
        Ok(replayed)
    }
}

/// What came out, as the file has it.
fn result(round: &RecordedRound) -> Value {
    match (&round.output, &round.broke) {
        (Some(output), _) => packed(serde_json::to_value(output).unwrap_or_default()),
        (None, broke) => serde_json::json!({ "broke": broke }),
    }
}

fn requests(round: &RecordedRound) -> Option<usize> {
    match &round.output {
        Some(Output::Request(requests)) => Some(requests.len()),
        _ => None,
    }
}
