//! The agreement, from both sides: what is asked, what is granted, and what a new version asks for on top.

use super::*;

const MANIFEST: &str = r#"
    id = "bell"
    kind = "provider"
    api = "1.0.0"
    version = "0.1.0"
    name = "Bell"
    purpose = "Rings a bell."
    processing_country = "NL"
    [[hosts]]
    setting = "base_url"
    reason = "to ring"
    [[credentials]]
    name = "key"
    kind = "bearer"
    reason = "to be let in"
    [[data]]
    what = "transcript"
    reason = "To know what was said."
    [settings.base_url]
    type = "string"
    default = "https://bell.example/v1"
    [settings.volume]
    type = "integer"
    required = true
    help = "how loud"
"#;

/// Grants and credentials for more than the manifest asks for, so that a test can make it ask for one thing more.
const GRANTED: &str = r#"
    settings = { volume = 3 }
    [grants]
    hosts = ["https://bell.example", "http://127.0.0.1:7000"]
    credentials = ["key", "secret"]
    data = ["transcript", "health"]
    [credentials.key]
    kind = "bearer"
    value = "x"
    [credentials.spare]
    kind = "bearer"
    value = "y"
    [credentials.secret]
    kind = "hmac-secret"
    value = "z"
"#;

fn manifest(text: &str) -> Manifest {
    let manifest: Manifest = toml::from_str(text).unwrap();
    manifest.check().unwrap();
    manifest
}

fn config(text: &str) -> PluginConfig {
    toml::from_str(text).unwrap()
}

fn refusal(manifest_text: &str, config_text: &str) -> String {
    agree("bell", &manifest(manifest_text), &config(config_text)).unwrap_err().to_string()
}

#[test]
fn what_both_sides_say_holds_and_no_more() {
    let agreement = agree("bell", &manifest(MANIFEST), &config(GRANTED)).unwrap();
    let origins: Vec<_> = agreement.origins.iter().map(ToString::to_string).collect();
    assert_eq!(origins, ["https://bell.example"]);
    assert_eq!(agreement.settings["base_url"], "https://bell.example/v1");
    assert_eq!(agreement.settings["volume"], 3);
    assert!(agreement.credentials.contains_key("key"));
    assert_eq!(agreement.data, BTreeSet::from([DataKind::Transcript]));
}

#[test]
fn setting_may_lead_to_several_hosts_and_each_wants_its_grant() {
    let several = MANIFEST.replace("https://bell.example/v1", " https://bell.example/v1  https://gong.example ");
    let said = refusal(&several, GRANTED);
    assert!(said.contains("add \"https://gong.example\" to `hosts` in [plugins.bell.grants]"), "{said}");
    let granted = GRANTED.replacen("\"http://127.0.0.1:7000\"", "\"https://gong.example\"", 1);
    let agreement = agree("bell", &manifest(&several), &config(&granted)).unwrap();
    let origins: Vec<_> = agreement.origins.iter().map(ToString::to_string).collect();
    assert_eq!(origins, ["https://bell.example", "https://gong.example"]);
}

#[test]
fn every_disagreement_names_the_line_to_write() {
    for (from, to, line) in [
        ("\"https://bell.example\", ", "", "add \"https://bell.example\" to `hosts` in [plugins.bell.grants]"),
        ("hosts = [\"https://bell.example\"", "hosts = [\"bell.example\", \"https://bell.example\"", "grants.hosts"),
        ("[\"key\", ", "[", "add \"key\" to `credentials` in [plugins.bell.grants]"),
        ("[\"key\", ", "[", "[plugins.bell.credentials.key] with kind = \"bearer\""),
        ("kind = \"bearer\"\n    value = \"x\"", "kind = \"hmac-secret\"", "kind` must be \"bearer\""),
        ("[credentials.key]", "[credentials.kye]", "describe it in [plugins.bell.credentials.key]"),
        ("\"transcript\", ", "", "add \"transcript\" to `data` in [plugins.bell.grants]"),
        ("volume = 3", "", "plugins.bell.settings.volume` is missing: how loud"),
        ("volume = 3", "volume = \"3\"", "must be of type integer"),
        ("volume = 3", "volume = 3, colour = 1", "knows base_url, volume"),
        ("volume = 3", "volume = 3, base_url = \"bell\"", "must be an https or http URL"),
        ("volume = 3", "volume = 3, base_url = \"http://10.0.0.7\"", "add \"http://10.0.0.7\" to `hosts`"),
        (
            "volume = 3",
            "volume = 3, base_url = \"http://10.0.0.7\"",
            "private_addresses = true in [plugins.bell.grants]",
        ),
    ] {
        assert!(GRANTED.contains(from), "{from}");
        let said = refusal(MANIFEST, &GRANTED.replacen(from, to, 1));
        assert!(said.contains(line), "{said}");
    }
}

