//! How much work it is to compile a component, told from its bytes alone. Compiling has no budget and cannot be
//! interrupted, and a small file can keep a compiler busy for minutes: a function with many locals and many branches
//! costs about as much as their product. So what would cost too much is refused before the compiler sees it.
//! The machine walks in.

use wasmparser::{BinaryReaderError, Parser, Payload};

/// The most that a component may cost, in locals times bytes of code. A plugin in Rust costs a hundredth of it, one in
/// Python, with all of CPython in its 18 MB, a quarter; what costs as much takes some ten seconds.
const WORK_MAX: u64 = 300_000_000;

/// Why a component is not compiled.
#[derive(Debug, thiserror::Error)]
pub(super) enum Uncompilable {
    /// Its bytes are no component.
    #[error(transparent)]
    Unreadable(#[from] BinaryReaderError),
    /// It would take too long.
    #[error(
        "compiling it would take too long: its functions have too many local variables for their length ({0} of \
         {WORK_MAX} units of work); build it with optimisation, and split generated code into smaller functions"
    )]
    TooMuchWork(u64),
}

/// Refuses what would keep the compiler busy for long.
pub(super) fn check(component: &[u8]) -> Result<(), Uncompilable> {
    let work = work(component)?;
    if work > WORK_MAX { Err(Uncompilable::TooMuchWork(work)) } else { Ok(()) }
}

fn work(component: &[u8]) -> Result<u64, BinaryReaderError> {
    let mut work = 0_u64;
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::CodeSectionEntry(body) = payload? {
            let mut locals = 1_u64;
            for local in body.get_locals_reader()? {
                locals += u64::from(local?.0);
            }
            let bytes = u64::try_from(body.range().len()).unwrap_or(u64::MAX);
            work = work.saturating_add(locals.saturating_mul(bytes));
        }
    }
    Ok(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with one function of so many locals and branches.
    fn branching(locals: usize, branches: usize) -> Vec<u8> {
        let locals = "i32 ".repeat(locals);
        let branches = "(if (local.get 0) (then (local.set 1 (local.get 2))))".repeat(branches);
        wat::parse_str(format!("(component (core module (func (local {locals}) {branches})))")).unwrap()
    }

    #[test]
    fn many_locals_times_much_code_is_too_much_work() {
        assert!(check(&branching(1_000, 1_000)).is_ok());
        assert!(check(&branching(3, 200_000)).is_ok());
        assert!(matches!(check(&branching(1_000, 200_000)), Err(Uncompilable::TooMuchWork(_))));
        assert!(matches!(check(b"\0asm\x0d\0\x01\0cut off"), Err(Uncompilable::Unreadable(_))));
    }

    #[test]
    fn what_comes_with_the_program_costs_a_fraction() {
        for plugin in super::super::builtin::BUILTIN {
            let cost = work(plugin.component).unwrap();
            assert!(cost < WORK_MAX / 10, "{}: {cost}", plugin.id);
        }
    }
}
