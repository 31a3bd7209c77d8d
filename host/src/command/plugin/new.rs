//! `callpanion plugin new`: begins a plugin project from the templates of the plugin API, which are in the program.
//! Writes a folder, and calls nobody.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use rust_embed::RustEmbed;
use toml::{Table, Value};

use super::super::Outcome;
use super::super::args::{Language, PluginNewArgs};
use super::project::MANIFEST;
use crate::domain::manifest::PluginKind;

/// The SDK, the border and the templates.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../plugin-api"]
struct Api;

/// From where the SDK's `Cargo.toml` has its versions.
const WORKSPACE: &str = include_str!("../../../../Cargo.toml");

/// Files whose template has another name, so that no tool takes it for the real thing.
const RENAMED: [(&str, &str); 2] = [("Cargo.toml.in", "Cargo.toml"), ("gitignore", ".gitignore")];

/// What the templates leave open: the plugin's id, the same with `_`, its name for people, its kind, and its purpose.
const MARKS: [&str; 5] = ["{{name}}", "{{snake}}", "{{title}}", "{{kind}}", "{{purpose}}"];

/// What a crate cannot be called: its own dependencies, Rust's own crates, and Rust's words.
const TAKEN: &str = " alloc callpanion-plugin-api core proc-macro serde serde-json std test abstract as async await \
    become box break const continue crate do dyn else enum extern false final fn for gen if impl in let loop macro \
    match mod move mut override priv pub ref return self static struct super trait true try type typeof unsafe \
    unsized use virtual where while yield ";

/// Carries out `plugin new`.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) fn run(args: &PluginNewArgs) -> Outcome {
    let PluginNewArgs { kind, lang, name } = args;
    begin(*kind, *lang, name, Path::new(name))?;
    println!("{name}/ is a {kind} plugin that works. Build and try it:\n");
    println!("  callpanion plugin test {name}");
    println!("  callpanion plugin dev {name}\n");
    println!("Then make it yours: {name}/README.md says where to start.");
    Ok(())
}

