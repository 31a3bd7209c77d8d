//! Bahasa Indonesia, as it is spoken at home.

use super::{Table, Theme};

pub(super) const TABLE: Table = Table { classes: CLASSES, named: NAMED, told: TOLD, except: EXCEPT };

const CLASSES: &[(&str, &str)] = &[
    ("no", "tidak tak nggak enggak ngga engga gak ga ndak kagak bukan belum tanpa jangan nda mboten ora"),
    (
        "bound",
        "apa apaapa tahu sengaja sadar hati lama bisa kuat enak sempat hanya cuma terasa lihat melihat dengar hujan \
         tidur",
    ),
    ("i", "saya aku gue gua sy"),
    ("me", "diriku badanku dadaku kepalaku kakiku"),
    (
        "other",
        "dia ia beliau mereka kamu anda orang tetangga* cucu* anak* menantu* suami* istri* isteri* adik* kakak* teman* \
         kawan* sahabat* keponakan* besan* sepupu* mertua* almarhum* almarhumah bayi* kucing* anjing* ayam* burung* \
         kambing* mangga* kelapa* jambu* buah* daun* bunga* gelas* piring* pohon* hp hpnya motor* mobil* harga* hujan* \
         genteng* jemuran* foto* kunci* uang* lampu* pesawat* ulang nilai* rupiah* dolar* saham* sebelah lidah pilihan \
         ustaz* dokter* pemain* tukang* ojek* penonton* penyanyi* artis* presiden* anggota* kurir* sopir* supir* guru* \
         penjual* pembantu* bibi* om tante paman* polisi*",
    ),
    ("it", "ada rumah rasanya hidup"),
    ("with", "sama dengan bareng bersama ke untuk dari di"),
    ("own", "saya aku ku kami kita"),
    ("and", "dan terus lantas cuma hanya"),
    (
        "turn",
        "tapi tetapi namun karena soalnya sebab ketika sejak semenjak setelah makanya kalau kalo jika padahal supaya \
         biar gara",
    ),
    ("belum", "tidak tak nggak enggak ngga engga gak ga ndak kagak belum jarang nda ora"),
    ("tidak", "tidak tak nggak enggak ngga engga gak ga ndak kagak jarang nda ora"),
];

