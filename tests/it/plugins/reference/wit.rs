//! The WIT of the plugin API as Markdown: each world, function, record and variant with its documentation and powers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use callpanion::domain::manifest::Power;
use wit_parser::{Docs, Function, Interface, InterfaceId, PackageId, Resolve, Type, TypeDef, TypeDefKind, WorldItem};

use super::cell;

/// All published versions, the oldest first.
pub(super) struct Border {
    resolve: Resolve,
    packages: Vec<PackageId>,
}

/// One line of a table: name, type, powers and meaning.
type Row = (String, String, String, String);

impl Border {
    pub(super) fn read(folder: &Path) -> Self {
        let mut resolve = Resolve::default();
        let packages = ["wit", "wit-1.1", "wit-1.2"].map(|version| resolve.push_path(folder.join(version)).unwrap().0);
        Self { resolve, packages: packages.to_vec() }
    }

    pub(super) fn print(&self, text: &mut String) {
        text.push_str(
            "## Worlds\n\nA component exports the interface of its kind, and with it says what it is. Beside that it may \
             export what `also` in its `plugin.toml` names.\n\n",
        );
        text.push_str("| world | since | exports | functions |\n|---|---|---|---|\n");
        for package in &self.packages {
            for (name, world) in &self.resolve.packages[*package].worlds {
                for (key, item) in &self.resolve.worlds[*world].exports {
                    let WorldItem::Interface { id, .. } = item else { continue };
                    let functions: Vec<_> = self.resolve.interfaces[*id].functions.keys().map(|f| code(f)).collect();
                    let export = self.resolve.name_world_key(key);
                    let since = self.version(*package);
                    writeln!(text, "| `{name}` | {since} | `{export}` | {} |", functions.join(", ")).unwrap();
                }
            }
        }
        self.print_powers(text);
        text.push_str("## Interfaces\n\n");
        text.push_str(
            "What ends in `-step` is what one run of a function gives: requests, which the host sends before it ",
        );
        text.push_str("calls again; the result; or why the plugin gives up.\n\n");
        for package in &self.packages {
            for id in self.resolve.packages[*package].interfaces.values() {
                self.print_interface(*package, *id, text);
            }
        }
    }

    /// Which powers there are, and what carries each.
    fn print_powers(&self, text: &mut String) {
        let mut carried: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for package in &self.packages {
            for id in self.resolve.packages[*package].interfaces.values() {
                let interface = &self.resolve.interfaces[*id];
                for (name, function) in &interface.functions {
                    for power in powers(&function.docs) {
                        carried.entry(power).or_default().push(format!("`{name}(…)`"));
                    }
                }
                for (name, definition) in self.own_types(interface) {
                    for (part, docs) in parts(definition) {
                        for power in powers(docs) {
                            carried.entry(power).or_default().push(format!("`{name}.{part}`"));
                        }
                    }
                }
            }
        }
        text.push_str(
            "\n## Powers\n\nWhat carries a power takes a wish in `plugin.toml` and a grant of the operator.\n\n",
        );
        text.push_str(
            "| power | the manifest asks with | the operator grants with | carried by |\n|---|---|---|---|\n",
        );
        for power in Power::ALL {
            let ((asked, granted), carried) = (words(*power), carried[power.as_str()].join(", "));
            writeln!(text, "| `{power}` | {asked} | {granted} | {carried} |").unwrap();
        }
        text.push('\n');
    }

    fn print_interface(&self, package: PackageId, id: InterfaceId, text: &mut String) {
        let interface = &self.resolve.interfaces[id];
        let name = interface.name.as_deref().unwrap();
        writeln!(text, "### `{name}`, since {}\n", self.version(package)).unwrap();
        prose(&interface.docs, text);
        for function in interface.functions.values() {
            self.print_function(function, text);
        }
        for (name, definition) in self.own_types(interface) {
            self.print_type(name, definition, text);
        }
    }

    fn print_function(&self, function: &Function, text: &mut String) {
        let params: Vec<_> = function.params.iter().map(|it| format!("{}: {}", it.name, self.name(&it.ty))).collect();
        let result = function.result.as_ref().map_or_else(String::new, |ty| format!(" -> {}", self.name(ty)));
        let (name, params) = (&function.name, params.join(", "));
        writeln!(text, "#### `{name}`, a function\n\n```wit\n{name}: func({params}){result};\n```\n").unwrap();
        prose(&function.docs, text);
        match powers(&function.docs).join("` and `") {
            none if none.is_empty() => {}
            powers => writeln!(text, "It takes `{powers}`.\n").unwrap(),
        }
    }

