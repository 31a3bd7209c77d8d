//! The devices of one callee.

use serde::Serialize;

use super::super::samples::{NOW, callee_id, device};
use super::super::{CodeCard, DeviceLine, DeviceMark, Page};
use crate::domain::CalleeId;
use crate::domain::DevicePlatform;

/// `/callees/{id}/devices`. Forms, none of which sends a field: POST `/callees/{id}/pairing-codes`, and
/// `/devices/{id}/confirm`, `/decline`, `/unpair`. Live part: `devices`.
#[derive(Clone, Debug, Serialize)]
pub struct DevicesPage {
    /// Whose devices.
    pub callee_id: CalleeId,
    /// Their name.
    pub callee_name: String,
    /// The code that waits for a device.
    pub code: Option<CodeCard>,
    /// The devices, those that wait for a yes first.
    pub devices: Vec<DeviceLine>,
    /// Whether the reader may change anything.
    pub may_edit: bool,
}

impl Page for DevicesPage {
    const TEMPLATE: &'static str = "devices";
    const FRAGMENTS: &'static [&'static str] = &["devices"];

    fn samples() -> Vec<Self> {
        let page = |code, devices| Self {
            callee_id: callee_id(1),
            callee_name: "Ibu Sari".to_owned(),
            code,
            devices,
            may_edit: true,
        };
        let mut old = device(4, "Firefox on Linux", DevicePlatform::Browser, DeviceMark::Unpaired);
        old.seen_at = None;
        old.app_version = None;
        let all = vec![
            device(1, "iPhone SE", DevicePlatform::Ios, DeviceMark::Claimed),
            device(2, "Galaxy A15", DevicePlatform::Android, DeviceMark::Paired),
            device(3, "Galaxy Tab A9", DevicePlatform::Android, DeviceMark::Silent),
            device(5, "Redmi 12", DevicePlatform::Android, DeviceMark::Unreachable),
            old,
        ];
        let code = CodeCard::new("482913", "https://calls.example/pair#482913", NOW.plus_secs(540), NOW);
        vec![page(None, all.clone()), page(Some(code), Vec::new()), Self { may_edit: false, ..page(None, all) }]
    }
}
