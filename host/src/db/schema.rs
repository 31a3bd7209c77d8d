//! The tables as diesel sees them: one description for both engines.
//!
//! A test holds both folders of migrations against it.
#![allow(missing_docs, reason = "the macro writes items that have no place for docs")]

diesel::table! {
    accounts (id) {
        id -> Binary,
        email -> Text,
        name -> Text,
        password_hash -> Text,
        locale -> Text,
        zone -> Text,
        staff_role -> Nullable<Text>,
        confirmed_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> Binary,
        account_id -> Binary,
        secret_hash -> Binary,
        created_at -> BigInt,
        last_seen_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    links (secret_hash) {
        secret_hash -> Binary,
        account_id -> Nullable<Binary>,
        purpose -> Text,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    sealing_keys (name) {
        name -> Text,
        first_used_at -> BigInt,
    }
}

diesel::table! {
    installation_keys (name) {
        name -> Text,
        secret -> Text,
        made_at -> BigInt,
    }
}

diesel::table! {
    throttles (name) {
        name -> Text,
        count -> Integer,
        resets_at -> BigInt,
    }
}

diesel::table! {
    families (id) {
        id -> Binary,
        name -> Text,
        call_method -> Nullable<Text>,
        onboarded_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    members (family_id, account_id) {
        family_id -> Binary,
        account_id -> Binary,
        role -> Text,
        joined_at -> BigInt,
        contact_order -> Nullable<Integer>,
    }
}

diesel::table! {
    callees (id) {
        id -> Binary,
        family_id -> Binary,
        name -> Text,
        address_form -> Text,
        language -> Text,
        zone -> Text,
        call_method -> Text,
        phone -> Nullable<Text>,
        interests -> Text,
        consent_text -> Nullable<Text>,
        consent_by -> Nullable<Binary>,
        consent_at -> Nullable<BigInt>,
        created_at -> BigInt,
        tries -> Nullable<Integer>,
        retry_after_s -> Nullable<Integer>,
        digest_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    slots (id) {
        id -> Binary,
        callee_id -> Binary,
        slot_no -> Integer,
        local_time -> Text,
        weekdays -> Integer,
        enabled -> Bool,
        next_at -> Nullable<BigInt>,
        next_date -> Nullable<Text>,
        since -> BigInt,
    }
}

diesel::table! {
    past_slots (callee_id, slot_no, until) {
        callee_id -> Binary,
        slot_no -> Integer,
        local_time -> Text,
        weekdays -> Integer,
        zone -> Text,
        since -> BigInt,
        until -> BigInt,
    }
}

diesel::table! {
    devices (id) {
        id -> Binary,
        callee_id -> Binary,
        family_id -> Binary,
        name -> Text,
        platform -> Nullable<Text>,
        state -> Text,
        secret_hash -> Binary,
        app_version -> Nullable<Text>,
        battery_percent -> Nullable<Integer>,
        network -> Nullable<Text>,
        claimed_at -> BigInt,
        confirmed_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        last_seen_at -> BigInt,
        acknowledges -> Bool,
    }
}

diesel::table! {
    push_addresses (id) {
        id -> Binary,
        device_id -> Binary,
        channel -> Text,
        address -> Text,
        environment -> Text,
        registered_at -> BigInt,
        gone_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    pairings (id) {
        id -> Binary,
        callee_id -> Binary,
        code -> Nullable<Text>,
        issued_by -> Binary,
        issued_at -> BigInt,
        expires_at -> BigInt,
        device_id -> Nullable<Binary>,
        closed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    calls (id) {
        id -> Binary,
        family_id -> Binary,
        callee_id -> Binary,
        slot_no -> Integer,
        local_date -> Text,
        call_method -> Text,
        state -> Text,
        reason -> Nullable<Text>,
        due_at -> BigInt,
        ring_at -> BigInt,
        expires_at -> BigInt,
        tries -> Integer,
        device_id -> Nullable<Binary>,
        answered_at -> Nullable<BigInt>,
        joined_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        duration_s -> Nullable<Integer>,
        mood_score -> Nullable<Integer>,
        check_at -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    ring_attempts (id) {
        id -> Binary,
        call_id -> Binary,
        try_no -> Integer,
        channel -> Text,
        ahead -> Bool,
        device_id -> Nullable<Binary>,
        push_address_id -> Nullable<Binary>,
        address -> Text,
        environment -> Text,
        group_id -> Binary,
        state -> Text,
        reason -> Nullable<Text>,
        ring_at -> BigInt,
        expires_at -> BigInt,
        act_at -> Nullable<BigInt>,
        owner -> Nullable<Binary>,
        fence -> Integer,
        lease_until -> Nullable<BigInt>,
        sends -> Integer,
        reference -> Nullable<Text>,
        recipient -> Nullable<Text>,
        sent_at -> Nullable<BigInt>,
        accepted_at -> Nullable<BigInt>,
        rang_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    conversations (provider, provider_ref) {
        provider -> Text,
        provider_ref -> Text,
        call_id -> Binary,
        attempt_id -> Binary,
        opened_at -> BigInt,
    }
}

diesel::table! {
    timeline (call_id, at, id) {
        id -> Binary,
        call_id -> Binary,
        at -> BigInt,
        step -> Text,
        detail -> Nullable<Text>,
    }
}

diesel::table! {
    webhook_events (id) {
        id -> Binary,
        provider -> Text,
        body_hash -> Binary,
        body -> Binary,
        state -> Text,
        event -> Nullable<Text>,
        provider_ref -> Nullable<Text>,
        call_id -> Nullable<Binary>,
        note -> Nullable<Text>,
        received_at -> BigInt,
        settled_at -> Nullable<BigInt>,
        codec -> Text,
        body_bytes -> Integer,
    }
}

diesel::table! {
    transcripts (call_id) {
        call_id -> Binary,
        provider_ref -> Text,
        language -> Text,
        turns -> Text,
        collected -> Text,
        provider_summary -> Nullable<Text>,
        stored_at -> BigInt,
    }
}

diesel::table! {
    summaries (call_id, locale) {
        call_id -> Binary,
        locale -> Text,
        headline -> Text,
        blocks -> Text,
        renderer -> Text,
        rendered_at -> BigInt,
    }
}

diesel::table! {
    digests (callee_id, last_day, locale) {
        callee_id -> Binary,
        last_day -> Text,
        locale -> Text,
        mood_score -> Nullable<Integer>,
        parts -> Text,
        calls -> Text,
        renderer -> Text,
        rendered_at -> BigInt,
    }
}

diesel::table! {
    alerts (id) {
        id -> Binary,
        family_id -> Nullable<Binary>,
        callee_id -> Nullable<Binary>,
        call_id -> Nullable<Binary>,
        kind -> Text,
        cause -> Text,
        detail -> Text,
        evidence -> Text,
        state -> Text,
        opened_at -> BigInt,
        acknowledged_at -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
        note -> Nullable<Text>,
        acknowledged_by -> Nullable<Binary>,
        last_at -> Nullable<BigInt>,
        times -> Integer,
    }
}

diesel::table! {
    alert_notices (alert_id, account_id) {
        alert_id -> Binary,
        account_id -> Binary,
        place -> Integer,
        secret_hash -> Binary,
        told_at -> BigInt,
    }
}

diesel::table! {
    jobs (id) {
        id -> Binary,
        kind -> Text,
        key -> Text,
        payload -> Text,
        state -> Text,
        run_at -> BigInt,
        attempts -> Integer,
        lease_until -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        created_at -> BigInt,
        owner -> Nullable<Binary>,
    }
}

diesel::table! {
    plugin_health (plugin, node_id) {
        plugin -> Text,
        node_id -> Binary,
        version -> Text,
        digest -> Text,
        state -> Text,
        calls -> BigInt,
        failures -> BigInt,
        plugin_p50_us -> Nullable<BigInt>,
        plugin_p99_us -> Nullable<BigInt>,
        vendor_p50_us -> Nullable<BigInt>,
        vendor_p99_us -> Nullable<BigInt>,
        resting_vendor -> Nullable<Text>,
        resting_since -> Nullable<BigInt>,
        resting_until -> Nullable<BigInt>,
        updated_at -> BigInt,
    }
}

diesel::table! {
    nodes (id) {
        id -> Binary,
        beats -> BigInt,
        started_at -> BigInt,
        seen_at -> BigInt,
        sealing_key -> Nullable<Text>,
        previous_sealing_key -> Nullable<Text>,
    }
}

diesel::table! {
    pauses (id) {
        id -> Binary,
        callee_id -> Binary,
        from_date -> Text,
        until_date -> Nullable<Text>,
        reason -> Nullable<Text>,
        made_by -> Binary,
        made_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    skips (callee_id, slot_no, local_date) {
        callee_id -> Binary,
        slot_no -> Integer,
        local_date -> Text,
        made_by -> Binary,
        made_at -> BigInt,
    }
}

diesel::table! {
    facts (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    notice_wishes (family_id, account_id, event, way) {
        family_id -> Binary,
        account_id -> Binary,
        event -> Text,
        way -> Text,
        wanted -> Bool,
    }
}

diesel::table! {
    notice_readers (account_id) {
        account_id -> Binary,
        locale -> Nullable<Text>,
        quiet_from -> Nullable<Text>,
        quiet_until -> Nullable<Text>,
        worries_wake -> Bool,
    }
}

diesel::table! {
    notice_links (secret_hash) {
        secret_hash -> Binary,
        family_id -> Binary,
        account_id -> Binary,
        event -> Text,
        way -> Text,
        made_at -> BigInt,
    }
}

diesel::table! {
    notice_numbers (account_id) {
        account_id -> Binary,
        number -> Text,
        code_hash -> Nullable<Binary>,
        code_until -> Nullable<BigInt>,
        guesses -> Integer,
        asked_at -> BigInt,
        verified_at -> Nullable<BigInt>,
        gone_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    text_messages (id) {
        id -> Binary,
        account_id -> Binary,
        cause -> Text,
        notifier -> Nullable<Text>,
        reference -> Nullable<Text>,
        state -> Text,
        reason -> Nullable<Text>,
        made_at -> BigInt,
        expires_at -> BigInt,
        changed_at -> BigInt,
    }
}

diesel::table! {
    notice_browsers (id) {
        id -> Binary,
        account_id -> Binary,
        address -> Text,
        made_at -> BigInt,
        gone_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    family_messages (id) {
        id -> Binary,
        callee_id -> Binary,
        account_id -> Nullable<Binary>,
        text -> Text,
        written_at -> BigInt,
        told_at -> Nullable<BigInt>,
        told_in -> Nullable<Binary>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    sessions,
    links,
    throttles,
    families,
    members,
    callees,
    slots,
    past_slots,
    devices,
    push_addresses,
    pairings,
    calls,
    ring_attempts,
    conversations,
    timeline,
    webhook_events,
    transcripts,
    summaries,
    digests,
    alerts,
    alert_notices,
    jobs,
    plugin_health,
    nodes,
    pauses,
    skips,
    facts,
    notice_wishes,
    notice_readers,
    notice_links,
    notice_numbers,
    text_messages,
    notice_browsers,
    family_messages,
);
