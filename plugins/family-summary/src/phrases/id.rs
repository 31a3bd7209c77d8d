//! For readers of Bahasa Indonesia.

use super::Phrases;

pub(super) const PHRASES: Phrases = Phrases {
    tags: &["id", "in"],
    writes: |c| c < '\u{250}',
    small_words: &[
        "dan", "yang", "di", "ia", "dia", "tidak", "sudah", "untuk", "dengan", "ini", "ke", "lagi", "akan", "sedang",
    ],

    somebody: "orang tua Anda",
    spoke_about: "{name} bercerita tentang {what}: {quotes}",
    noted_value: "Catatan pendamping tentang {what}: {value}",
    noted: "Catatan pendamping: {value}",
    said: "Dengan kata-katanya sendiri: {value}",
    said_by: "Kata {name}: {quote}",
    flagged: "Pendamping memberi tanda: {what}.",
    nameless: "sesuatu tanpa nama",

    talked: "{name} mengobrol{length}{themes}.",
    for_length: " selama {length}",
    about: ", tentang {themes}",
    unheard: "Telepon diangkat, tetapi tidak ada ucapan {name} yang terdengar jelas.",
    voicemail: "Telepon dijawab kotak suara, dan suara {name} tidak terdengar.",
    look_at: "Perlu perhatian untuk {name}: {what}.",
    seconds: "{n} detik",
    minutes: "{n} menit",
    comma: ", ",
    and: " dan ",

    moods: [
        "{name} tampak sangat murung.",
        "{name} tampak agak murung.",
        "{name} tampak biasa saja.",
        "{name} tampak baik dan tenang.",
        "{name} tampak sangat ceria.",
    ],
    scored: "Pendamping memberi nilai {n} dari 5.",

    dying: "tidak ingin hidup lagi",
    chest: "dada atau sesak napas",
    fall: "jatuh atau risiko jatuh",
    not_eating: "makan yang terlalu sedikit",
    confusion: "rasa bingung",
    alone: "rasa sendiri atau takut",
    urgent: "sesuatu yang mendesak",
    health: "kesehatan",
    medicine: "obat",
    meals: "makan",
    sleep: "tidur",
    company: "pergaulan",
    activity: "kegiatan",
    relatives: "keluarga",
    television: "televisi dan berita",
    garden: "kebun",
    faith: "ibadah",
    outdoors: "jalan-jalan",
    talk: "obrolan",
    wish: "keinginan",
    follow_up: "hal untuk ditindaklanjuti",
};
