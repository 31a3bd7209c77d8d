//! The store and its lock: what serves, what is gone back to, and what a crash or a hand leaves behind.

use std::collections::BTreeMap;
use std::thread;

use super::*;

#[test]
fn what_serves_is_recorded_once_and_what_served_is_kept() {
    let yard = Yard::new();
    let config = yard.of_file("unsigned = true");
    yard.write("1.0.0", "");
    assert_eq!(yard.serve(&config), "1.0.0");
    let text = yard.lock_text();
    assert!(text.starts_with("# Written by callpanion"), "{text}");
    assert!(text.contains("[plugins.bell]\nversion = \"1.0.0\"\ndigest = \""), "{text}");
    assert!(text.contains("since = \"2027-01-15T08:00:00Z\""), "{text}");
    let written = fs::metadata(yard.store.lock_file()).unwrap().modified().unwrap();
    yard.serve(&config);
    assert_eq!(fs::metadata(yard.store.lock_file()).unwrap().modified().unwrap(), written, "nobody is woken");

    for version in ["1.1.0", "1.2.0", "1.0.0"] {
        yard.write(version, "");
        assert_eq!(yard.serve(&config), version);
    }
    assert_eq!(yard.history(), history("1.0.0", false, &["1.2.0", "1.1.0"]), "a version stands in the list once");
    assert_eq!(yard.stored(), 3);
}

#[test]
fn list_of_versions_ends_and_the_files_of_the_oldest_go() {
    let yard = Yard::new();
    let config = yard.of_file("unsigned = true");
    for minor in 0..13 {
        yard.write(&format!("1.{minor}.0"), "");
        yard.serve(&config);
    }
    let (current, _, previous) = yard.history();
    assert_eq!((current.as_str(), previous.len(), yard.stored()), ("1.12.0", 10, 11));
    assert_eq!(previous.last().unwrap(), "1.2.0");
}

#[test]
fn file_is_rolled_back_step_by_step_until_it_changes() {
    let yard = Yard::new();
    let config = yard.of_file("unsigned = true");
    for version in ["1.0.0", "2.0.0", "3.0.0"] {
        yard.write(version, "");
        yard.serve(&config);
    }
    let rolled = yard.store.rollback("bell", &config).unwrap();
    assert_eq!((rolled.from.unwrap().version.as_str(), rolled.to.version.as_str()), ("3.0.0", "2.0.0"));
    assert_eq!(rolled.held, Some(yard.component()));
    assert_eq!(yard.serve(&config), "2.0.0");
    assert_eq!(yard.resolve(&config).unwrap().provenance().to_string(), format!("file:{}", yard.component().display()));
    yard.store.rollback("bell", &config).unwrap();
    assert_eq!(yard.history(), history("1.0.0", true, &[]));
    assert_eq!(yard.serve(&config), "1.0.0");
    let before = yard.lock_text();
    let error = yard.store.rollback("bell", &config).unwrap_err();
    assert!(error.to_string().contains("no earlier version of `bell`"), "{error}");
    assert_eq!(yard.lock_text(), before);

    fs::rename(yard.component(), yard.path("away")).unwrap();
    assert_eq!(yard.serve(&config), "1.0.0", "the bad file may be taken away");
    yard.write("4.0.0", "");
    assert_eq!(yard.serve(&config), "4.0.0", "another file takes over");
    assert_eq!(yard.history(), history("4.0.0", false, &["1.0.0"]));
}

#[test]
fn what_was_rolled_back_can_be_installed_again() {
    for in_file in [false, true] {
        let yard = Yard::new();
        let config = if in_file { yard.of_file("unsigned = true") } else { installed("unsigned = true") };
        for version in ["1.0.0", "2.0.0"] {
            yard.write(version, "");
            yard.install(Some(&config)).unwrap();
        }
        let aside = yard.store.rollback("bell", &config).unwrap().aside.unwrap();
        assert_eq!(yard.serve(&config), "1.0.0");
        install("bell", read_path(&aside).unwrap(), Some(&config), &yard.store).unwrap();
        assert_eq!(yard.serve(&config), "2.0.0");
        assert!(!yard.history().1, "nothing is held off");
    }
}