const NAMED: &[(Theme, &str)] = &[
    (
        Theme::Dying,
        "ingin|mau|pengen|pingin ~1 mengakhiri|akhiri ~1 semua*|segalanya|hidup*|saja, @belum ~1 ada ~1 \
         keinginan|kemauan|gairah ~2 hidup, hidup ~2 buat|untuk apa, lebih ~1 baik ~1 mati, baik|mending|lebih ~3 \
         menyusul|nyusul ~1 bapak|ibu|suami|istri|almarhum*|dia|mama|papa, @belum ~1 ingin|mau|pengen bangun ~1 lagi, \
         menyerah ~2 hidup, @tidak ~1 ada ~1 harapan ~1 $|hidup|lagi, dipanggil ~1 tuhan|gusti|allah ~1 saja, \
         ingin|mau|pengen|pingin|kepingin|pengin|kepengen|kepengin|rasanya ~3 mati, \
         mending|mendingan|lebih|baik|biar|minta|cepat|nunggu|tunggu|menunggu ~3 mati, \
         ingin|mau|pengen|pingin|kepingin|pengin|kepengen|kepengin|mending|mendingan|baik|cepat ~2 meninggal, bunuh \
         diri, gantung diri, akhiri|mengakhiri ~1 hidup*, @belum ~2 mau|ingin|pengen|kuat|sanggup|kepingin ~1 hidup, \
         @belum ~2 ada ~1 gunanya|artinya|guna ~2 hidup, hidup* ~4 @belum ~1 ada ~1 gunanya|artinya|guna|arti, hidup* \
         ~3 @belum ~1 berguna|berarti, capek|cape|bosan|lelah|muak ~1 hidup, untuk|buat apa ~3 hidup, \
         ambil|mengambil|jemput|panggil|cabut ~1 saya|aku|nyawa* ~1 $|saja|tuhan|gusti|allah|sekarang, \
         tuhan|allah|gusti ~1 @belum ~2 ambil|mengambil|jemput|menjemput|panggil|memanggil|cabut ~1 saya|aku|nyawa*, \
         tuhan|allah|gusti ~4 ambil|mengambil|jemput|menjemput|panggil|memanggil|cabut ~1 saya|aku|nyawa*, \
         semoga|berharap|harap|mudah ~7 @belum ~1 bangun, mau|ingin|mending|pengen ~3 nyusul|menyusul ~1 \
         bapak|ibu|suami|istri|almarhum*|dia|mama|papa, baik ~2 @belum ~1 ada, mati ~1 saja|aja, minum ~1 racun, telan \
         ~2 semua ~1 obat*, @belum ~1 ada ~1 semangat hidup, putus asa",
    ),
    (
        Theme::Chest,
        "kurang|tidak|nggak|gak ~1 bisa ~1 bernapas|bernafas|napas|nafas, susah|sulit|berat ~2 \
         ambil|mengambil|tarik|menarik|narik ~1 napas|nafas, sesek, seseg, ampek, @tidak ~2 bisa ~2 \
         bernapas|bernafas|napas|nafas, bisa|dapat ~1 bernapas|bernafas ~2 susah|enak, dada* ~5 \
         sakit|nyeri|sesak|berat|panas|perih|sempit|tertekan, dada* ~5 \
         ditindih|ditekan|ditusuk*|tertusuk*|terbakar|senut*|ampek|begah|seperti, \
         sakit|nyeri|sesak|berat|panas|perih|tekanan ~4 dada*, sesak ~1 napas|nafas, napas*|nafas* ~3 \
         sesak|berat|pendek|sempit|susah|sulit|putus|tersengal*|satu, susah|sulit|sukar|berat|tidak|nggak|gak ~2 \
         bernapas|bernafas|napas|nafas, sesak, engap, megap*, ngos*, tersengal*, serangan jantung, jantung* ~3 \
         sakit|nyeri|perih, sakit|nyeri ~2 jantung, lengan|tangan kiri ~3 sakit|nyeri|kesemutan|kebas, asma* ~2 kambuh",
    ),
    (
        Theme::Fall,
        "jatuh, jatoh, terjungkal, terjengkang, kejengkang, nyungsep, terperosok, terpelanting, melorot ~2 \
         lantai|kursi|kasur, kaki* ~2 selip|lemas|goyah ~3 terduduk|jatuh|lantai, goyah, selip ~3 lantai|tangga|mandi, \
         terjatuh, kepeleset, terpeleset, kepleset, tergelincir, tersandung, kesandung, keserimpet, terjerembab, \
         terjerembap, tersungkur, terguling, ambruk, roboh, pingsan, limbung, oleng, sempoyongan, tumbang, terduduk ~2 \
         lantai, tahu ~2 di lantai, tergeletak, @belum ~1 bisa ~1 bangun ~2 lantai",
    ),
    (
        Theme::NotEating,
        "@belum ~1 ada ~1 keinginan|kemauan|hasrat|gairah ~2 makan, @tidak ~1 enak makan, makan* ~2 @tidak ~1 \
         enak|masuk|habis ~1 $|jadi, lapar ~3 @tidak ~1 ada, @tidak ~1 masuk ~1 nasi, @tidak ~2 makan ~1 $, @belum ~2 \
         makan ~1 dari|sejak ~1 *&!subuh|pagi|tadi|siang, @belum ~2 makan ~2 \
         seharian|sama|apa|apapun|berhari*|tiga|dua|lagi, dua|tiga|empat|lima|beberapa hari ~4 @belum ~2 makan, hari \
         ini ~2 @tidak ~2 makan, seharian|berhari* ~3 @belum ~2 makan, dari|sejak \
         kemarin|semalam|senin|selasa|rabu|kamis|jumat|sabtu|minggu ~4 @belum ~2 makan|kemasukan, @belum ~2 \
         mau|ingin|pengen|pingin|kepingin|selera|nafsu|napsu|doyan|sanggup|minat ~1 makan, @belum ~1 \
         selera|nafsu|napsu|doyan ~1 $|makan|lagi|sama, @belum ~1 ada ~1 nafsu|selera|napsu, hilang ~1 \
         nafsu|selera|napsu, nafsu|selera|napsu ~4 hilang|berkurang|turun|ilang|kurang|$, malas|males|ogah|emoh ~1 \
         makan, susah makan, makan ~2 susah|sulit ~1 $|masuk|sekarang, jarang makan, makan* ~2 cuma|hanya ~2 \
         sesuap|sesendok|sedikit|dikit|dua|satu|sekali, makan* ~1 sesuap, makan* ~1 sedikit ~1 sekali|banget|saja, \
         @belum ~2 masuk ~1 $|makanan|apa, @belum ~2 bisa ~1 masuk|menelan|nelan|telan|makan, mual ~3 lihat|liat|cium \
         ~1 makanan|nasi, perut ~2 kosong, @belum ~1 ada ~2 makanan|beras|nasi|lauk|dimakan, makanan|beras|nasi|lauk \
         ~2 habis ~2 dari|sejak|di|$, lupa makan ~1 $|terus|melulu|dari|seharian, makan|makanan ~4 pahit|hambar, kurus \
         ~2 terus, cuma|hanya minum ~2 air|teh ~1 dari|sejak|saja, @belum kemasukan ~1 apa, kelaparan",
    ),
    (
        Theme::Confusion,
        "@belum|lupa ~1 jalan ~1 ke ~1 kamar|dapur|rumah|wc|mesjid|masjid, lupa jalan, @belum|lupa ~1 \
         tahu|ingat|tau|kenal ~1 jalan, @belum ~1 ngerti|mengerti|paham ~2 di mana, kok ~1 saya|aku ~1 di|ada ~1 sini, \
         orang asing ~2 rumah|kamar, hilang ingatan|arah, lupa ingatan, semua* ~2 kabur|campur|kacau, bingung, \
         linglung, pikun, tersesat, nyasar, kesasar, @belum ~1 tahu|ingat|tau|sadar|ngerti|mengerti ~3 \
         hari|tanggal|bulan|tahun apa|berapa ~1 $|sekarang|ini|hari, @belum ~1 tahu|ingat|tau|sadar ~2 saya|aku ~1 \
         di|dimana ~1 mana|$, @belum ~1 tahu|ingat|tau|sadar ~1 di|dimana|ada ~1 mana ~1 $|saya|ini|sekarang, saya|aku \
         ~1 di|dimana ~1 mana ~1 $|ini|sekarang|sih, sekarang ~1 di mana ~1 saya|aku, rumah|kamar|tempat siapa ~1 \
         ini|$, ini rumah|kamar|tempat siapa, ini bukan rumah|kamar, @belum|lupa ~1 ingat ~1 \
         nama|alamat|wajah|jalan|rumah ~1 anak*|saya|sendiri|suami|istri|cucu*|pulang|rumah, lupa ~1 jalan ~1 \
         pulang|kerumah|rumah, lupa ~1 nama|alamat|wajah ~1 cucu*|menantu*|anak*|saya|sendiri|suami|istri|rumah, lupa \
         ~1 semuanya|semua|segalanya ~1 $, @belum ~2 ingat ~1 apa|semuanya ~1 $|apa|lagi, @belum ~1 kenal ~2 \
         lagi|siapa|rumah|anak*, kepala|pikiran|otak ~4 kacau|kabur|kosong|kusut|berkabut|campur|blank|ruwet, \
         melihat|lihat|dengar|mendengar ~2 orang|bayangan|suara|anak ~6 tidak|nggak|gak ~1 ada, ^ padahal ~1 @belum ~1 \
         ada ~1 siapa*|orang, pelupa ~2 parah|sekali|banget, hilang ingatan, gila ~1 saya|aku, saya|aku ~2 gila, \
         siang|pagi ~1 atau ~1 malam|sore ~1 $|ini|sekarang",
    ),
    (
        Theme::Alone,
        "anak*|cucu*|menantu* ~4 @tidak ~1 pernah ~1 \
         datang|menengok|nengok|telepon|menelepon|nelpon|telpon|jenguk|menjenguk|pulang|peduli ~1 $|lagi|saya|aku|ke, \
         @belum ~1 pernah ~1 menelepon|telpon|nelpon ~1 $|lagi|saya, @tidak ~1 ada ~2 mau ~1 \
         menemani|temani|dengar|mendengarkan|mengurus, waswas ~2 malam|sendiri*, was was ~2 malam|sendiri*, \
         cemas|gelisah ~1 terus|sekali, lupa|lupain|lupakan|melupakan ~1 sama|dengan|pada saya|aku, melupakan|lupakan \
         saya|aku, kesepian, sepi ~1 sekali|banget|juga|rasanya|hidup*|terus|saya, saya|aku ~2 sepi, rasanya ~1 sepi, \
         rumah ~1 sepi ~1 sekali|banget|terus|rasanya, sendirian ~1 terus|sekali|sepanjang|dari|melulu, sendiri ~1 \
         terus|melulu, merasa ~1 sendiri*|dilupakan|terbuang|ditinggal*|diabaikan|dibuang|kesepian, merasa ~2 @belum \
         ~1 dianggap|diperhatikan|dibutuhkan, dilupakan, terlantar, ditelantarkan, sebatang kara, @belum ~1 ada ~2 \
         orang ~2 menengok|nengok|jenguk|menjenguk|datang|telepon|telpon|peduli|menemani, @tidak ~1 ada ~3 yang ~1 \
         menengok|nengok|jenguk|menjenguk|datang|telepon|menelepon|telpon|nelpon ~1 \
         $|saya|aku|lagi|ke|sama|kalau|sejak|berhari*|dengan, @tidak ~1 ada ~3 yang ~1 \
         peduli|menemani|nemenin|tahu|mengurus|ngurus|ingat|sayang|perhatian ~1 \
         $|saya|aku|lagi|ke|sama|kalau|sejak|berhari*|dengan, @belum ~1 ada ~1 teman ~1 bicara|ngobrol|cerita|$, \
         @belum ~1 punya ~1 siapa*|teman ~1 $|lagi|siapa*|bicara, @belum ~1 pernah ~1 \
         datang|menengok|nengok|telepon|jenguk|menjenguk|pulang ~1 $|lagi|ke|saya, takut ~3 \
         sendiri*|malam|gelap|mati|meninggal|tidur|bangun|keluar|ditinggal*|orang|maling, saya|aku|ibu|bapak ~3 takut \
         $|sekali|banget|sendiri*|di|kalau|malam|terus|tidur|rasanya|ada|keluar, takut ~1 sekali|banget|rasanya, \
         ketakutan, ngeri ~2 malam|sendiri*|rumah, gelisah ~3 malam|sendiri*, cemas ~3 sendiri*|malam, @belum ~1 \
         merasa ~1 aman, @belum aman ~1 di|rumah, jangan ~1 tinggalkan|tinggalin saya|aku, suara ~3 malam ~2 takut, \
         menangis|nangis ~2 sendiri*|malam|terus",
    ),
    (
        Theme::Urgent,
        "panggil|panggilkan|telepon|hubungi ~2 ambulans|ambulan|dokter ~1 $|sekarang|cepat|tolong, tolong saya|aku ~1 \
         $|cepat|sekarang, tolong tolong, darurat",
    ),
    (
        Theme::Health,
        "sakit*, ngilu*, pusing*, nyeri*, batuk*, demam, pegal*, meriang, lelah, darah tinggi*, lutut*, sehat*",
    ),
    (Theme::Meals, "sarapan*, makan*, nasi, bubur*, sayur*, masak*, lauk*, soto, nafsu makan"),
    (Theme::Sleep, "tidur*, begadang, terbangun, nyenyak"),
    (Theme::Medicine, "obat*, vitamin*, resep*"),
    (Theme::Company, "tetangga*, teman*, kawan*, berkunjung, bertamu, arisan, kumpul*, pengajian"),
    (Theme::Request, "bilang*, sampaikan, kasih tahu, tolong, minta*, titip*, pesankan"),
    (Theme::FollowUp, "dokter*, rumah sakit, lupa, kontrol ke, sudah habis, obat* habis, rusak"),
    (Theme::Television, "sinetron, berita, televisi, nonton*"),
    (Theme::Relatives, "cucu*, anak saya, menantu*"),
    (Theme::Garden, "kebun*, tanaman*, bunga, taman"),
    (Theme::Faith, "sholat*, salat, masjid, doa*, gereja, ngaji"),
    (Theme::Outdoors, "jalan pagi, jalan jalan, pasar"),
    (Theme::GoodMood, "senang*, gembira, bahagia, alhamdulillah, syukur*, puji tuhan, baik baik saja, haha*, hehe*"),
    (Theme::BadMood, "sedih*, menangis, nangis, kesepian, khawatir, cemas, bosan, murung"),
    (Theme::Warm, "kangen, rindu, sayang*, cucu*, bangga, bersyukur, alhamdulillah, senang*, hehe*"),
    (
        Theme::Imagined,
        "kalau, kalo, jika, seandainya, andai*, supaya, biar, mimpi*, bermimpi, takut|khawatir ~2 \
         jatuh|kepeleset|terpeleset|bingung|pikun, jangan, awas, hati hati",
    ),
    (
        Theme::Past,
        "^ dulu $, tahun lalu|kemarin|silam|kemaren, bulan lalu, tahun ~1 yang lalu, tahun ~2 silam, \
         waktu|masih|semasa|saat|pas ~2 kecil|muda|gadis|sekolah|bujang|penganten|pengantin, zaman|jaman ~1 \
         dulu|dahulu|belanda|jepang|perang|sekolah, dulu saya|aku|pernah|waktu|kami|itu|sekali, pernah ~3 dulu, \
         dahulu, masa ~1 kecil|muda",
    ),
    (
        Theme::Recent,
        "tadi, barusan, semalam, kemarin ~1 $|saya|pagi|sore|malam|siang|di|jatuh|dulu|aku|ibu|bapak, hari ini, minggu \
         ini, lagi, akhir akhir, sering, sejak, hari lalu|yang",
    ),
    (Theme::Yes, "^ ya, ^ iya, ^ betul, ^ benar, ^ sudah, ^ pernah, ^ heeh, ^ iyo, ^ inggih"),
    (
        Theme::Voicemail,
        "nomor ~1 yang ~1 anda ~1 tuju|hubungi, tinggalkan ~1 pesan ~3 nada|bunyi|bip, setelah ~1 nada|bunyi ~1 \
         berikut|bip|ini|pip, kotak suara, sedang ~1 tidak ~1 aktif|dapat ~3 dihubungi, di luar jangkauan",
    ),
];

