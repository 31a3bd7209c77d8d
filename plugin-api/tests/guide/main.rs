//! The guide's example, kept true: it compiles, its tests pass, and `README.md` shows it word for word.
//!
//! A change here must be copied into the guide; the tests say so when it was forgotten.

#[path = "src/lib.rs"]
mod example;

const GUIDE: &str = include_str!("../../README.md");

#[test]
fn the_guide_shows_the_source_as_it_is() {
    let shown = format!("```rust\n{}```\n", include_str!("src/lib.rs"));
    assert!(GUIDE.contains(&shown), "copy src/lib.rs into README.md");
}

#[test]
fn the_guide_shows_the_manifest_as_it_is() {
    let shown = format!("```toml\n{}```\n", include_str!("plugin.toml"));
    assert!(GUIDE.contains(&shown), "copy plugin.toml into README.md");
}
