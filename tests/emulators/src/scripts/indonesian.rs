//! Conversations in Bahasa Indonesia.

use serde_json::{Value, json};

use super::{Language, Script, into_silence, machine, spoken, wordless};

const INDONESIAN: Language = Language::Indonesian;
const CALLEE: &str = "Bu Lestari";

pub(super) fn cheerful() -> Script {
    spoken(
        "cheerful",
        INDONESIAN,
        CALLEE,
        &[
            "Selamat pagi, {name}! Ini teman bicara, menelepon sesuai janji. Apa kabar hari ini?",
            "Eh, selamat pagi, Nak! Alhamdulillah sehat. Pagi ini cerah, saya sudah sarapan nasi uduk.",
            "Wah, enak sekali. Semalam tidurnya nyenyak?",
            "Nyenyak. Jam sembilan sudah tidur, bangun pas azan subuh, badan rasanya segar.",
            "Syukurlah. Hari ini ada rencana apa?",
            "Mau menyiram anggrek, lalu arisan di rumah Bu Wati. Saya sudah goreng pisang satu piring penuh.",
            "Pasti semua senang. Ada kabar dari anak cucu?",
            "Ada! Semalam cucu saya, si Bagas, video call. Dia sudah bisa naik sepeda, sombong sekali dia, ha ha.",
            "Ha ha, boleh dong bangga. Ada pesan untuk keluarga?",
            "Bilang saya sehat, dan anggrek ungunya sudah mekar. Nanti saya kirim fotonya.",
            "Siap, saya sampaikan. Selamat arisan, {name}. Sampai besok pagi, ya!",
        ],
        (
            "Pagi cerah, anggrek dan arisan",
            "{name} tidur nyenyak, sudah sarapan, dan gembira. Hari ini menyiram anggrek dan pergi arisan ke rumah Bu Wati. Cucunya, Bagas, sudah bisa naik sepeda.",
        ),
        [
            (json!(5), "Tertawa beberapa kali dan bersemangat."),
            (json!(false), "Tidak ada hal yang mendesak."),
            (json!(false), "Tidak menyebut jatuh atau goyah."),
            (json!(false), "Sudah sarapan nasi uduk."),
            (json!(false), "Pembicaraan runtut dan ingatannya baik."),
            (json!(false), "Bertemu tetangga dan bicara dengan cucu."),
            (json!("Anggrek ungu sudah mekar, fotonya akan dikirim."), "Minta disampaikan."),
            (json!("Alhamdulillah sehat, mau menyiram anggrek lalu arisan."), "Kata-katanya sendiri."),
            (json!("good"), "Tidur jam sembilan sampai subuh."),
            (json!("Menyiram anggrek dan arisan."), "Rencananya hari ini."),
            (json!("Arisan di rumah Bu Wati; cucunya video call semalam."), "Disebut keduanya."),
        ],
    )
}

pub(super) fn worrying() -> Script {
    spoken(
        "worrying",
        INDONESIAN,
        CALLEE,
        &[
            "Selamat pagi, {name}. Ini teman bicara. Bagaimana kabarnya hari ini?",
            "Pagi, Nak... kurang enak badan saya hari ini.",
            "Aduh, saya ikut prihatin. Boleh cerita, apa yang terjadi?",
            "Semalam saya jatuh di kamar mandi. Lantainya licin, kaki saya tidak kuat.",
            "Pasti kaget sekali. Ada yang sakit? Kepalanya terbentur?",
            "Kepala tidak. Pinggul saya yang sakit, lama baru bisa bangun dari lantai.",
            "Sekarang bisa berjalan? Sakitnya hebat atau tidak?",
            "Bisa, sambil pegangan tembok. Ngilu, tapi saya tidak mau merepotkan anak-anak.",
            "Sama sekali tidak merepotkan. Hari ini sudah makan dan minum?",
            "Belum. Dari kemarin pagi saya tidak makan, tidak selera. Sepi juga, makan sendirian.",
            "Terima kasih sudah cerita. Saya ingin memberi tahu keluarga sekarang, supaya ada yang menengok. Boleh, ya?",
            "Ya sudah, boleh. Sebetulnya saya senang kalau ada yang datang.",
            "Segera saya sampaikan. Tolong duduk saja, telepon di dekat badan, dan kalau makin sakit langsung panggil ambulans.",
            "Iya, Nak. Terima kasih banyak.",
            "Jaga diri baik-baik, {name}. Sebentar lagi ada yang menghubungi.",
        ],
        (
            "Jatuh di kamar mandi, pinggul sakit, tidak makan",
            "{name} jatuh di kamar mandi semalam. Pinggulnya sakit dan lama baru bisa bangun; kepala tidak terbentur. Sejak kemarin pagi tidak makan dan merasa sepi. Setuju keluarga diberi tahu.",
        ),
        [
            (json!(2), "Suaranya lemah dan bilang kurang enak badan."),
            (json!(true), "Jatuh dengan pinggul sakit dan sehari tidak makan."),
            (json!(true), "Jatuh di kamar mandi; berjalan sambil pegangan."),
            (json!(true), "Tidak makan sejak kemarin pagi."),
            (json!(false), "Menjawab dengan jelas dan runtut."),
            (json!(true), "Bilang sepi makan sendirian dan senang kalau ada yang datang."),
            (
                json!("Jatuh semalam, pinggul sakit, bisa jalan sambil pegangan. Tidak makan sejak kemarin pagi."),
                "Diceritakan {name}.",
            ),
            (json!("Semalam saya jatuh di kamar mandi."), "Kata-katanya sendiri."),
            (json!("poor"), "Jatuh pada malam hari."),
            (json!("Kebanyakan duduk."), "Hanya berjalan sambil pegangan."),
            (json!("Belum ada hari ini; senang kalau ditengok."), "Disebut di akhir."),
        ],
    )
}

