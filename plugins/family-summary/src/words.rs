//! The words that a theme is known by, in English and Indonesian. `alarms`, `mood` and `statements`
//! look them up through `talk`, which asks `lexicon`.
//!
//! A pattern is words in a row, in lower case and without apostrophes; a word that ends in `*` stands
//! for all that begin so. A comma parts the patterns. Both languages are always looked for: many families mix them.

/// One theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    Fall,
    Chest,
    NotEating,
    Confusion,
    Alone,
    Dying,
    Health,
    Meals,
    Sleep,
    Medicine,
    Company,
    Request,
    FollowUp,
    Television,
    Relatives,
    Garden,
    Faith,
    Outdoors,
    GoodMood,
    BadMood,
    Warm,
}

impl Theme {
    pub(crate) const ALL: [Self; 21] = [
        Self::Fall,
        Self::Chest,
        Self::NotEating,
        Self::Confusion,
        Self::Alone,
        Self::Dying,
        Self::Health,
        Self::Meals,
        Self::Sleep,
        Self::Medicine,
        Self::Company,
        Self::Request,
        Self::FollowUp,
        Self::Television,
        Self::Relatives,
        Self::Garden,
        Self::Faith,
        Self::Outdoors,
        Self::GoodMood,
        Self::BadMood,
        Self::Warm,
    ];

