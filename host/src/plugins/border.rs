//! The border as the host sees it: Rust types for the worlds of `plugin.wit`, and of what later versions added.
//! Every one of them is plain data: it can be compared, written down and read back.
#![allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic, reason = "generated from plugin.wit")]

pub mod channel {
    wasmtime::component::bindgen!({
        path: "../plugin-api/wit",
        world: "channel-plugin",
        exports: { default: async },
        additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
    });
}

pub mod provider {
    wasmtime::component::bindgen!({
        path: "../plugin-api/wit",
        world: "provider-plugin",
        exports: { default: async },
        with: { "callpanion:plugin/types": super::channel::callpanion::plugin::types },
        additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
    });
}

pub mod renderer {
    wasmtime::component::bindgen!({
        path: "../plugin-api/wit",
        world: "renderer-plugin",
        exports: { default: async },
        with: { "callpanion:plugin/types": super::channel::callpanion::plugin::types },
        additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
    });
}

pub use channel::callpanion::plugin::types;

pub mod channel_check {
    wasmtime::component::bindgen!({
        path: ["../plugin-api/wit", "../plugin-api/wit-1.2"],
        world: "callpanion:plugin/channel-check-plugin@1.2.0",
        exports: { default: async },
        with: { "callpanion:plugin/types@1.0.0": super::channel::callpanion::plugin::types },
        additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
    });
}

pub mod records {
    wasmtime::component::bindgen!({
        path: ["../plugin-api/wit", "../plugin-api/wit-1.2"],
        world: "callpanion:plugin/records-plugin@1.2.0",
        exports: { default: async },
        with: { "callpanion:plugin/types@1.0.0": super::channel::callpanion::plugin::types },
        additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
    });
}

pub mod provisioning {
    wasmtime::component::bindgen!({
        path: ["../plugin-api/wit", "../plugin-api/wit-1.2"],
        world: "callpanion:plugin/provisioning-plugin@1.2.0",
        exports: { default: async },
        with: { "callpanion:plugin/types@1.0.0": super::channel::callpanion::plugin::types },
        additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
    });
}

pub mod notifier {
    wasmtime::component::bindgen!({
        path: ["../plugin-api/wit", "../plugin-api/wit-1.2"],
        world: "callpanion:plugin/notifier-plugin@1.2.0",
        exports: { default: async },
        with: { "callpanion:plugin/types@1.0.0": super::channel::callpanion::plugin::types },
        additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
    });
}

pub mod number_lookup {
    wasmtime::component::bindgen!({
        path: ["../plugin-api/wit", "../plugin-api/wit-1.2"],
        world: "callpanion:plugin/number-lookup-plugin@1.2.0",
        exports: { default: async },
        with: { "callpanion:plugin/types@1.0.0": super::channel::callpanion::plugin::types },
        additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
    });
}

pub mod digest_renderer {
    wasmtime::component::bindgen!({
        path: ["../plugin-api/wit", "../plugin-api/wit-1.2"],
        world: "callpanion:plugin/digest-renderer-plugin@1.2.0",
        exports: { default: async },
        with: { "callpanion:plugin/types@1.0.0": super::channel::callpanion::plugin::types },
        additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
    });
}

/// What version 1.1 added. Interfaces keep the version that they were frozen with, so this one has a name of its own; its
/// types are those of the renderer. A second `bindgen!` could not share them.
pub mod asking {
    use wasmtime::component::{ComponentType, Lift};

    use super::renderer::exports::callpanion::plugin::renderer::Rendering;
    use super::types::{Failure, Request};

    /// The interface, as a component that has it exports it.
    pub const INTERFACE: &str = "callpanion:plugin/asking-renderer@1.1.0";

    #[derive(Clone, Debug, ComponentType, Lift)]
    #[component(variant)]
    pub enum RenderStep {
        #[component(name = "request")]
        Request(Vec<Request>),
        #[component(name = "done")]
        Done(Rendering),
        #[component(name = "failed")]
        Failed(Failure),
    }
}