#[test]
fn silence_grants_nothing_and_all_that_is_missing_is_told_at_once() {
    let said = refusal(MANIFEST, "settings = { volume = 1 }");
    for part in ["in 3 places", "https://bell.example (to ring)", "\"key\" (to be let in)", "(To know what was said)"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(said.contains("what was said in the talks, word for word"), "{said}");
}

/// A second version asks for more than the first: with the grants of before it does not load, and says `says`; with
/// `before` replaced by `after` in them it does.
fn grows(more: &str, (before, after): (&str, &str), says: &str) {
    agree("bell", &manifest(MANIFEST), &config(GRANTED)).unwrap();
    let grown = MANIFEST.replace("0.1.0", "0.2.0") + more;
    assert_eq!(refusal(&grown, GRANTED), says);
    assert!(GRANTED.contains(before), "{before}");
    agree("bell", &manifest(&grown), &config(&GRANTED.replacen(before, after, 1))).unwrap();
}

#[test]
fn version_that_wants_a_new_host_waits_for_its_grant() {
    grows(
        "[[hosts]]\nsetting = \"echo_url\"\nreason = \"Listens.\"\n\
         [settings.echo_url]\ntype = \"string\"\ndefault = \"https://echo.example\"",
        ("\"http://127.0.0.1:7000\"", "\"https://echo.example\""),
        "the plugin asks to talk to https://echo.example (Listens), which is not granted. To allow it, add \
         \"https://echo.example\" to `hosts` in [plugins.bell.grants]",
    );
}

#[test]
fn version_that_moves_into_the_private_network_waits_for_its_grant() {
    grows(
        "[[hosts]]\nsetting = \"echo_url\"\nreason = \"Listens.\"\n\
         [settings.echo_url]\ntype = \"string\"\ndefault = \"http://127.0.0.1:7000\"",
        ("[grants]", "[grants]\nprivate_addresses = true"),
        "the plugin would talk to http://127.0.0.1:7000, inside your own network, which is not granted. To allow it, \
         write private_addresses = true in [plugins.bell.grants]",
    );
}

#[test]
fn version_that_wants_a_new_credential_waits_for_its_grant() {
    grows(
        "[[credentials]]\nname = \"spare\"\nkind = \"bearer\"\nreason = \"Opens the cellar.\"",
        ("[\"key\", ", "[\"key\", \"spare\", "),
        "the plugin asks for the credential \"spare\" (Opens the cellar), which is not granted. To allow it, add \
         \"spare\" to `credentials` in [plugins.bell.grants], and describe it in [plugins.bell.credentials.spare] with \
         kind = \"bearer\"",
    );
}

#[test]
fn version_that_wants_webhooks_waits_for_its_grant() {
    grows(
        "[[credentials]]\nname = \"secret\"\nkind = \"hmac-secret\"\nreason = \"Proves the sender.\"\n\
         [webhook]\nreason = \"Learns when a talk is over.\"\nscheme = \"hmac-sha256-timestamped\"\n\
         header = \"x-signature\"\ncredential = \"secret\"\ntolerance_s = 60",
        ("[grants]", "[grants]\nwebhooks = true"),
        "the plugin asks to be handed webhooks (Learns when a talk is over), which is not granted. To allow it, write \
         webhooks = true in [plugins.bell.grants]",
    );
}

#[test]
fn version_that_wants_to_be_shown_more_waits_for_its_grant() {
    grows(
        "[[data]]\nwhat = \"profile\"\nreason = \"Greets by name.\"",
        ("\"health\"", "\"profile\""),
        "the plugin asks to be shown the profile (Greets by name), which is not granted. That is name, \
         language and interests of the person who is called, and the last talk's headline. To allow it, add \"profile\" to `data` \
         in [plugins.bell.grants]",
    );
}
