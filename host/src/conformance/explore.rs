//! Walks through a flow of requests: at each step every class of answer, and where an answer leads to another step,
//! there again. The files of the single kinds walk in with an input, and judge the endings; it calls `stage`.

use super::checks::Check;
use super::replies;
use super::stage::{RUNS_MAX, Stage, brief, named};
use crate::plugins::wit::{Answer, Request};
use crate::plugins::{Input, Output, Turn};

/// So many ways into the next step are followed: the rest would lead to the same requests with other ids.
const FOLLOWED_MAX: usize = 3;

/// One request, and what became of it.
#[derive(Clone)]
pub(super) struct Exchange {
    pub(super) request: Request,
    pub(super) answer: Answer,
}

/// How a call ended.
pub(super) struct Ending {
    /// For the report: what was asked and answered on the way.
    pub(super) path: String,
    /// Which step of the walk ended it: endings of one step share the requests.
    pub(super) step: usize,
    /// The steps before the last.
    pub(super) before: Vec<Exchange>,
    /// The last step; empty where nothing was asked for.
    pub(super) last: Vec<Exchange>,
    /// Whether the last answers are bare ones rather than samples of the vendor's.
    pub(super) bare: bool,
    /// What came out.
    pub(super) output: Output,
}

/// What an answer says, by its status alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    Unsent,
    Unknown,
    Success,
    Status(u16),
}

pub(super) fn says(answer: &Answer) -> Says {
    match answer {
        Answer::Unsent(_) => Says::Unsent,
        Answer::Unknown(_) => Says::Unknown,
        Answer::Response(response) if (200..300).contains(&response.status) => Says::Success,
        Answer::Response(response) => Says::Status(response.status),
    }
}

/// Whether a request only reads.
pub(super) fn reads_only(request: &Request) -> bool {
    matches!(request.method.as_str(), "GET" | "HEAD")
}

impl Ending {
    /// What the last step's answers say; all say the same, or else the first speaks.
    pub(super) fn says(&self) -> Option<Says> {
        self.last.first().map(|exchange| says(&exchange.answer))
    }

    /// Every answer of the last step is a 2xx.
    pub(super) fn is_success(&self) -> bool {
        !self.last.is_empty() && self.last.iter().all(|exchange| says(&exchange.answer) == Says::Success)
    }

    /// The steps before were answered with 2xx, so nothing but the last one says what is wrong.
    pub(super) fn is_clean(&self) -> bool {
        self.before.iter().all(|exchange| says(&exchange.answer) == Says::Success)
    }

    /// An earlier step may have done it already.
    pub(super) fn is_after_the_fact(&self) -> bool {
        self.before
            .iter()
            .any(|it| !reads_only(&it.request) && matches!(says(&it.answer), Says::Success | Says::Unknown))
    }

    /// Nothing that was asked for can have changed anything.
    pub(super) fn only_reads(&self) -> bool {
        self.before.iter().chain(&self.last).all(|exchange| reads_only(&exchange.request))
    }

    /// The path, and what came of it.
    pub(super) fn told(&self) -> String {
        format!("{}: {}", self.path, brief(&self.output))
    }
}

/// A step that waits for its answers.
struct Step {
    before: Vec<Exchange>,
    requests: Vec<Request>,
    path: String,
    runs: usize,
}

