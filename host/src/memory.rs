//! Memory: how the program takes it from the machine, and who may have it.

#[cfg(target_os = "linux")]
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Has the kernel give out memory in small pages only, whatever an allocator advises.
///
/// A full hour takes memory for a moment, here and there. In pages of two megabytes most of what the kernel clears for that
/// is never used: at ten thousand calls it was an eighth to a sixth of their computing. Linux only
/// (`PR_SET_THP_DISABLE`, prctl(2)); elsewhere, and where the kernel refuses, it does nothing.
pub fn in_small_pages() {
    #[cfg(target_os = "linux")]
    rustix::thread::disable_transparent_huge_pages(true).ok();
}

/// Has the kernel write no core dump of this process: secrets lie in memory as they are.
///
/// Linux only; elsewhere it does nothing.
pub fn in_no_core_dump() {
    #[cfg(target_os = "linux")]
    {
        // The kernel heeds 1 for files and for pipes to a program alike, and 0 for files only. PR_SET_DUMPABLE takes /proc/PID
        // and debuggers from an operator who is not root, so it is for a hard limit of 0, which not everybody may raise.
        let least = Rlimit { current: Some(1), maximum: Some(1) };
        if setrlimit(Resource::Core, least).is_err() {
            set_dumpable_behavior(DumpableBehavior::NotDumpable).ok();
        }
    }
}
