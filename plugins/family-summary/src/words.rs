//! The words that a theme is known by, in English and Indonesian. `alarms`, `mood` and `statements`
//! look them up through `talk`.
//!
//! A pattern is words in a row, in lower case and without apostrophes; a word that ends in `*` stands
//! for all that begin so. A comma parts the patterns. Both languages are always looked for: many families mix them.

/// One theme.
pub(crate) struct Theme {
    patterns: &'static str,
    except: &'static str,
}

impl Theme {
    /// What makes a sentence belong to it.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = &'static str> {
        self.patterns.split(", ")
    }

    /// Where a pattern within one of these does not count.
    pub(crate) fn except(&self) -> impl Iterator<Item = &'static str> {
        self.except.split(", ").filter(|pattern| !pattern.is_empty())
    }
}

const fn theme(patterns: &'static str, except: &'static str) -> Theme {
    Theme { patterns, except }
}

/// Turns what follows it into its opposite.
pub(crate) const NEGATORS: &[&str] = &[
    "no", "not", "never", "none", "without", "dont", "doesnt", "didnt", "isnt", "wasnt", "arent", "havent", "hasnt",
    "hadnt", "wont", "wouldnt", "cannot", "tidak", "tak", "nggak", "enggak", "ngga", "gak", "ga", "ndak", "bukan",
    "belum", "tanpa", "jangan",
];

/// How an answer says yes.
pub(crate) const AFFIRMATIVES: &[&str] = &[
    "yes", "yeah", "yep", "ya", "iya", "betul", "benar", "i did", "i have", "i do", "i am", "sudah", "pernah", "heeh",
];

pub(crate) const FALL: Theme = theme(
    "i fell, fell down, fell over, fallen, a fall, did you fall, i slipped, i tripped, tripped \
     over, jatuh, terjatuh, kepeleset, terpeleset, tersandung",
    "i fell asleep, fallen asleep, i fell in love, i fell ill, jatuh cinta, jatuh hati, jatuh \
     sakit, jatuh tempo, afraid of a fall, takut jatuh",
);

pub(crate) const CHEST: Theme = theme(
    "chest pain*, pain in my chest, pains in my chest, my chest hurts, chest hurts, chest is \
     tight, tight chest, tightness in my chest, cant breathe, hard to breathe, short of breath, \
     nyeri dada, sakit dada, dada sakit, dada saya sakit, dada nyeri, dada saya nyeri, dada \
     sesak, dada saya sesak, sesak napas, sesak nafas",
    "",
);

pub(crate) const NOT_EATING: Theme = theme(
    "not eating, not eaten, havent eaten, no appetite, lost my appetite, cant eat, dont eat \
     anymore, dont eat anything, didnt eat anything, didnt eat at all, dont want to eat, \
     nothing to eat, tidak makan, nggak makan, gak makan, ga makan, tidak mau makan, nggak mau \
     makan, gak mau makan, tidak nafsu makan, nggak nafsu makan, gak nafsu makan, tidak ada \
     nafsu makan, hilang nafsu makan, belum makan dari kemarin, belum makan sejak, belum makan \
     seharian",
    "havent eaten yet, not eaten yet, havent eaten breakfast, havent eaten lunch, havent eaten \
     dinner, not eating meat, not eating sugar, tidak makan daging, tidak makan pedas, nggak \
     makan daging, nggak makan pedas, gak makan pedas",
);

pub(crate) const CONFUSION: Theme = theme(
    "im confused, i am confused, i feel confused, so confused, where am i, dont know where i \
     am, dont know what day, dont know who i am, cant find my way home, saya bingung, aku \
     bingung, linglung, tidak tahu saya di mana, nggak tahu saya di mana, tidak ingat jalan \
     pulang, lupa jalan pulang, pikun",
    "saya bingung mau, aku bingung mau, saya bingung masak, aku bingung masak",
);

pub(crate) const ALONE: Theme = theme(
    "im scared, i am scared, so scared, im frightened, i am frightened, im afraid, i am afraid, \
     im lonely, i am lonely, so lonely, feel lonely, all alone, nobody visits, no one visits, \
     nobody comes, no one comes, saya takut, aku takut, ketakutan, kesepian, merasa sendiri*, \
     sendirian terus, tidak ada yang datang, nggak ada yang datang",
    "im afraid so, im afraid not, im afraid i, i am afraid i, im afraid we, im afraid the, saya \
     takut lupa, saya takut telat, saya takut hujan",
);