/// Writes a project of this name into `dir`, which must be empty or not there.
pub(super) fn begin(kind: PluginKind, language: Language, name: &str, dir: &Path) -> Result<()> {
    check_kind(kind, language)?;
    check_name(language, name)?;
    let is_taken = match fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => dir.exists(),
    };
    ensure!(!is_taken, "{} exists already: choose another name, or remove it", dir.display());
    for (path, text) in files(kind, language, name)? {
        let path = dir.join(path);
        let folder = path.parent().unwrap_or(dir);
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// The SDKs of JavaScript and Python have the kinds of API 1.0.
fn check_kind(kind: PluginKind, language: Language) -> Result<()> {
    ensure!(
        kind != PluginKind::Notifier || language == Language::Rust,
        "there is a beginning for a {kind} in Rust only: write --lang rust"
    );
    Ok(())
}

fn check_name(language: Language, name: &str) -> Result<()> {
    let named = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    ensure!(
        (2..=40).contains(&name.len())
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.split('-').all(named),
        "\"{name}\" cannot be a plugin's id: it must be 2 to 40 of a to z, 0 to 9 and single `-`, begin with a letter \
         and not end with `-`, such as push-relay"
    );
    if language == Language::Rust && TAKEN.contains(&format!(" {name} ")) {
        bail!("a Rust crate cannot be called \"{name}\": choose another name, such as {name}-plugin");
    }
    Ok(())
}

/// All files of a project, by path.
fn files(kind: PluginKind, language: Language, name: &str) -> Result<BTreeMap<String, String>> {
    let folder = match language {
        Language::Rust => "rust",
        Language::Javascript => "javascript",
        Language::Python => "python",
    };
    let mut files = BTreeMap::new();
    // What several say of one file is joined: how a language is built, and what a kind is tried with.
    for source in [format!("{folder}/all"), format!("{folder}/{kind}"), format!("any/{kind}")] {
        for (path, text) in embedded(&format!("templates/{source}/"))? {
            let path = RENAMED.iter().find(|(from, _)| *from == path).map_or(path, |(_, to)| (*to).to_owned());
            files.entry(path).or_insert_with(String::new).push_str(&text);
        }
    }
    let purpose = files[MANIFEST].lines().find_map(|line| line.strip_prefix("purpose = \"")?.strip_suffix('"'));
    let purpose = purpose.ok_or_else(|| anyhow!("the template has no purpose"))?.to_owned();
    for text in files.values_mut() {
        for (mark, value) in MARKS.iter().zip([name, &name.replace('-', "_"), &title(name), kind.as_str(), &purpose]) {
            *text = text.replace(mark, value);
        }
    }
    if language == Language::Rust {
        files.extend(sdk_crate()?);
    } else {
        for (path, text) in embedded("wit/")? {
            let text = if kind == PluginKind::Renderer { types_only(&text, "provider") } else { text };
            files.insert(format!("wit/{path}"), text);
        }
    }
    Ok(files)
}

/// The embedded texts under a folder, by their paths in it.
fn embedded(folder: &str) -> Result<Vec<(String, String)>> {
    let inside = Api::iter().filter_map(|path| Some((path.strip_prefix(folder)?.to_owned(), path)));
    inside
        .map(|(name, path)| {
            let file = Api::get(&path).ok_or_else(|| anyhow!("{path} is not in the program"))?;
            let text = String::from_utf8(file.data.into_owned()).with_context(|| format!("{path} is no text"))?;
            Ok((name, text))
        })
        .collect()
}

fn title(name: &str) -> String {
    let words = name.replace('-', " ");
    words[..1].to_ascii_uppercase() + &words[1..]
}

/// The SDK as a crate that stands alone, in `sdk/`.
fn sdk_crate() -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for (path, text) in embedded("")? {
        if path == "Cargo.toml" {
            files.insert("sdk/Cargo.toml".to_owned(), alone(&text)?);
        } else if path.starts_with("src/") || path.starts_with("wit") {
            files.insert(format!("sdk/{path}"), text);
        }
    }
    Ok(files)
}

/// A `Cargo.toml` with what it has from the workspace written out, and without what only this repository needs.
fn alone(cargo_toml: &str) -> Result<String> {
    let mut own: Table = toml::from_str(cargo_toml)?;
    let workspace: Table = toml::from_str(WORKSPACE)?;
    let workspace = workspace.get("workspace").and_then(Value::as_table).ok_or_else(|| anyhow!("no workspace"))?;
    own.retain(|name, _| ["package", "dependencies", "features"].contains(&name));
    for name in ["package", "dependencies"] {
        let (Some(Value::Table(table)), Some(Value::Table(shared))) = (own.get_mut(name), workspace.get(name)) else {
            continue;
        };
        for (key, value) in table {
            if value.get("workspace").is_some() {
                *value = shared.get(key).cloned().ok_or_else(|| anyhow!("the workspace has no `{key}`"))?;
            }
        }
    }
    Ok(toml::to_string(&own)?)
}