    /// What makes a clause belong to it.
    pub(crate) fn patterns(self) -> impl Iterator<Item = &'static str> {
        self.named_by().split(", ")
    }

    /// Where a pattern within one of these does not count.
    pub(crate) fn except(self) -> impl Iterator<Item = &'static str> {
        self.not_meant_by().split(", ").filter(|pattern| !pattern.is_empty())
    }

    const fn named_by(self) -> &'static str {
        match self {
            Self::Fall => {
                "i fell, fell down, fell over, fallen, a fall, did you fall, i slipped, i tripped, tripped over, \
                 jatuh, terjatuh, kepeleset, terpeleset, tersandung"
            }
            Self::Chest => {
                "chest pain*, pain in my chest, pains in my chest, my chest hurts, chest hurts, chest is tight, \
                 tight chest, tightness in my chest, cant breathe, hard to breathe, short of breath, nyeri dada, \
                 sakit dada, dada sakit, dada saya sakit, dada nyeri, dada saya nyeri, dada sesak, dada saya sesak, \
                 sesak napas, sesak nafas"
            }
            Self::NotEating => {
                "not eating, not eaten, havent eaten, no appetite, lost my appetite, cant eat, dont eat anymore, \
                 dont eat anything, didnt eat anything, didnt eat at all, dont want to eat, nothing to eat, tidak \
                 makan, nggak makan, gak makan, ga makan, tidak mau makan, nggak mau makan, gak mau makan, tidak \
                 nafsu makan, nggak nafsu makan, gak nafsu makan, tidak ada nafsu makan, hilang nafsu makan, belum \
                 makan dari kemarin, belum makan sejak, belum makan seharian"
            }
            Self::Confusion => {
                "im confused, i am confused, i feel confused, so confused, where am i, dont know where i am, dont \
                 know what day, dont know who i am, cant find my way home, saya bingung, aku bingung, linglung, \
                 tidak tahu saya di mana, nggak tahu saya di mana, tidak ingat jalan pulang, lupa jalan pulang, \
                 pikun"
            }
            Self::Alone => {
                "im scared, i am scared, so scared, im frightened, i am frightened, im afraid, i am afraid, im \
                 lonely, i am lonely, so lonely, feel lonely, all alone, nobody visits, no one visits, nobody \
                 comes, no one comes, saya takut, aku takut, ketakutan, kesepian, merasa sendiri*, sendirian terus, \
                 tidak ada yang datang, nggak ada yang datang"
            }
            Self::Dying => {
                "want to die, wanna die, wish i was dead, wish i were dead, better off dead, kill myself, end my \
                 life, end it all, dont want to live, no reason to live, tired of living, ingin mati, mau mati, \
                 pengen mati, pingin mati, lebih baik mati, mending mati, bunuh diri, tidak mau hidup, nggak mau \
                 hidup, gak mau hidup, tidak ingin hidup, capek hidup, bosan hidup"
            }
            Self::Health => {
                "pain*, hurt*, ache*, aching, headache*, dizz*, cough*, fever, sick, ill, unwell, tired, blood \
                 pressure, knee*, healthy, sakit*, ngilu*, pusing*, nyeri*, batuk*, demam, pegal*, meriang, lelah, \
                 darah tinggi*, lutut*, sehat*"
            }
            Self::Meals => {
                "breakfast, lunch, dinner, supper, eat, eating, ate, eaten, meal*, soup, appetite, my tea, cooked, \
                 sarapan*, makan*, nasi, bubur*, sayur*, masak*, lauk*, soto, nafsu makan"
            }
            Self::Sleep => "sleep*, slept, woke, awake, nap, insomnia, bad night, tidur*, begadang, terbangun, nyenyak",
            Self::Medicine => "medicine*, medication*, pill*, tablet*, insulin, prescription*, obat*, vitamin*, resep*",
            Self::Company => {
                "visit*, neighbour*, neighbor*, friend*, came over, came by, company, tetangga*, teman*, kawan*, \
                 berkunjung, bertamu, arisan, kumpul*, pengajian"
            }
            Self::Request => {
                "tell my, tell her, tell him, tell them, please tell, please ask, could you, can you ask, i need, i \
                 would like, id like, bilang*, sampaikan, kasih tahu, tolong, minta*, titip*, pesankan"
            }
            Self::FollowUp => {
                "forgot*, forget, appointment*, doctor*, hospital*, dokter*, rumah sakit, ran out, run out, broken, \
                 lupa, kontrol ke, sudah habis, obat* habis, rusak"
            }
            Self::Television => "tv, television, the news, sinetron, berita, televisi, nonton*",
            Self::Relatives => {
                "grandson*, granddaughter*, grandchild*, my daughter*, my son*, cucu*, anak saya, menantu*"
            }
            Self::Garden => "garden*, flower*, plants, kebun*, tanaman*, bunga, taman",
            Self::Faith => "church, mass, pray*, mosque, sholat*, salat, masjid, doa*, gereja, ngaji",
            Self::Outdoors => "a walk, walked, went out, market, jalan pagi, jalan jalan, pasar",
            Self::GoodMood => {
                "very well, too well, quite well, feel well, happy, glad, wonderful, lovely, good, great, fine, \
                 cheerful, haha*, hehe*, senang*, gembira, bahagia, alhamdulillah, syukur*, puji tuhan, baik baik \
                 saja"
            }
            Self::BadMood => {
                "sad, lonely, crying, cried, miserable, terrible, awful, worried, scared, bored, sedih*, menangis, \
                 nangis, kesepian, khawatir, cemas, bosan, murung"
            }
            Self::Warm => {
                "love, loved, miss, grandson*, granddaughter*, grandchild*, proud, grateful, thank god, laugh*, \
                 remember when, happy, kangen, rindu, sayang*, cucu*, bangga, bersyukur, alhamdulillah, senang*, \
                 hehe*"
            }
        }
    }

    const fn not_meant_by(self) -> &'static str {
        match self {
            Self::Fall => {
                "i fell asleep, fallen asleep, i fell in love, i fell ill, jatuh cinta, jatuh hati, jatuh sakit, \
                 jatuh tempo, afraid of a fall, takut jatuh"
            }
            Self::NotEating => {
                "havent eaten yet, not eaten yet, havent eaten breakfast, havent eaten lunch, havent eaten dinner, \
                 not eating meat, not eating sugar, tidak makan daging, tidak makan pedas, nggak makan daging, \
                 nggak makan pedas, gak makan pedas"
            }
            Self::Confusion => "saya bingung mau, aku bingung mau, saya bingung masak, aku bingung masak",
            Self::Alone => {
                "im afraid so, im afraid not, im afraid i, i am afraid i, im afraid we, im afraid the, saya takut \
                 lupa, saya takut telat, saya takut hujan"
            }
            Self::Request => "i need to go, i need nothing",
            Self::FollowUp => "dont forget, jangan lupa",
            Self::GoodMood => "good morning, good afternoon, good evening, good night, good time",
            _ => "",
        }
    }
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