    fn print_type(&self, name: &str, definition: &TypeDef, text: &mut String) {
        let row = |name: &str, ty: Option<&Type>, docs: &Docs| -> Row {
            let ty = ty.map_or_else(String::new, |ty| code(&self.name(ty)));
            let powers: Vec<_> = powers(docs).iter().map(|power| code(power)).collect();
            (name.to_owned(), ty, powers.join(", "), cell(&meaning(docs)))
        };
        let (kind, part, rows): (_, _, Vec<Row>) = match &definition.kind {
            TypeDefKind::Record(it) => {
                ("record", "field", it.fields.iter().map(|f| row(&f.name, Some(&f.ty), &f.docs)).collect())
            }
            TypeDefKind::Variant(it) => {
                ("variant", "case", it.cases.iter().map(|c| row(&c.name, c.ty.as_ref(), &c.docs)).collect())
            }
            TypeDefKind::Enum(it) => ("enum", "case", it.cases.iter().map(|c| row(&c.name, None, &c.docs)).collect()),
            other => panic!("{name} is of a kind that the reference cannot show yet: {other:?}"),
        };
        let article = if kind == "enum" { "an" } else { "a" };
        writeln!(text, "#### `{name}`, {article} {kind}\n").unwrap();
        prose(&definition.docs, text);
        print_table(part, &rows, text);
    }

    /// The types that an interface makes, without those that it uses from others.
    fn own_types<'a>(&'a self, interface: &'a Interface) -> impl Iterator<Item = (&'a str, &'a TypeDef)> {
        let all = interface.types.iter().map(|(name, id)| (name.as_str(), &self.resolve.types[*id]));
        all.filter(|(_, definition)| !matches!(definition.kind, TypeDefKind::Type(_)))
    }

    fn version(&self, package: PackageId) -> String {
        let version = self.resolve.packages[package].name.version.as_ref().unwrap();
        format!("{}.{}", version.major, version.minor)
    }

    /// A type as it is written in WIT.
    fn name(&self, ty: &Type) -> String {
        let Type::Id(id) = ty else { return plain(ty).to_owned() };
        let definition = &self.resolve.types[*id];
        match (&definition.name, &definition.kind) {
            (Some(name), _) => name.clone(),
            (None, TypeDefKind::List(inner)) => format!("list<{}>", self.name(inner)),
            (None, TypeDefKind::Option(inner)) => format!("option<{}>", self.name(inner)),
            (None, TypeDefKind::Tuple(tuple)) => {
                let inner: Vec<_> = tuple.types.iter().map(|ty| self.name(ty)).collect();
                format!("tuple<{}>", inner.join(", "))
            }
            (None, other) => panic!("a type that the reference cannot name yet: {other:?}"),
        }
    }
}

fn plain(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::String => "string",
        other => panic!("a type that the reference cannot name yet: {other:?}"),
    }
}

/// A table without the columns that would be empty.
fn print_table(part: &str, rows: &[Row], text: &mut String) {
    let has = [rows.iter().any(|row| !row.1.is_empty()), rows.iter().any(|row| !row.2.is_empty())];
    let has = [true, has[0], has[1], rows.iter().any(|row| !row.3.is_empty())];
    let print = |cells: [&str; 4], text: &mut String| {
        let shown: Vec<_> = cells.iter().zip(has).filter(|(_, has)| *has).map(|(cell, _)| *cell).collect();
        writeln!(text, "| {} |", shown.join(" | ")).unwrap();
    };
    print([part, "type", "power", "meaning"], text);
    print(["---"; 4], text);
    for (name, ty, powers, meaning) in rows {
        print([&code(name), ty, powers, meaning], text);
    }
    text.push('\n');
}

/// The fields or cases of a type, with their documentation.
fn parts(definition: &TypeDef) -> Vec<(&str, &Docs)> {
    match &definition.kind {
        TypeDefKind::Record(it) => it.fields.iter().map(|field| (field.name.as_str(), &field.docs)).collect(),
        TypeDefKind::Variant(it) => it.cases.iter().map(|case| (case.name.as_str(), &case.docs)).collect(),
        _ => Vec::new(),
    }
}

/// How a manifest asks for a power, and how the operator grants it.
fn words(power: Power) -> (String, String) {
    let (asked, granted) = match power {
        Power::Host => ("`[[hosts]]`", "`hosts = [\"https://…\"]`"),
        Power::PrivateAddresses => ("a setting of `[[hosts]]` that leads there", "`private_addresses = true`"),
        Power::Credential => ("`[[credentials]]`", "`credentials = [\"…\"]`"),
        Power::Webhooks => ("`[webhook]`", "`webhooks = true`"),
        Power::PushAddress | Power::PhoneNumber | Power::Profile | Power::Transcript | Power::Health => {
            return (format!("`what = \"{power}\"` in `[[data]]`"), format!("`data = [\"{power}\"]`"));
        }
    };
    (asked.to_owned(), granted.to_owned())
}

/// The powers of a line `Power: a and b.`
fn powers(docs: &Docs) -> Vec<String> {
    let lines = docs.contents.as_deref().unwrap_or_default().lines();
    let tagged = lines.filter_map(|line| line.trim().strip_prefix("Power: ")?.strip_suffix('.'));
    tagged.flat_map(|list| list.split(" and ").flat_map(|part| part.split(" or "))).map(str::to_owned).collect()
}

/// The documentation without the line of its powers.
fn meaning(docs: &Docs) -> String {
    let lines = docs.contents.as_deref().unwrap_or_default().lines();
    lines.filter(|line| !line.trim_start().starts_with("Power: ")).collect::<Vec<_>>().join("\n")
}

fn prose(docs: &Docs, text: &mut String) {
    let meaning = meaning(docs);
    for paragraph in meaning.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        writeln!(text, "{line}\n").unwrap();
    }
}

fn code(text: &str) -> String {
    format!("`{text}`")
}