pub(super) fn ordinary() -> Script {
    spoken(
        "ordinary",
        INDONESIAN,
        CALLEE,
        &[
            "Halo, {name}, ini teman bicara. Sedang sibuk atau bisa mengobrol sebentar?",
            "Bisa, bisa. Saya cuma menonton televisi.",
            "Sebentar saja, ya. Hari ini bagaimana kabarnya?",
            "Biasa saja. Tidur lumayan, terbangun sekali, tadi pagi makan bubur.",
            "Baik. Obatnya sudah diminum sesudah makan?",
            "Sudah, yang putih dan yang kuning kecil. Ada kotak obatnya, jadi tidak lupa.",
            "Hebat. Hari ini keluar rumah?",
            "Ke warung saja, beli telur. Lutut agak kaku kalau hujan begini.",
            "Pelan-pelan saja jalannya. Ada pesan untuk keluarga?",
            "Tolong bilang, kalau datang bawakan kacamata baca saya yang di rumah mereka.",
            "Saya sampaikan. Selamat menonton, {name}. Sampai nanti!",
        ],
        (
            "Hari biasa di rumah",
            "Hari {name} biasa saja: tidur lumayan, sudah makan bubur, obat sudah diminum. Lutut agak kaku saat hujan. Minta keluarga membawakan kacamata bacanya.",
        ),
        [
            (json!(3), "Tenang dan ramah, tidak naik turun."),
            (json!(false), "Tidak ada hal yang mendesak."),
            (json!(false), "Lutut kaku, tetapi tidak jatuh."),
            (json!(false), "Sudah makan bubur."),
            (json!(false), "Jelas dari awal sampai akhir."),
            (json!(false), "Tidak disebut."),
            (json!("Tolong bawakan kacamata baca."), "Minta disampaikan."),
            (json!("Saya cuma menonton televisi."), "Kata-katanya sendiri."),
            (json!("fair"), "Tidur lumayan, terbangun sekali."),
            (json!("Menonton televisi dan ke warung."), "Diceritakan sendiri."),
            (Value::Null, "Tidak dibicarakan."),
        ],
    )
}

pub(super) fn silent() -> Script {
    wordless(
        "silent",
        INDONESIAN,
        CALLEE,
        into_silence(&[
            "Selamat pagi, {name}, ini teman bicara. Apa kabar?",
            "Halo? {name} bisa mendengar saya?",
            "Suaranya tidak terdengar, nanti saya telepon lagi, ya. Jaga diri!",
        ]),
        ["Tidak ada suara", "Panggilan diangkat, tetapi tidak ada yang bicara.", "Tidak ada yang bicara."],
    )
}

pub(super) fn voicemail() -> Script {
    wordless(
        "voicemail",
        INDONESIAN,
        CALLEE,
        machine(
            "Selamat pagi, {name}, ini teman bicara.",
            "Nomor yang Anda tuju tidak dapat menerima panggilan. Silakan tinggalkan pesan setelah nada berikut.",
            "Halo, {name}, nanti saya telepon lagi, ya. Jaga diri!",
        ),
        [
            "Masuk ke kotak suara",
            "Panggilan dijawab mesin dan pesan singkat ditinggalkan.",
            "Bukan orang yang menjawab.",
        ],
    )
}
