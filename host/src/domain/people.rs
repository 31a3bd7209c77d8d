//! People: who may see a family, who may see the installation, and in which language.

use super::word::word_enum;

word_enum! {
    /// What an account may do in a family.
    Role {
        /// Everything, the call method and the people included.
        Owner = "owner",
        /// Everything but that.
        Member = "member",
        /// Looking only.
        Viewer = "viewer",
    }
}

impl Role {
    /// Whether this role may change schedules, devices and profiles.
    pub fn may_edit(self) -> bool {
        self != Self::Viewer
    }
}

word_enum! {
    /// What an account may do over the installation.
    StaffRole {
        /// Everything.
        Admin = "admin",
        /// Seeing who was reached, and mending what was not.
        Coordinator = "coordinator",
    }
}

word_enum! {
    /// A language of the pages and mails.
    Locale {
        /// English.
        En = "en",
        /// Bahasa Indonesia.
        Id = "id",
    }
}

impl Locale {
    /// The first language of an `Accept-Language` header (RFC 9110, 12.5.4)
    /// that the pages speak; English when there is none.
    pub fn negotiate(accept_language: &str) -> Self {
        let mut wanted: Vec<(f32, Self)> = accept_language
            .split(',')
            .filter_map(|part| {
                let mut pieces = part.trim().split(';');
                let tag = pieces.next()?.trim();
                let quality = pieces.find_map(|piece| piece.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
                let primary = tag.split('-').next()?.to_ascii_lowercase();
                Some((quality, primary.parse().ok()?))
            })
            .collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        wanted.first().map_or(Self::En, |(_, locale)| *locale)
    }
}

word_enum! {
    /// What a one-time link is for.
    LinkPurpose {
        /// Confirming an e-mail address.
        Confirm = "confirm",
        /// Choosing a new password.
        Reset = "reset",
        /// Signing in without a password, once.
        SignIn = "sign_in",
        /// Making the first staff account.
        Setup = "setup",
    }
}

#[cfg(test)]
mod tests {
    use super::Locale;

    #[test]
    fn the_best_known_language_wins() {
        assert_eq!(Locale::negotiate("id-ID,id;q=0.9,en;q=0.8"), Locale::Id);
        assert_eq!(Locale::negotiate("fr, en;q=0.5, id;q=0.4"), Locale::En);
        assert_eq!(Locale::negotiate("xx;;q=,,"), Locale::En);
        assert_eq!(Locale::negotiate(""), Locale::En);
    }
}
