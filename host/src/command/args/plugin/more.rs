//! What `--help` says after the options of `callpanion plugin …`: examples and exit codes.

pub(super) const LIST: &str = "\
Example:
  callpanion plugin list --config callpanion.toml

Exit codes: 0 listed, 1 a plugin cannot be loaded, 2 wrong command line, 3 wrong configuration";

pub(super) const SHOW: &str = "\
Examples:
  callpanion plugin show fcm --config callpanion.toml
  callpanion plugin show ./bell/bell.wasm

Exit codes: 0 it would load (once it is switched on, if it is off), or is not configured yet,
1 it will not load, 2 wrong command line, 3 wrong configuration or no such plugin";

pub(super) const INSTALL: &str = "\
Examples:
  callpanion plugin install ./bell.wasm --config callpanion.toml
  callpanion plugin install oci://registry.example/plugins/bell@sha256:… --config callpanion.toml

Exit codes: 0 installed, 1 refused, nothing changed, 2 wrong command line, 3 wrong configuration";

pub(super) const ROLLBACK: &str = "\
Example:
  callpanion plugin rollback bell --config callpanion.toml

Exit codes: 0 gone back, or the file held off, 1 refused, nothing changed,
2 wrong command line, 3 wrong configuration";

pub(super) const REPLAY: &str = "\
Examples:
  callpanion plugin replay data/recordings/fcm/*.json --config callpanion.toml
  callpanion plugin replay ring.json --plugin ./bell.wasm

Exit codes: 0 the same, byte for byte, 1 something differs or failed, 2 wrong command line, 3 wrong configuration";

pub(super) const NEW: &str = "\
Examples:
  callpanion plugin new --kind channel --lang rust my-bell
  callpanion plugin new --kind renderer --lang python my-summary

Exit codes: 0 written, 1 refused, 2 wrong command line";

pub(super) const DEV: &str = "\
Examples:
  callpanion plugin dev .
  callpanion plugin dev my-bell --listen 127.0.0.1:9000

Exit codes: 0 stopped cleanly, 1 failed, 2 wrong command line, 3 wrong configuration";

pub(super) const TEST: &str = "\
Examples:
  callpanion plugin test .
  callpanion plugin test bell.wasm --samples my-bell --level gold
  callpanion plugin test builtin:fcm --json

Exit codes: 0 the level is reached, 1 it is not, or the plugin does not load, 2 wrong command line";

pub(super) const CHECK: &str = "\
Example:
  callpanion plugin check my-bell --api 1.0

Exit codes: 0 it fits, 1 it does not, 2 wrong command line";

pub(super) const SIGN: &str = "\
Example:
  callpanion plugin sign my-bell --key maker.pem

Exit codes: 0 signed, 1 refused, 2 wrong command line";