#[test]
fn file_that_never_served_is_rolled_back_alone() {
    let yard = Yard::new();
    let config = yard.of_file("unsigned = true");
    for version in ["1.0.0", "2.0.0"] {
        yard.write(version, "");
        yard.serve(&config);
    }
    yard.write("3.0.0-bad", "");
    let rolled = yard.store.rollback("bell", &config).unwrap();
    assert_eq!((rolled.from, rolled.to.version.as_str()), (None, "2.0.0"));
    assert_eq!(yard.serve(&config), "2.0.0");
    yard.store.rollback("bell", &config).unwrap();
    assert_eq!(yard.serve(&config), "1.0.0");
}

#[test]
fn plugin_that_is_rolled_back_while_it_loads_does_not_come_back() {
    let yard = Yard::new();
    let config = yard.of_file("unsigned = true");
    yard.write("1.0.0", "");
    yard.serve(&config);
    yard.write("2.0.0", "");
    let loading = yard.resolve(&config).unwrap();
    yard.store.rollback("bell", &config).unwrap();
    yard.store.loaded("bell", &loading).unwrap();
    assert_eq!(yard.history(), history("1.0.0", true, &[]));
    assert_eq!(yard.serve(&config), "1.0.0");
}

#[test]
fn rollback_to_what_the_section_does_not_want_changes_nothing() {
    let yard = Yard::new();
    yard.write("1.0.0", "");
    let former = yard.sign(OTHER_MAKER);
    yard.install(Some(&installed(&format!("signed_by = \"{former}\"")))).unwrap();
    yard.write("2.0.0", "");
    let key = yard.sign(MAKER);
    let config = installed(&format!("signed_by = \"{key}\""));
    yard.install(Some(&config)).unwrap();
    let pinned = installed(&format!("unsigned = true\nsha256 = \"{}\"", yard.locked().current.component_sha256));
    let before = yard.lock_text();
    assert!(matches!(yard.store.rollback("bell", &config), Err(PackageProblem::Signature { .. })));
    assert!(matches!(yard.store.rollback("bell", &pinned), Err(PackageProblem::Sha256 { .. })));
    let builtin = PluginConfig { source: "builtin:fcm".to_owned(), ..PluginConfig::default() };
    assert!(matches!(yard.store.rollback("bell", &builtin), Err(PackageProblem::RollbackBuiltin { .. })));
    assert!(matches!(yard.store.rollback("gong", &pinned), Err(PackageProblem::NothingBefore { .. })));
    assert_eq!(yard.lock_text(), before);
    yard.store.rollback("bell", &installed("unsigned = true")).unwrap();
    assert_eq!(yard.history(), history("1.0.0", false, &[]));
}

#[test]
fn stored_files_that_were_changed_do_not_load() {
    let config = installed("unsigned = true");
    for file in ["plugin.wasm", "plugin.toml", "both", "gone"] {
        let yard = Yard::new();
        yard.write("1.0.0", "");
        let digest = yard.install(Some(&config)).unwrap().version.digest;
        let folder = yard.path("plugins").join(digest.to_string());
        match file {
            "gone" => fs::remove_dir_all(&folder).unwrap(),
            "both" => ["plugin.wasm", "plugin.toml"].iter().for_each(|name| flip(&folder.join(name))),
            name => flip(&folder.join(name)),
        }
        let error = yard.resolve(&config).unwrap_err();
        assert!(matches!(error, PackageProblem::Damaged { .. }), "{file}: {error}");
        assert!(error.to_string().contains("changed after they were installed"), "{error}");
        yard.install(Some(&config)).unwrap();
        assert_eq!(yard.serve(&config), "1.0.0", "{file}: installing again mends it");
    }
}

#[test]
fn signature_in_the_store_is_checked_at_every_load() {
    let yard = Yard::new();
    yard.write("1.0.0", "");
    let key = yard.sign(MAKER);
    let config = installed(&format!("signed_by = \"{key}\""));
    let digest = yard.install(Some(&config)).unwrap().version.digest;
    assert_eq!(yard.resolve(&config).unwrap().signed_by(), Some(key.as_str()));
    fs::remove_file(yard.path("plugins").join(digest.to_string()).join("plugin.sig")).unwrap();
    assert!(matches!(yard.resolve(&config), Err(PackageProblem::SignatureMissing { .. })));
}

