//! Proof that the emulators are as strict as they say, driven over the wire.

mod apns;
mod eleven;
mod fcm;
mod phones;
mod push_service;
mod talks;
mod twilio;

use std::sync::Arc;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::{ManualTime, World, WorldConfig};

/// 2026-11-18 00:20:00 UTC.
const START_MS: i64 = 1_794_961_200_000;

async fn world() -> Result<(World, Arc<ManualTime>)> {
    let time = Arc::new(ManualTime::new(START_MS));
    let world = World::start(WorldConfig::new(time.clone())).await?;
    // Where no test listens: events count as not delivered, not as unexpected.
    world.set_webhook_url("http://127.0.0.1:9/none");
    Ok((world, time))
}

fn now_s(time: &ManualTime) -> i64 {
    use crate::Time as _;
    time.now_ms() / 1000
}

/// header.claims of a JWT, not yet signed.
fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// The DER inside a PEM.
fn der(pem: &str) -> Result<Vec<u8>> {
    let text: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    base64::engine::general_purpose::STANDARD.decode(text).context("PEM")
}
