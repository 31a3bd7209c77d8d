//! Memory: how the program takes it from the machine.

/// Has the kernel give out memory in small pages only, whatever an allocator advises.
///
/// A full hour takes memory for a moment, here and there. In pages of two megabytes most of what the kernel clears for that
/// is never used: at ten thousand calls it was an eighth to a sixth of their computing. Linux only
/// (`PR_SET_THP_DISABLE`, prctl(2)); elsewhere, and where the kernel refuses, it does nothing.
pub fn in_small_pages() {
    #[cfg(target_os = "linux")]
    rustix::thread::disable_transparent_huge_pages(true).ok();
}
