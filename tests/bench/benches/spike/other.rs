//! Other processes of this program, spoken to by lines.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A process that listens to lines and answers in lines. It ends when its input does.
pub(crate) struct Other {
    child: Child,
    tell: ChildStdin,
    hear: BufReader<ChildStdout>,
}

impl Other {
    pub(crate) fn start(words: &[&str]) -> anyhow::Result<Self> {
        let mut child =
            Command::new(std::env::current_exe()?).args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(tell), Some(hear)) = (child.stdin.take(), child.stdout.take()) else { anyhow::bail!("no pipes") };
        Ok(Self { child, tell, hear: BufReader::new(hear) })
    }

    pub(crate) fn hear(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        anyhow::ensure!(self.hear.read_line(&mut line)? > 0, "a process of the benchmark ended early");
        Ok(line.trim().to_owned())
    }

    pub(crate) fn tell(&mut self, line: &str) -> anyhow::Result<()> {
        Ok(writeln!(self.tell, "{line}")?)
    }

    pub(crate) fn ask(&mut self, line: &str) -> anyhow::Result<String> {
        self.tell(line)?;
        self.hear()
    }

    pub(crate) fn end(mut self) -> anyhow::Result<()> {
        drop(self.tell);
        self.child.wait()?;
        Ok(())
    }
}

/// Runs a piece in a process of its own; whether it met its bars.
pub(crate) fn piece(piece: &str, place: &str, server: &str, calls: usize) -> anyhow::Result<bool> {
    let mut child = Command::new(std::env::current_exe()?);
    let status = child.args(["piece", piece, place, server, &calls.to_string()]).status()?;
    Ok(status.success())
}