const TOLD: &[(Theme, &str)] = &[
    (Theme::Dying, "mati, bunuh diri, @belum ~2 mau|ingin ~1 hidup"),
    (Theme::Chest, "dada*, sesak, napas*, nafas*, jantung*"),
    (Theme::Fall, "jatuh, terjatuh, terpeleset, kepeleset, tersandung, pingsan"),
    (
        Theme::NotEating,
        "@belum ~2 makan, nafsu ~1 makan ~2 hilang|berkurang|kurang|turun, @belum ~1 selera|nafsu, kehilangan nafsu, \
         jarang makan, makan ~1 sedikit",
    ),
    (Theme::Confusion, "bingung, linglung, pikun, lupa jalan, tersesat"),
    (Theme::Alone, "kesepian, sepi, takut, sendiri*, cemas"),
    (Theme::Urgent, "darurat, mendesak, gawat, ambulans"),
];

const EXCEPT: &[(Theme, &str)] = &[
    (
        Theme::Dying,
        "setengah mati, lampu mati, mati lampu, cinta mati, mati ~1 gaya|rasa|langkah, hidup ~1 sampai, mau|ingin ~1 \
         hidup ~1 sampai, kalau ~2 mati, hp* ~1 mati, baterai* mati, lebih ~1 baik ~1 tidak ~1 ada ~1 hujan|tamu, \
         sampai mati, mau ~1 tahu ~1 mati, @belum ~1 mau ~2 mati, rasanya ~2 lampu",
    ),
    (
        Theme::Chest,
        "bu|pak|mbak|mas|kang|pakde|bude|tante|om|nek|mbah|haji|hajjah|si \
         *&!saya|aku|tadi|kemarin|barusan|habis|sudah|semalam sakit|sesak|nyeri|dada*, dada ayam, dada ~1 \
         bidang|plong|lega, dada ~1 sampai ~1 jumpa|besok, tertawa|ketawa|ngakak ~5 napas|nafas|sesak, napas* ~1 \
         lega|panjang|segar, tarik ~1 napas, @belum ~1 sesak, @belum ~1 sakit ~1 lagi, mata ~2 sesak, penuh sesak, \
         dada* ~1 @belum ~1 sakit|nyeri|sesak",
    ),
    (
        Theme::Fall,
        "jatuh cinta|hati|sakit|tempo|bangkrut|miskin|harga|pada|hari|tanggal|sayang|bulan, jatuh bangun, jatuh ~1 di \
         ~1 hari, bu|pak|mbak|mas|kang|pakde|bude|tante|om|nek|mbah|haji|hajjah|si \
         *&!saya|aku|tadi|kemarin|barusan|habis|sudah|semalam jatuh|kepeleset|terpeleset|pingsan|tersandung, jatuh ~1 \
         sih|mah|ya ~1 @belum, jatuh @belum $, takut ~2 jatuh|kepeleset|terpeleset, mau|bisa|nanti|akan|mungkin ~1 \
         jatuh ~1 dari ~1 kursi, tertawa|ketawa|ngakak ~5 jatuh|terguling, jatuhkan, lidah* ~2 kepeleset|terpeleset, \
         pingsan ~1 melihat|lihat|dengar|mendengar ~1 harga*, hampir pingsan ~1 melihat|lihat|dengar|mendengar ~1 \
         harga*, bisa|bisabisa|nanti ~1 jatuh, tersandung ~1 kasus|masalah",
    ),
    (
        Theme::NotEating,
        "ingat|tahu|tau|lupa ~3 makan ~1 apa, @belum ~1 makan ~1 dulu|siang|malam|pagi|sarapan|nunggu|menunggu, @belum \
         ~1 makan ~1 daging|pedas|ikan|nasi|garam|gula|gorengan|santan|durian|manis, @belum ~1 makan ~1 \
         asin|babi|sapi|ayam|yang|buah|jeroan|sambal|roti|mi|mie, @belum ~1 boleh ~1 makan, @belum ~1 ada ~1 yang, \
         puasa ~6 makan, jarang makan ~1 gorengan|daging|pedas|manis|asin|nasi|santan|durian|ikan|sate|sapi|ayam|di, \
         makan ~1 sedikit ~1 sedikit ~3 sering, susah makan ~1 maunya, lupa makan ~1 pisang|kue|buah|obat, \
         nafsu|selera ~1 makan* ~2 bagus|baik|banyak|normal|oke|besar, makan ~1 sedikit ~1 saja ~1 kenyang, makanan* \
         ~1 habis ~1 semua, malas makan ~1 di ~1 luar, @belum ~1 makan ~1 malam, perut* ~1 kosong ~1 sebelum|kalau",
    ),
    (
        Theme::Confusion,
        "bingung ~1 jalan ~1 ke ~3 rumah|barunya|toko|tol, lupa jalan ~1 ke ~1 toko|tol|situ, hilang ~1 arah ~1 angin, \
         bu|pak|mbak|mas|kang|pakde|bude|tante|om|nek|mbah|haji|hajjah|si \
         *&!saya|aku|tadi|kemarin|barusan|habis|sudah|semalam ~1 bingung|linglung|pikun|tersesat|nyasar, bingung ~1 \
         cari|nyari|mencari|mau|pilih|milih|memilih|masak|beli|pakai, bingung ~1 \
         cara|soal|antara|kenapa|harus|yang|sama|dengan|lihat|melihat, bikin|membuat|buat ~1 bingung, jangan bingung, \
         @belum ~1 tahu ~1 hari ~1 apa ~2 dokter*|praktik|buka|acara*, @belum ~1 pikun, lupa ~1 nama ~1 \
         pemain|lagu|artis|film|orang, lupa ~1 semua ~1 resep|lagu, saya|aku ~1 di ~1 mana ~1 mana, pikiran ~2 tenang, \
         kenal ~2 lagi ~1 tetangga, gila ~1 bola|kerja|masak|tanaman|bunga",
    ),
    (
        Theme::Alone,
        "takut ~4 film|nonton|hantu|sinetron, bu|pak|mbak|mas|kang|pakde|bude|tante|om|nek|mbah|haji|hajjah|si \
         *&!saya|aku|tadi|kemarin|barusan|habis|sudah|semalam ~1 kesepian|sepi|sendirian|ketakutan, @belum ~1 takut, \
         takut ~1 hujan|telat|lupa|macet|salah|kemahalan|basah|kepagian|kesiangan|gemuk|tidak ~1 kebagian|ketinggalan, \
         takut ~1 @belum ~1 kebagian|sempat|cukup|keburu|enak|jadi, takut ah, takut ~2 \
         badut|ular|kecoa|tikus|cicak|anjing|petir|kucing|ketinggian|jarum|dokter|cacing|ulat, @belum ~1 ada ~1 yang \
         ~1 datang ~1 arisan|pengajian|rapat|latihan|ke, @belum ~1 ada ~1 yang ~1 tahu ~1 \
         jawaban*|siapa|apa|caranya|namanya, pasar|jalan|jalanan|toko|warung|masjid ~1 sepi, sepi ~1 kalau ~1 \
         pagi|siang, rumah ~1 sepi ~1 kalau ~2 enak, sendirian ~1 di ~1 kebun|dapur|sawah|taman, berani ~2 sendirian, \
         sendirian ~3 menyenangkan|enak|biasa|senang|tenang, enak ~2 sendirian, jangan takut, takut ~1 gelap ~1 jadi \
         ~1 lampu*",
    ),
    (Theme::Urgent, "tolong saya ~1 mau|minta|ingin"),
    (Theme::FollowUp, "jangan lupa"),
    (
        Theme::Imagined,
        "kalau ~1 boleh ~1 jujur, kalau ~1 mau ~1 tahu|jujur, kalau ~1 tidak ~1 salah, kalau ~1 soal, jangan jangan, \
         jangan ~2 bilang|marah|khawatir|cerita|kasih, hati hati ~2 jatuh ~1 juga",
    ),
    (Theme::Past, "sejak ~3 tahun lalu|kemarin, minum|istirahat|duduk|makan|tidur dulu"),
];