#[test]
fn lock_that_was_changed_by_hand_is_refused() {
    let config = installed("unsigned = true");
    let yard = Yard::new();
    yard.write("1.0.0", "");
    let digest = yard.install(Some(&config)).unwrap().version.digest.to_string();
    let good = yard.lock_text();
    let component = yard.locked().current.component_sha256.to_string();
    for (from, to, expected) in [
        (digest.as_str(), "ab".repeat(32), "was changed by hand"),
        (component.as_str(), "ab".repeat(32), "was changed by hand"),
        (digest.as_str(), "../../etc".to_owned(), "is damaged"),
        ("[plugins.bell]", "[plugins.bell".to_owned(), "is damaged"),
    ] {
        fs::write(yard.store.lock_file(), good.replace(from, &to)).unwrap();
        let error = yard.resolve(&config).unwrap_err().to_string();
        assert!(error.contains(expected), "{to}: {error}");
    }
    fs::write(yard.store.lock_file(), good).unwrap();
    assert!(yard.resolve(&config).is_ok());
}

#[test]
fn what_a_crash_left_is_not_seen_and_goes() {
    let yard = Yard::new();
    let config = installed("unsigned = true");
    yard.write("1.0.0", "");
    yard.install(Some(&config)).unwrap();
    // Between two writes of a file, of a folder, and between the folder and the lock that names it.
    let store = yard.path("plugins");
    fs::write(store.join(".new-plugins.lock"), "[plugins.be").unwrap();
    yard.write("2.0.0", "");
    let next = read_path(yard.folder.path()).unwrap().digest();
    for left in [format!(".new-{next}"), next.to_string(), "ab".repeat(32)] {
        fs::create_dir(store.join(&left)).unwrap();
        fs::write(store.join(left).join("plugin.wasm"), b"\0as").unwrap();
    }
    fs::write(store.join("notes.txt"), "the operator's own").unwrap();
    assert_eq!(yard.serve(&config), "1.0.0");
    yard.install(Some(&config)).unwrap();
    assert_eq!(yard.serve(&config), "2.0.0");
    assert_eq!(yard.stored(), 3, "two versions and the operator's own file");
}

#[test]
fn two_writers_take_turns() {
    let yard = Yard::new();
    yard.write("1.0.0", "");
    let package = read_path(yard.folder.path()).unwrap();
    thread::scope(|scope| {
        for writer in 0..8 {
            let (store, package) = (yard.store.clone(), package.clone());
            scope.spawn(move || {
                for turn in 0..5 {
                    install(&format!("bell-{writer}-{turn}"), package.clone(), None, &store).unwrap();
                }
            });
        }
    });
    assert_eq!(yard.lock_text().matches("\ndigest = ").count(), 40, "no entry was lost");

    let held = super::super::writing::guard(&yard.path("plugins")).unwrap().unwrap();
    let second = fs::File::open(yard.path("plugins/.writing")).unwrap();
    assert!(matches!(second.try_lock(), Err(fs::TryLockError::WouldBlock)));
    drop(held);
    second.try_lock().unwrap();
}

#[test]
fn files_that_decide_are_watched() {
    let yard = Yard::new();
    let configs = |pairs: &[(&str, PluginConfig)]| -> BTreeMap<String, PluginConfig> {
        pairs.iter().map(|(id, config)| ((*id).to_owned(), config.clone())).collect()
    };
    let builtin = ("fcm", PluginConfig::default());
    assert!(yard.store.watched(&configs(std::slice::from_ref(&builtin))).is_empty());
    let off = PluginConfig { enabled: false, ..installed("") };
    assert!(yard.store.watched(&configs(&[("off", off)])).is_empty());
    let watched = yard.store.watched(&configs(&[builtin, ("bell", yard.of_file("")), ("gong", installed(""))]));
    let mut expected =
        vec![yard.component(), yard.path("plugin.toml"), yard.path("plugin.sig"), yard.store.lock_file()];
    expected.sort();
    assert_eq!(watched, expected);
}