impl Stage {
    /// Every ending that can be reached from this input.
    pub(super) async fn explore(&mut self, input: &Input, label: &str) -> Vec<Ending> {
        let mut endings = Vec::new();
        let mut steps = Vec::new();
        match self.open(input, label).await {
            Some(Output::Request(requests)) => {
                steps.push(Step { before: Vec::new(), requests, path: label.to_owned(), runs: 1 });
            }
            Some(output) => {
                let (path, before, last) = (label.to_owned(), Vec::new(), Vec::new());
                endings.push(Ending { path, step: 0, before, last, bare: true, output });
            }
            None => {}
        }
        let mut at = 0;
        while at < steps.len() {
            let mut followed: Vec<Vec<Request>> = Vec::new();
            for (name, bare, answers) in self.answers_to(&steps[at].requests) {
                let Step { before, requests, path, runs } = &steps[at];
                let path = format!("{path}, {} {name}", all_named(requests));
                let asked = requests.iter().cloned().zip(answers);
                let last: Vec<Exchange> = asked.map(|(request, answer)| Exchange { request, answer }).collect();
                let (before, runs) = (before.clone(), runs + 1);
                match self.play(input, &self.turn(input, &before, &last), &path).await {
                    None => {}
                    Some(Output::Request(requests)) => {
                        let mut before = before;
                        before.extend(last);
                        let step = Step { before, requests, path, runs };
                        if runs == 2 {
                            self.persist(input, &step).await;
                        }
                        // What the samples say comes first, so it is what is followed.
                        if runs < RUNS_MAX && followed.len() < FOLLOWED_MAX && !followed.contains(&step.requests) {
                            followed.push(step.requests.clone());
                            steps.push(step);
                        }
                    }
                    Some(output) => endings.push(Ending { path, step: at, before, last, bare, output }),
                }
            }
            at += 1;
        }
        endings
    }

    /// Answers everything as the last request was answered, until the call ends.
    async fn persist(&mut self, input: &Input, step: &Step) {
        let mut exchanges = step.before.clone();
        let mut requests = step.requests.clone();
        for run in step.runs..=RUNS_MAX {
            if run == RUNS_MAX {
                let told = || format!("{}, and the same again: not done after {RUNS_MAX} runs", step.path);
                self.notes.note(Check::Ends, false, told);
                return;
            }
            let Some(answer) = exchanges.last().map(|exchange| exchange.answer.clone()) else { return };
            let asked = std::mem::take(&mut requests).into_iter();
            exchanges.extend(asked.map(|request| Exchange { request, answer: answer.clone() }));
            let path = format!("{}, and the same again", step.path);
            match self.play(input, &self.turn(input, &exchanges, &[]), &path).await {
                Some(Output::Request(more)) => requests = more,
                Some(_) => break,
                None => return,
            }
        }
        self.notes.note(Check::Ends, true, String::new);
    }

    fn turn(&self, input: &Input, before: &[Exchange], last: &[Exchange]) -> Turn {
        let answers = before.iter().chain(last).map(|exchange| exchange.answer.clone()).collect();
        Turn { context: self.context_of(input), answers }
    }

    /// Every way in which these requests are answered: a name, whether it is a bare one, and the answers.
    fn answers_to(&self, requests: &[Request]) -> Vec<(String, bool, Vec<Answer>)> {
        let samples_of = |request: &Request| -> Vec<Answer> {
            self.replies.iter().filter(|reply| reply.answers(request)).map(super::SampleReply::answer).collect()
        };
        let samples: Vec<Vec<Answer>> = requests.iter().map(samples_of).collect();
        let most = samples.iter().map(Vec::len).max().unwrap_or_default();
        let mut all: Vec<_> = (0..most)
            .map(|i| {
                let pick =
                    |of: &Vec<Answer>| of.get(i).or(of.last()).cloned().unwrap_or_else(replies::everyday_success);
                let answers: Vec<Answer> = samples.iter().map(pick).collect();
                (format!("was answered with sample {}", i + 1), false, answers)
            })
            .collect();
        let bare = self.classes.iter();
        all.extend(bare.map(|class| (class.name.clone(), true, vec![class.answer.clone(); requests.len()])));
        all
    }
}

/// What was returned where the wanted end never came: to the vendor's own success if a sample has it, or at once.
pub(super) fn instead(endings: &[Ending]) -> String {
    let at_once = |ending: &&Ending| ending.before.is_empty() && ending.last.is_empty();
    if let Some(ending) = endings.iter().find(at_once) {
        return format!("it asked for nothing, and returned {}", brief(&ending.output));
    }
    let best = endings.iter().find(|ending| ending.is_clean() && ending.is_success()).or(endings.first());
    best.map_or_else(|| "it came to no end".to_owned(), |ending| format!("it ended so: {}", ending.told()))
}

fn all_named(requests: &[Request]) -> String {
    match requests {
        [one] => named(one),
        [first, rest @ ..] => format!("{} and {} more", named(first), rest.len()),
        [] => "nothing".to_owned(),
    }
}
