//! Whom the operator believes: every way in which files, signature and words can disagree.

use super::*;

#[test]
fn what_was_changed_after_it_was_signed_is_refused() {
    let yard = Yard::new();
    yard.write("1.0.0", "");
    let key = yard.sign(MAKER);
    let config = yard.of_file(&format!("signed_by = \"{key}\""));
    let good = yard.resolve(&config).unwrap();
    assert_eq!(good.signed_by(), Some(key.as_str()));
    for (file, expected) in [
        ("bell.wasm", "another key, or for another plugin.toml or component"),
        ("plugin.toml", "another key, or for another plugin.toml or component"),
        ("plugin.sig", "signature"),
    ] {
        yard.write("1.0.0", "");
        yard.sign(MAKER);
        flip(&yard.path(file));
        let error = yard.resolve(&config).unwrap_err();
        assert!(matches!(error, PackageProblem::Signature { .. }), "{file}: {error}");
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains(expected), "{file}: {source}");
    }
}

#[test]
fn each_word_of_the_operator_is_kept_to() {
    let yard = Yard::new();
    yard.write("1.0.0", "");
    let other = yard.sign(OTHER_MAKER);
    let key = yard.sign(MAKER);
    let good = digest_of(&yard);
    let wrong = "ab".repeat(32);
    for (words, signed, expected) in [
        (format!("signed_by = \"{key}\""), true, None),
        (format!("signed_by = \" {key} \"\nsha256 = \" {good} \""), true, None),
        ("unsigned = true".to_owned(), true, None),
        ("unsigned = true".to_owned(), false, None),
        (format!("unsigned = true\nsha256 = \"{}\"", good.to_uppercase()), false, None),
        (String::new(), true, Some("signed_by = \"…\"` in [plugins.bell], or `unsigned = true`")),
        (String::new(), false, Some("signed_by = \"…\"` in [plugins.bell], or `unsigned = true`")),
        ("unsigned = false".to_owned(), false, Some("nothing says why to believe it")),
        (format!("signed_by = \"{key}\""), false, Some("no plugin.sig came with it")),
        (format!("signed_by = \"{other}\""), true, Some("is not what the owner of")),
        (format!("signed_by = \"{key}\"\nunsigned = true"), true, Some("contradict each other")),
        ("signed_by = \"\"".to_owned(), true, Some("`plugins.bell.signed_by` is wrong")),
        ("signed_by = \"AAAA\"".to_owned(), true, Some("`plugins.bell.signed_by` is wrong")),
        (format!("signed_by = \"{key}\"\nsha256 = \"{wrong}\""), true, Some(good.as_str())),
        (format!("unsigned = true\nsha256 = \"{wrong}\""), true, Some(good.as_str())),
        ("unsigned = true\nsha256 = \"abc\"".to_owned(), true, Some(good.as_str())),
    ] {
        yard.write("1.0.0", "");
        if signed {
            yard.sign(MAKER);
        }
        let told = yard.resolve(&yard.of_file(&words)).map_err(|error| error.to_string());
        match (told, expected) {
            (Ok(_), None) => {}
            (Err(text), Some(expected)) => assert!(text.contains(expected), "{words}: {text}"),
            (told, _) => panic!("{words}: {told:?}"),
        }
    }
}

fn digest_of(yard: &Yard) -> String {
    read_path(&yard.component()).unwrap().component_sha256().to_string()
}

#[test]
fn what_comes_with_the_program_needs_no_word() {
    let config = PluginConfig::default();
    let package = resolve("fcm", &config, None).unwrap();
    assert_eq!((package.provenance(), package.signed_by()), (&Provenance::Builtin("fcm"), None));
    assert!(package.component().starts_with(b"\0asm"));
    let keyed = PluginConfig { signed_by: Some("x".to_owned()), ..config.clone() };
    assert!(matches!(resolve("fcm", &keyed, None), Err(PackageProblem::BuiltinKey { .. })));
    let pinned = PluginConfig { sha256: Some("00".repeat(32)), ..config };
    assert!(matches!(resolve("fcm", &pinned, None), Err(PackageProblem::Sha256 { .. })));
}

#[test]
fn source_that_leads_nowhere_names_what_there_is() {
    for source in ["builtin:nope", "file:", "installed:bell", "https://x.example/x.wasm", "x.wasm"] {
        let config = PluginConfig { source: source.to_owned(), unsigned: true, ..PluginConfig::default() };
        let error = resolve("bell", &config, None).unwrap_err().to_string();
        assert!(error.contains(source) && error.contains("fcm") && error.contains("installed"), "{error}");
    }
    let config = PluginConfig { source: "installed".to_owned(), unsigned: true, ..PluginConfig::default() };
    assert!(matches!(resolve("bell", &config, None), Err(PackageProblem::NotInstalled { .. })));
    assert!(matches!(Yard::new().resolve(&config), Err(PackageProblem::NotInstalled { .. })));
}

#[test]
fn digest_depends_on_both_files_and_on_nothing_else() {
    let yard = Yard::new();
    yard.write("1.0.0", "");
    let first = read_path(&yard.component()).unwrap().digest();
    yard.sign(MAKER);
    assert_eq!(read_path(yard.folder.path()).unwrap().digest(), first, "a signature is no part of what is signed");
    flip(&yard.path("plugin.toml"));
    let second = read_path(&yard.component()).unwrap().digest();
    flip(&yard.path("plugin.toml"));
    flip(&yard.component());
    let third = read_path(&yard.component()).unwrap().digest();
    assert!(first != second && second != third && first != third);
}

#[test]
fn files_that_are_no_package_are_named() {
    let yard = Yard::new();
    let told = |path: &Path| read_path(path).unwrap_err().to_string();
    assert!(told(yard.folder.path()).contains("holds 0 files"));
    yard.write("1.0.0", "");
    fs::write(yard.path("second.wasm"), b"").unwrap();
    assert!(told(yard.folder.path()).contains("holds 2 files"));
    fs::write(yard.path("plugin.sig"), vec![b'A'; 2000]).unwrap();
    assert!(told(&yard.component()).contains("longer than 1024 bytes"));
    fs::write(yard.path("plugin.toml"), b"\xff").unwrap();
    assert!(told(&yard.component()).contains("plugin.toml is not UTF-8"));
    fs::remove_file(yard.path("plugin.toml")).unwrap();
    assert!(told(&yard.component()).contains("plugin.toml"));
}

#[test]
fn signing_says_which_file_is_wrong() {
    let yard = Yard::new();
    yard.write("1.0.0", "");
    let key = yard.path("key.pem");
    let error = sign(&yard.component(), &key).unwrap_err().to_string();
    assert!(error.contains("key.pem"), "{error}");
    fs::write(&key, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n").unwrap();
    let error = sign(&yard.component(), &key).unwrap_err();
    assert!(matches!(error, SignProblem::Key { .. }), "{error}");
    assert!(!yard.path("plugin.sig").exists());
}
