//! The generated side of the border: one module per world, made from `wit`, `wit-1.1` and `wit-1.2`.
//!
//! The modules of this crate walk in and re-export the types under plain names; authors never come
//! here. Types that several worlds share exist once, so a `Turn` is a `Turn` in both its worlds.
#![allow(missing_docs, clippy::all, clippy::pedantic)]

/// World `channel-plugin`, and the home of `types`.
pub mod channel {
    wit_bindgen::generate!({
        world: "channel-plugin",
        path: "wit",
        pub_export_macro: true,
        export_macro_name: "export_channel",
        default_bindings_module: "callpanion_plugin_api::bindings::channel",
        runtime_path: "::callpanion_plugin_api::rt",
        additional_derives: [PartialEq],
    });
}

/// World `provider-plugin`.
pub mod provider {
    wit_bindgen::generate!({
        world: "provider-plugin",
        path: "wit",
        pub_export_macro: true,
        export_macro_name: "export_provider",
        default_bindings_module: "callpanion_plugin_api::bindings::provider",
        runtime_path: "::callpanion_plugin_api::rt",
        additional_derives: [PartialEq],
        with: {
            "callpanion:plugin/types@1.0.0": crate::bindings::channel::callpanion::plugin::types,
        },
    });
}

/// World `renderer-plugin`.
pub mod renderer {
    wit_bindgen::generate!({
        world: "renderer-plugin",
        path: "wit",
        pub_export_macro: true,
        export_macro_name: "export_renderer",
        default_bindings_module: "callpanion_plugin_api::bindings::renderer",
        runtime_path: "::callpanion_plugin_api::rt",
        additional_derives: [PartialEq],
        with: {
            "callpanion:plugin/types@1.0.0": crate::bindings::channel::callpanion::plugin::types,
            "callpanion:plugin/provider@1.0.0":
                crate::bindings::provider::exports::callpanion::plugin::provider,
        },
    });
}

/// World `asking-renderer-plugin`, of API 1.1.
pub mod asking {
    wit_bindgen::generate!({
        world: "callpanion:plugin/asking-renderer-plugin@1.1.0",
        path: ["wit", "wit-1.1"],
        pub_export_macro: true,
        export_macro_name: "export_asking_renderer",
        default_bindings_module: "callpanion_plugin_api::bindings::asking",
        runtime_path: "::callpanion_plugin_api::rt",
        additional_derives: [PartialEq],
        with: {
            "callpanion:plugin/types@1.0.0": crate::bindings::channel::callpanion::plugin::types,
            "callpanion:plugin/provider@1.0.0":
                crate::bindings::provider::exports::callpanion::plugin::provider,
            "callpanion:plugin/renderer@1.0.0":
                crate::bindings::renderer::exports::callpanion::plugin::renderer,
        },
    });
}

/// World `channel-check-plugin`, of API 1.2.
pub mod channel_check {
    wit_bindgen::generate!({
        world: "callpanion:plugin/channel-check-plugin@1.2.0",
        path: ["wit", "wit-1.2"],
        pub_export_macro: true,
        export_macro_name: "export_channel_check",
        default_bindings_module: "callpanion_plugin_api::bindings::channel_check",
        runtime_path: "::callpanion_plugin_api::rt",
        additional_derives: [PartialEq],
        with: {
            "callpanion:plugin/types@1.0.0": crate::bindings::channel::callpanion::plugin::types,
            "callpanion:plugin/provider@1.0.0":
                crate::bindings::provider::exports::callpanion::plugin::provider,
        },
    });
}

/// World `records-plugin`, of API 1.2.
pub mod records {
    wit_bindgen::generate!({
        world: "callpanion:plugin/records-plugin@1.2.0",
        path: ["wit", "wit-1.2"],
        pub_export_macro: true,
        export_macro_name: "export_records",
        default_bindings_module: "callpanion_plugin_api::bindings::records",
        runtime_path: "::callpanion_plugin_api::rt",
        additional_derives: [PartialEq],
        with: {
            "callpanion:plugin/types@1.0.0": crate::bindings::channel::callpanion::plugin::types,
        },
    });
}

/// World `provisioning-plugin`, of API 1.2.
pub mod provisioning {
    wit_bindgen::generate!({
        world: "callpanion:plugin/provisioning-plugin@1.2.0",
        path: ["wit", "wit-1.2"],
        pub_export_macro: true,
        export_macro_name: "export_provisioning",
        default_bindings_module: "callpanion_plugin_api::bindings::provisioning",
        runtime_path: "::callpanion_plugin_api::rt",
        additional_derives: [PartialEq],
        with: {
            "callpanion:plugin/types@1.0.0": crate::bindings::channel::callpanion::plugin::types,
        },
    });
}

/// World `notifier-plugin`, of API 1.2.
pub mod notifier {
    wit_bindgen::generate!({
        world: "callpanion:plugin/notifier-plugin@1.2.0",
        path: ["wit", "wit-1.2"],
        pub_export_macro: true,
        export_macro_name: "export_notifier",
        default_bindings_module: "callpanion_plugin_api::bindings::notifier",
        runtime_path: "::callpanion_plugin_api::rt",
        additional_derives: [PartialEq],
        with: {
            "callpanion:plugin/types@1.0.0": crate::bindings::channel::callpanion::plugin::types,
            "callpanion:plugin/channel@1.0.0":
                crate::bindings::channel::exports::callpanion::plugin::channel,
        },
    });
}

/// World `number-lookup-plugin`, of API 1.2.
pub mod number_lookup {
    wit_bindgen::generate!({
        world: "callpanion:plugin/number-lookup-plugin@1.2.0",
        path: ["wit", "wit-1.2"],
        pub_export_macro: true,
        export_macro_name: "export_number_lookup",
        default_bindings_module: "callpanion_plugin_api::bindings::number_lookup",
        runtime_path: "::callpanion_plugin_api::rt",
        additional_derives: [PartialEq],
        with: {
            "callpanion:plugin/types@1.0.0": crate::bindings::channel::callpanion::plugin::types,
        },
    });
}

/// World `digest-renderer-plugin`, of API 1.2.
pub mod digest_renderer {
    wit_bindgen::generate!({
        world: "callpanion:plugin/digest-renderer-plugin@1.2.0",
        path: ["wit", "wit-1.2"],
        pub_export_macro: true,
        export_macro_name: "export_digest_renderer",
        default_bindings_module: "callpanion_plugin_api::bindings::digest_renderer",
        runtime_path: "::callpanion_plugin_api::rt",
        additional_derives: [PartialEq],
        with: {
            "callpanion:plugin/types@1.0.0": crate::bindings::channel::callpanion::plugin::types,
        },
    });
}
