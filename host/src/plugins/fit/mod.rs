//! Whether a component fits a version of the plugin API: what it exports and imports, held against the WIT of that
//! version, and told in plain words. `plugin check` walks in; nothing of the component is run here, and nobody is called.

mod differences;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{InterfaceId, Resolve, WorldItem, WorldKey};

use self::differences::differences;
use super::machine::is_linked;
use crate::domain::manifest::{Also, Manifest, PluginKind};

/// What is published, oldest first. Later ones build on those before them, and none ever changes.
const PUBLISHED: [(ApiVersion, &str); 3] = [
    (ApiVersion { major: 1, minor: 0 }, include_str!("../../../../plugin-api/wit/plugin.wit")),
    (ApiVersion { major: 1, minor: 1 }, include_str!("../../../../plugin-api/wit-1.1/asking.wit")),
    (ApiVersion { major: 1, minor: 2 }, include_str!("../../../../plugin-api/wit-1.2/more.wit")),
];
const PACKAGE: &str = "callpanion:plugin/";

/// A version of the plugin API, as far as compatibility goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiVersion {
    /// Another major version is another API.
    pub major: u64,
    /// A higher minor version has more, and all of the lower ones.
    pub minor: u64,
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The text is no version of the plugin API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write it as `1.0`, or `1.0.0`")]
pub struct NoApiVersion;

impl FromStr for ApiVersion {
    type Err = NoApiVersion;

    fn from_str(text: &str) -> Result<Self, NoApiVersion> {
        let numbers: Result<Vec<u64>, _> = text.split('.').map(str::parse).collect();
        match numbers.as_deref() {
            Ok([major, minor] | [major, minor, _]) => Ok(Self { major: *major, minor: *minor }),
            _ => Err(NoApiVersion),
        }
    }
}

/// What does not fit. Nothing means that the component can be loaded by a host of this version, as far as its shape says.
///
/// An error says why the question has no answer: an unknown version, or a file that is no component.
pub fn misfits(manifest: &Manifest, component: &[u8], api: ApiVersion) -> anyhow::Result<Vec<String>> {
    let (published, known) = published(api)?;
    let DecodedWasm::Component(found, world) = decode(component)? else {
        anyhow::bail!("the file is a WIT package and no component");
    };
    let world = &found.worlds[world];
    let names = interface_names(&published);
    let mut misfits = Vec::new();
    if let Ok(wanted) = manifest.api.parse::<ApiVersion>()
        && (wanted.major != api.major || wanted > api)
    {
        misfits.push(format!("plugin.toml says that it is made for plugin API {}", manifest.api));
    }
    for (key, _) in &world.imports {
        let name = found.name_world_key(key);
        if !is_linked(&name) {
            misfits.push(format!("it imports {name}, which no plugin gets"));
        } else if name.starts_with(PACKAGE) && !names.contains(&name) {
            misfits.push(format!("it imports {name}, which plugin API {api} does not have"));
        }
    }
    let exports: Vec<(String, InterfaceId)> = world.exports.iter().filter_map(|it| interface(&found, it)).collect();
    let ours = exports.iter().filter(|(name, _)| name.starts_with(PACKAGE));
    let mut roles = BTreeSet::new();
    for (name, id) in ours {
        let Some(wanted) = known.iter().find(|it| it.name == *name) else {
            misfits.push(format!("it exports {name}, which plugin API {api} does not have"));
            continue;
        };
        roles.insert(wanted.role);
        let differing = differences((&published, wanted.id), (&found, *id));
        misfits.extend(differing.into_iter().map(|what| format!("{name}: {what}")));
    }
    let exports_of = |role: Role| {
        let of_role: Vec<_> = known.iter().filter(|it| it.role == role).map(|it| it.name.as_str()).collect();
        match of_role.as_slice() {
            [] => format!("what plugin API {api} does not have"),
            names => names.join(" or "),
        }
    };
    let kind = manifest.kind;
    if !roles.contains(&Role::Kind(kind)) {
        let wanted = exports_of(Role::Kind(kind));
        misfits.push(format!("plugin.toml says kind = \"{kind}\", and it does not export {wanted}"));
    }
    for also in manifest.also.iter().filter(|also| !roles.contains(&Role::Also(**also))) {
        let wanted = exports_of(Role::Also(*also));
        misfits.push(format!("plugin.toml names \"{also}\" in `also`, and it does not export {wanted}"));
    }
    for role in roles {
        if let Role::Also(also) = role
            && !manifest.has(also)
        {
            misfits.push(format!("it exports {}, which `also` in plugin.toml does not name", exports_of(role)));
        }
    }
    Ok(misfits)
}

/// An interface that a plugin can export.
struct Exportable {
    name: String,
    id: InterfaceId,
    role: Role,
}

/// What a component is by exporting an interface.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Kind(PluginKind),
    Also(Also),
}

