//! The guide's examples, kept true: `guide` is a package that compiles and passes its tests, and `README.md` shows it
//! word for word, up to its tests and to the part of the manifest that asks; and so with a flow of an example.
//!
//! A change there must be copied into the guide; the tests say so when it was forgotten.

const GUIDE: &str = include_str!("../README.md");

/// The first block of this language in the guide that holds `part`.
fn shown(language: &str, part: &str) -> &'static str {
    let blocks = GUIDE.split("```").skip(1).step_by(2);
    let mut bodies = blocks.filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'));
    bodies.find(|body| body.contains(part)).unwrap_or_default()
}

#[test]
fn the_guide_shows_the_source_as_it_is() {
    let source = include_str!("guide/src/lib.rs").split("\n#[cfg(test)]").next().unwrap_or_default();
    assert_eq!(shown("rust", "for PushRelay"), source, "copy guide/src/lib.rs into README.md");
}

#[test]
fn the_guide_shows_what_the_manifest_asks_for() {
    let asks = shown("toml", "[[hosts]]");
    assert!(!asks.is_empty(), "README.md shows a plugin.toml");
    assert!(include_str!("guide/plugin.toml").contains(asks), "copy guide/plugin.toml into README.md");
}

#[test]
fn the_guide_names_the_package_as_it_is() {
    let head = shown("toml", "[package]");
    assert!(!head.is_empty(), "README.md shows a Cargo.toml");
    let package = include_str!("guide/Cargo.toml");
    for line in head.lines() {
        assert!(package.lines().any(|own| own == line), "guide/Cargo.toml has no line {line:?}");
    }
}

#[test]
fn the_guide_shows_the_flow_of_the_example() {
    let flow = shown("rust", "flow::run(");
    assert!(!flow.is_empty(), "README.md shows a flow");
    // In the example the function stands within an `impl`.
    let mut example = include_str!("../../plugins/examples/echo-provider/src/lib.rs").lines().map(str::trim);
    for line in flow.lines().map(str::trim) {
        assert!(example.any(|own| own == line), "echo-provider has no line {line:?}, or has it elsewhere");
    }
}