/// A WIT text in which one interface keeps its types and loses its functions.
///
/// A renderer uses types of the provider's interface. Rust's tools import only these; those of JavaScript and Python
/// import the interface's functions too, which no host has.
fn types_only(wit: &str, interface: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut docs: Vec<&str> = Vec::new();
    let mut is_inside = false;
    for line in wit.lines() {
        let code = line.trim();
        if let Some(rest) = line.strip_prefix("interface ") {
            is_inside = rest.split_whitespace().next() == Some(interface);
        }
        if is_inside && code.starts_with("///") {
            docs.push(line);
        } else if is_inside && code.contains(": func(") {
            docs.clear();
        } else {
            kept.append(&mut docs);
            kept.push(line);
        }
    }
    kept.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::super::project::Project;
    use super::*;

    const LANGUAGES: [Language; 3] = [Language::Rust, Language::Javascript, Language::Python];

    #[test]
    fn every_template_is_a_project_whose_settings_and_samples_fit_its_manifest() {
        for language in LANGUAGES {
            for kind in PluginKind::ALL.iter().filter(|kind| check_kind(**kind, language).is_ok()) {
                let dir = tempfile::tempdir().unwrap();
                begin(*kind, language, "push-relay", dir.path()).unwrap();
                let project = Project::open(dir.path()).unwrap();
                assert_eq!((project.manifest().id.as_str(), project.manifest().kind), ("push-relay", *kind));
                let given = |name: &str| project.settings().contains_key(name);
                assert!(project.manifest().settings.iter().all(|(name, setting)| !setting.required || given(name)));
                let samples = project.sample_webhooks().unwrap();
                assert_eq!(samples.is_empty(), project.manifest().webhook.is_none());
                assert_eq!(project.replies().is_empty(), project.manifest().hosts.is_empty());
                assert!(project.watched().iter().all(|path| path.exists()), "{language:?} {kind}");
                assert!(dir.path().join(".gitignore").exists() && dir.path().join("README.md").exists());
            }
        }
    }

    #[test]
    fn no_mark_of_a_template_is_left() {
        for language in LANGUAGES {
            for kind in PluginKind::ALL.iter().filter(|kind| check_kind(**kind, language).is_ok()) {
                for (path, text) in files(*kind, language, "push-relay").unwrap() {
                    assert!(MARKS.iter().all(|mark| !text.contains(mark)), "{path} of {language:?} {kind}");
                }
            }
        }
    }

    #[test]
    fn names_that_would_not_load_or_build_are_refused() {
        for name in ["a", "Push", "push_relay", "1push", "push--relay", "push-", "../push", &"a".repeat(41)] {
            let said = check_name(Language::Python, name).unwrap_err().to_string();
            assert!(said.contains("such as push-relay"), "{said}");
        }
        assert!(check_name(Language::Rust, "match").unwrap_err().to_string().contains("match-plugin"));
        assert!(check_name(Language::Javascript, "match").is_ok());
        assert!(check_name(Language::Rust, "push-relay-2").is_ok());
    }

    #[test]
    fn what_is_there_is_not_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("mine"), "").unwrap();
        let said = begin(PluginKind::Channel, Language::Rust, "bell", dir.path()).unwrap_err().to_string();
        assert!(said.contains("exists already"), "{said}");
        assert!(begin(PluginKind::Channel, Language::Rust, "bell", &dir.path().join("mine")).is_err());
        let said = begin(PluginKind::Notifier, Language::Python, "bell", dir.path()).unwrap_err().to_string();
        assert!(said.contains("--lang rust"), "{said}");
    }

    #[test]
    fn the_sdk_stands_alone() {
        let sdk = sdk_crate().unwrap();
        assert!(!sdk["sdk/Cargo.toml"].contains("workspace"), "{}", sdk["sdk/Cargo.toml"]);
        assert!(sdk["sdk/Cargo.toml"].contains("wit-bindgen"));
        assert!(sdk.contains_key("sdk/wit/plugin.wit") && sdk.contains_key("sdk/src/lib.rs"));
        assert!(sdk.contains_key("sdk/wit-1.2/more.wit"));
    }

    #[test]
    fn an_interface_can_keep_its_types_alone() {
        let wit = "interface a {\n    /// Do.\n    do: func();\n}\ninterface b {\n    /// A.\n    record r { f: u8 }\n\
                   \n    /// Do.\n    do: func(r: r);\n}\n";
        let cut =
            "interface a {\n    /// Do.\n    do: func();\n}\ninterface b {\n    /// A.\n    record r { f: u8 }\n\n}\n";
        assert_eq!(types_only(wit, "b"), cut);
        let files = files(PluginKind::Renderer, Language::Python, "bell").unwrap();
        let wit = &files["wit/plugin.wit"];
        assert!(wit.contains("record turn") && !wit.contains("fetch-session: func"));
        assert!(wit.contains("render: func"));
    }
}