/// What exporting this world means: `records-plugin`, `channel-plugin`, and of `asking-renderer-plugin` the last word.
fn role(world: &str) -> Option<Role> {
    let name = world.strip_suffix("-plugin")?;
    let kind = || name.rsplit('-').next()?.parse().ok().map(Role::Kind);
    name.parse().ok().map(Role::Also).or_else(kind)
}

/// Everything that is published up to this version, and what of it plugins export.
fn published(api: ApiVersion) -> anyhow::Result<(Resolve, Vec<Exportable>)> {
    let versions: Vec<String> = PUBLISHED.iter().map(|(version, _)| version.to_string()).collect();
    anyhow::ensure!(
        PUBLISHED.iter().any(|(version, _)| *version == api),
        "there is no plugin API {api}; this host knows {}",
        versions.join(" and ")
    );
    let mut resolve = Resolve::default();
    for (version, text) in PUBLISHED.iter().filter(|(version, _)| version.major == api.major && *version <= api) {
        resolve.push_source(&format!("plugin-{version}.wit"), text)?;
    }
    let mut exportable = Vec::new();
    for (_, world) in &resolve.worlds {
        let Some(role) = role(&world.name) else { continue };
        let interfaces = world.exports.iter().filter_map(|it| interface(&resolve, it));
        exportable.extend(interfaces.map(|(name, id)| Exportable { name, id, role }));
    }
    Ok((resolve, exportable))
}

fn interface(resolve: &Resolve, (key, item): (&WorldKey, &WorldItem)) -> Option<(String, InterfaceId)> {
    match item {
        WorldItem::Interface { id, .. } => Some((resolve.name_world_key(key), *id)),
        WorldItem::Function(_) | WorldItem::Type { .. } => None,
    }
}

/// The names of all interfaces, with their packages.
fn interface_names(resolve: &Resolve) -> BTreeSet<String> {
    let named = resolve.interfaces.iter().filter(|(_, interface)| interface.name.is_some());
    named.filter_map(|(id, _)| resolve.id_of(id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugins::builtin::BUILTIN;

    fn checked(manifest: &str, component: &[u8], api: &str) -> Vec<String> {
        misfits(&toml::from_str(manifest).unwrap(), component, api.parse().unwrap()).unwrap()
    }

    #[test]
    fn every_embedded_plugin_fits_every_version_since_its_own() {
        for plugin in BUILTIN {
            let own: ApiVersion = toml::from_str::<Manifest>(plugin.manifest).unwrap().api.parse().unwrap();
            for (version, _) in PUBLISHED.into_iter().filter(|(version, _)| *version >= own) {
                assert_eq!(checked(plugin.manifest, plugin.component, &version.to_string()), [""; 0], "{}", plugin.id);
            }
        }
    }

    #[test]
    fn a_component_of_another_kind_is_told_apart() {
        let web_push = BUILTIN.iter().find(|plugin| plugin.id == "web-push").unwrap();
        let manifest = web_push.manifest.replace("kind = \"channel\"", "kind = \"provider\"");
        let told = checked(&manifest, web_push.component, "1.0");
        assert_eq!(
            told,
            ["plugin.toml says kind = \"provider\", and it does not export callpanion:plugin/provider@1.0.0"]
        );
    }

    #[test]
    fn what_also_names_is_exported_and_what_is_exported_is_named() {
        let fcm = BUILTIN.iter().find(|plugin| plugin.id == "fcm").unwrap();
        let line = fcm.manifest.lines().find(|line| line.starts_with("also = ")).unwrap();
        let told = checked(&fcm.manifest.replace(line, "also = [\"number-lookup\"]"), fcm.component, "1.2");
        assert_eq!(
            told,
            [
                "plugin.toml names \"number-lookup\" in `also`, and it does not export \
                 callpanion:plugin/number-lookup@1.2.0",
                "it exports callpanion:plugin/channel-check@1.2.0, which `also` in plugin.toml does not name",
            ]
        );
        let older = checked(fcm.manifest, fcm.component, "1.1");
        assert!(older.iter().any(|misfit| misfit.contains("made for plugin API 1.2.0")), "{older:?}");
        let worlds = [("records-plugin", false), ("asking-renderer-plugin", true), ("digest-renderer-plugin", false)];
        for (world, is_kind) in worlds {
            assert!(matches!(role(world), Some(Role::Kind(_))) == is_kind && role(world).is_some(), "{world}");
        }
        assert!(role("records").is_none() && role("a-plugin").is_none());
    }

    #[test]
    fn a_version_that_is_not_published_has_no_answer() {
        let fcm = BUILTIN.iter().find(|plugin| plugin.id == "fcm").unwrap();
        let manifest = toml::from_str(fcm.manifest).unwrap();
        for (api, said) in [("2.0", "there is no plugin API 2.0"), ("1.9.3", "knows 1.0 and 1.1 and 1.2")] {
            let error = misfits(&manifest, fcm.component, api.parse().unwrap()).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        assert_eq!("1".parse::<ApiVersion>(), Err(NoApiVersion));
        assert!(misfits(&manifest, b"\0asm", "1.0".parse().unwrap()).is_err());
    }
}
