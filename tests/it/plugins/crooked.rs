//! Wraps `crooked.wat`, a core module that breaks the rules of the binary border, into a component.

use std::path::Path;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const SOURCE: &str = include_str!("../../fixtures/plugins/crooked/crooked.wat");

/// The component, with pieces of its source exchanged first: the switches that its comments name.
pub fn component(changes: &[(&str, &str)]) -> Vec<u8> {
    let mut source = SOURCE.to_owned();
    for (from, to) in changes {
        assert!(source.contains(from), "{from} is not in crooked.wat");
        source = source.replace(from, to);
    }
    let mut module = wat::parse_str(&source).unwrap();
    let mut resolve = Resolve::default();
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugin-api/wit");
    let (package, _) = resolve.push_path(wit).unwrap();
    let world = resolve.select_world(&[package], Some("channel-plugin")).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap()
}
