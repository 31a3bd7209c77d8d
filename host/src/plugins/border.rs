//! The border as the host sees it: Rust types for the three worlds of `plugin.wit`.
#![allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic, reason = "generated from plugin.wit")]

pub(super) mod channel {
    wasmtime::component::bindgen!({
        path: "../plugin-api/wit",
        world: "channel-plugin",
        exports: { default: async },
    });
}

pub(super) mod provider {
    wasmtime::component::bindgen!({
        path: "../plugin-api/wit",
        world: "provider-plugin",
        exports: { default: async },
        with: { "callpanion:plugin/types": super::channel::callpanion::plugin::types },
    });
}

pub(super) mod renderer {
    wasmtime::component::bindgen!({
        path: "../plugin-api/wit",
        world: "renderer-plugin",
        exports: { default: async },
        with: { "callpanion:plugin/types": super::channel::callpanion::plugin::types },
    });
}

pub(super) use channel::callpanion::plugin::types;