pub(crate) const DYING: Theme = theme(
    "want to die, wanna die, wish i was dead, wish i were dead, better off dead, kill myself, \
     end my life, end it all, dont want to live, no reason to live, tired of living, ingin \
     mati, mau mati, pengen mati, pingin mati, lebih baik mati, mending mati, bunuh diri, tidak \
     mau hidup, nggak mau hidup, gak mau hidup, tidak ingin hidup, capek hidup, bosan hidup",
    "",
);

pub(crate) const HEALTH: Theme = theme(
    "pain*, hurt*, ache*, aching, headache*, dizz*, cough*, fever, sick, ill, unwell, tired, \
     blood pressure, knee*, healthy, sakit*, ngilu*, pusing*, nyeri*, batuk*, demam, pegal*, \
     meriang, lelah, darah tinggi*, lutut*, sehat*",
    "",
);

pub(crate) const MEALS: Theme = theme(
    "breakfast, lunch, dinner, supper, eat, eating, ate, eaten, meal*, soup, appetite, my tea, \
     cooked, sarapan*, makan*, nasi, bubur*, sayur*, masak*, lauk*, soto, nafsu makan",
    "",
);

pub(crate) const SLEEP: Theme =
    theme("sleep*, slept, woke, awake, nap, insomnia, bad night, tidur*, begadang, terbangun, nyenyak", "");

pub(crate) const MEDICINE: Theme =
    theme("medicine*, medication*, pill*, tablet*, insulin, prescription*, obat*, vitamin*, resep*", "");

pub(crate) const COMPANY: Theme = theme(
    "visit*, neighbour*, neighbor*, friend*, came over, came by, company, tetangga*, teman*, \
     kawan*, berkunjung, bertamu, arisan, kumpul*, pengajian",
    "",
);

pub(crate) const REQUEST: Theme = theme(
    "tell my, tell her, tell him, tell them, please tell, please ask, could you, can you ask, i \
     need, i would like, id like, bilang*, sampaikan, kasih tahu, tolong, minta*, titip*, \
     pesankan",
    "i need to go, i need nothing",
);

pub(crate) const FOLLOW_UP: Theme = theme(
    "forgot*, forget, appointment*, doctor*, hospital*, dokter*, rumah sakit, ran out, run out, \
     broken, lupa, kontrol ke, sudah habis, obat* habis, rusak",
    "dont forget, jangan lupa",
);

pub(crate) const TELEVISION: Theme = theme("tv, television, the news, sinetron, berita, televisi, nonton*", "");

pub(crate) const RELATIVES: Theme =
    theme("grandson*, granddaughter*, grandchild*, my daughter*, my son*, cucu*, anak saya, menantu*", "");

pub(crate) const GARDEN: Theme = theme("garden*, flower*, plants, kebun*, tanaman*, bunga, taman", "");

pub(crate) const FAITH: Theme = theme("church, mass, pray*, mosque, sholat*, salat, masjid, doa*, gereja, ngaji", "");

pub(crate) const OUTDOORS: Theme = theme("a walk, walked, went out, market, jalan pagi, jalan jalan, pasar", "");

pub(crate) const GOOD_MOOD: Theme = theme(
    "very well, too well, quite well, feel well, happy, glad, wonderful, lovely, good, great, \
     fine, cheerful, haha*, hehe*, senang*, gembira, bahagia, alhamdulillah, syukur*, puji \
     tuhan, baik baik saja",
    "good morning, good afternoon, good evening, good night, good time",
);

pub(crate) const BAD_MOOD: Theme = theme(
    "sad, lonely, crying, cried, miserable, terrible, awful, worried, scared, bored, sedih*, \
     menangis, nangis, kesepian, khawatir, cemas, bosan, murung",
    "",
);

pub(crate) const WARM: Theme = theme(
    "love, loved, miss, grandson*, granddaughter*, grandchild*, proud, grateful, thank god, \
     laugh*, remember when, happy, kangen, rindu, sayang*, cucu*, bangga, bersyukur, \
     alhamdulillah, senang*, hehe*",
    "",
);
