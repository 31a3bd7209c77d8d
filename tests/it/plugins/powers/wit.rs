//! Every power in the WIT of all versions: each field and function that carries one says so (`Power: …`), and a field that
//! carries none stands in the list below, so that none is added unseen.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use callpanion::domain::manifest::Power;
use wit_parser::{Docs, Function, Resolve, Type, TypeDefKind};

/// What a plugin may be given without a grant, by record or variant: the fields and cases that say nothing of a person
/// and let it do nothing.
const HARMLESS: &[(&str, &[&str])] = &[
    // The clock, the operator's own settings for this plugin, and random bytes.
    ("context", &["now-ms", "locale", "settings", "entropy", "extra"]),
    // How a request looks. Where it goes and whose key it carries are the powers.
    ("request", &["method", "headers", "body", "repeatable", "timeout-ms"]),
    // What a host that was granted said to a request of the plugin's own.
    ("response", &["status", "headers", "body"]),
    // Why there was no answer.
    ("answer", &["unsent", "unknown"]),
    // Random ids, which mean nothing outside, and what ringing at the right time in the right language takes.
    (
        "ring-attempt",
        &[
            "ring-id",
            "call-id",
            "group-id",
            "family-id",
            "callee-id",
            "environment",
            "ring-at-ms",
            "expires-at-ms",
            "language",
            "zone",
            "extra",
        ],
    ),
    ("ring-ref", &["ring-id", "call-id", "group-id", "environment", "ring-at-ms", "reference"]),
    ("session-request", &["call-id", "callee-id", "language"]),
    // How long the talk was and in which language, without a word of it.
    ("material", &["language", "duration-s", "extra"]),
    // The operator's own words, and what this host is: to compare, or to set up at a vendor on command.
    ("wanted", &["name", "languages", "webhook-url", "retention-days", "keep-audio", "variables", "extra"]),
    // A random id, a language, and a page that only those can open who may.
    ("notice", &["id", "language", "link", "expires-at-ms", "extra"]),
    // When calls were to be and how they came out, without whom and without a word of them.
    ("week-material", &["first-day", "last-day", "extra"]),
    ("week-call", &["date", "at-ms", "duration-s"]),
    ("gap", &["date"]),
    ("gap-cause", &["other"]),
];

/// The powers that the documentation names in lines `Power: a and b.` or `Power: a or b.`
fn tagged(docs: &Docs, place: &str) -> BTreeSet<String> {
    let lines = docs.contents.as_deref().unwrap_or_default().lines();
    let mut powers = BTreeSet::new();
    for line in lines.filter(|line| line.trim_start().starts_with("Power")) {
        let list = line.trim().strip_prefix("Power: ").and_then(|rest| rest.strip_suffix('.'));
        let list =
            list.unwrap_or_else(|| panic!("{place}: write `Power: <word>.`, with ` and ` or ` or ` between words"));
        powers.extend(list.split(" and ").flat_map(|part| part.split(" or ")).map(str::to_owned));
    }
    powers
}

fn border() -> Resolve {
    let mut resolve = Resolve::default();
    for version in ["wit", "wit-1.1", "wit-1.2"] {
        resolve.push_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugin-api").join(version)).unwrap();
    }
    resolve
}

/// A walk over everything that the host hands to a plugin, and over the requests that it makes for one.
struct Walk<'a> {
    resolve: &'a Resolve,
    harmless: BTreeMap<&'a str, &'a [&'a str]>,
    /// Harmless fields that were met.
    met: BTreeSet<String>,
    /// Fields that are neither tagged nor harmless.
    silent: BTreeSet<String>,
    seen: BTreeSet<usize>,
}

impl Walk<'_> {
    fn function(&mut self, function: &Function) {
        let covered = !tagged(&function.docs, &function.name).is_empty();
        for param in &function.params {
            if !self.descend(&param.ty) && !covered {
                self.silent.insert(format!("{}({})", function.name, param.name));
            }
        }
    }

    /// Looks into records and variants; gives false for a type that has no parts.
    fn descend(&mut self, ty: &Type) -> bool {
        let Type::Id(id) = ty else { return false };
        let resolve = self.resolve;
        let found = &resolve.types[*id];
        let name = found.name.as_deref().unwrap_or_default();
        match &found.kind {
            TypeDefKind::Type(inner) | TypeDefKind::List(inner) | TypeDefKind::Option(inner) => {
                return self.descend(inner);
            }
            TypeDefKind::Record(_) | TypeDefKind::Variant(_) if !self.seen.insert(id.index()) => {}
            TypeDefKind::Record(record) => {
                for field in &record.fields {
                    self.part(name, &field.name, &field.docs, Some(&field.ty));
                }
            }
            TypeDefKind::Variant(variant) => {
                for case in &variant.cases {
                    self.part(name, &case.name, &case.docs, case.ty.as_ref());
                }
            }
            // One of a few words.
            TypeDefKind::Enum(_) => {}
            _ => return false,
        }
        true
    }

    fn part(&mut self, of: &str, name: &str, docs: &Docs, ty: Option<&Type>) {
        let place = format!("{of}.{name}");
        if !tagged(docs, &place).is_empty() {
            return;
        }
        if self.harmless.get(of).is_some_and(|names| names.contains(&name)) {
            self.met.insert(place);
        } else if ty.is_some_and(|ty| !self.descend(ty)) {
            self.silent.insert(place);
        }
    }
}

#[test]
fn every_field_that_a_plugin_is_given_names_its_power_or_is_harmless() {
    let resolve = border();
    let harmless: BTreeMap<_, _> = HARMLESS.iter().copied().collect();
    let mut walk =
        Walk { resolve: &resolve, harmless, met: BTreeSet::new(), silent: BTreeSet::new(), seen: BTreeSet::new() };
    let functions: Vec<_> = resolve.interfaces.iter().flat_map(|(_, interface)| interface.functions.values()).collect();
    for function in &functions {
        walk.function(function);
    }
    let (request, _) = resolve.types.iter().find(|(_, ty)| ty.name.as_deref() == Some("request")).unwrap();
    walk.descend(&Type::Id(request));
    assert_eq!(functions.len(), 23, "every function of every version was found");
    assert!(
        walk.silent.is_empty(),
        "these give a plugin something and name no power; tag them in the WIT, or list them as harmless with the \
         reason: {:#?}",
        walk.silent
    );
    let listed = HARMLESS.iter().flat_map(|(of, names)| names.iter().map(move |name| format!("{of}.{name}")));
    let stale: Vec<_> = listed.filter(|place| !walk.met.contains(place)).collect();
    assert!(stale.is_empty(), "these are listed as harmless and are not there, or are tagged: {stale:#?}");
}

#[test]
fn every_tag_is_a_power_and_every_power_is_tagged() {
    let resolve = border();
    let mut found = BTreeSet::new();
    for (_, ty) in &resolve.types {
        if let TypeDefKind::Record(record) = &ty.kind {
            for field in &record.fields {
                found.extend(tagged(&field.docs, &field.name));
            }
        }
    }
    for (_, interface) in &resolve.interfaces {
        found.extend(interface.functions.values().flat_map(|function| tagged(&function.docs, &function.name)));
    }
    let known: BTreeSet<String> = Power::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(found, known);
}
