//! `callpanion audit`: compares what should be with what is, for the operator.

mod promises;

use super::Outcome;
use super::args::AuditCommand;

pub(super) async fn run(command: AuditCommand) -> Outcome {
    match command {
        AuditCommand::Promises(args) => promises::run(args).await,
    }
}
